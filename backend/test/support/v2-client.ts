import { createHash, randomBytes } from 'node:crypto';
import type { ErrorCode } from '@pastenym/shared/errors';
import type { EventName, ReplyData, RequestData } from '@pastenym/shared/v2/messages';
import { formatV2Request, parseReplyData, parseV2Reply } from '@pastenym/shared/v2/wire';

/** What a client of version 2 does, with bytes for ciphertext: the service cannot tell them apart. */

export const CHUNK_BYTES = 65_536;

export const newId = () => randomBytes(16).toString('base64url');

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A paste at its author's. */
export interface Paste {
  accessProof: Buffer;
  deleteProof: Buffer;
  chunks: Buffer[];
  request: RequestData<'createPaste'>;
}

export function newPaste({
  content = randomBytes(100),
  views = 0,
  expiresInSeconds = 3600,
}: { content?: Buffer; views?: number; expiresInSeconds?: number } = {}): Paste {
  const [accessProof, deleteProof] = [randomBytes(32), randomBytes(32)];
  const chunks: Buffer[] = [];
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    chunks.push(content.subarray(at, at + CHUNK_BYTES));
  }
  const request = {
    accessHash: sha256(accessProof),
    deleteHash: sha256(deleteProof),
    views,
    expiresInSeconds,
    size: content.length,
    contentHash: sha256(...chunks.map((chunk) => sha256(chunk))),
    ...(chunks.length === 1 ? { content: chunks[0]! } : {}),
  };
  return { accessProof, deleteProof, chunks, request };
}

export type Answer<E extends EventName> =
  | ({ ok: true; code?: undefined } & ReplyData<E>)
  | { ok: false; code: ErrorCode; message: string; retryAfterMs?: number | undefined };

/** Reads an answer, which must be one to this request. */
export function readAnswer<E extends EventName>(event: E, id: string, text: string): Answer<E> {
  const reply = parseV2Reply(text);
  if (reply?.id !== id) throw new Error(`No answer to the request: ${text.slice(0, 200)}`);
  return reply.ok
    ? { ok: true, ...parseReplyData(event, reply.data) }
    : { ok: false, ...reply.error };
}

export type Call = <E extends EventName>(
  event: E,
  data: RequestData<E>,
  id?: string,
) => Promise<Answer<E>>;

/** @param ask sends a message and waits for the answer */
export function createCall(ask: (message: string) => Promise<string>): Call {
  return async (event, data, id = newId()) =>
    readAnswer(event, id, await ask(formatV2Request(id, event, data)));
}

/** The answer of a request that must succeed. */
export async function succeed<E extends EventName>(
  answer: Promise<Answer<E>>,
): Promise<ReplyData<E>> {
  const { ok, ...rest } = await answer;
  if (!ok) throw new Error(`It failed: ${JSON.stringify(rest)}`);
  return rest as ReplyData<E>;
}

/** Stores a paste with all its chunks. @returns its id */
export async function store(call: Call, { request, chunks }: Paste): Promise<string> {
  const { pasteId, uploadId } = await succeed(call('createPaste', request));
  if (uploadId === undefined) return pasteId;
  for (const [index, content] of chunks.entries()) {
    await succeed(call('putChunk', { uploadId, index, content }));
  }
  return pasteId;
}
