import { createHash, randomBytes } from 'node:crypto';
import { formatV2Request } from '@pastenym/shared/v2/wire';

/** Requests as clients send them, and what the bench needs of the replies, found in the cheapest way: its work is not to slow the service down. */

const newId = () => randomBytes(16).toString('base64url');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

const ENC_PARAMS = {
  ...{ iv: 'AAECAwQFBgcICQoL', v: 1, iter: 10_000, ks: 256, ts: 128 },
  ...{ mode: 'gcm', adata: '', cipher: 'aes', salt: 'AAECAwQFBgc=' },
};

export function createV1(bytes: number): Buffer {
  const text = randomBytes((bytes * 3) / 4).toString('base64');
  const data = { text, private: true, burn: false, burn_view: 0, encParams: ENC_PARAMS };
  const rest = { ipfs: false, expiration_time: '1 week', expiration_height: null };
  return Buffer.from(JSON.stringify({ event: 'newText', data: { ...data, ...rest } }));
}

export const readV1 = (urlId: string) =>
  Buffer.from(JSON.stringify({ event: 'getText', data: { urlId } }));

/** @throws whatever the reply is, if it is not what a new paste is answered */
export function idOfV1(reply: Buffer): string {
  const id = /"url_id": "([\w-]{22})"/.exec(reply.toString('latin1'))?.[1];
  if (id === undefined) throw new Error(whatItSays(reply));
  return id;
}

/** A paste of version 2 whose content is not sealed, only random: the service cannot tell. */
export interface PasteV2 {
  accessProof: Uint8Array<ArrayBuffer>;
  create: Buffer;
}

export function createV2(bytes: number, views = 0, expiresInSeconds = 604_800): PasteV2 {
  const [accessProof, content] = [Uint8Array.from(randomBytes(32)), randomBytes(bytes)];
  const create = formatV2Request(newId(), 'createPaste', {
    accessHash: sha256(accessProof),
    deleteHash: sha256(randomBytes(32)),
    views,
    expiresInSeconds,
    size: bytes,
    contentHash: sha256(sha256(content)),
    content,
  });
  return { accessProof, create: Buffer.from(create) };
}

export interface KeyV2 {
  pasteId: string;
  accessProof: Uint8Array<ArrayBuffer>;
}

export function keyOfV2(paste: PasteV2, reply: Buffer): KeyV2 {
  const pasteId = /"pasteId":"([\w-]{22})"/.exec(reply.toString('latin1'))?.[1];
  if (pasteId === undefined) throw new Error(whatItSays(reply));
  return { pasteId, accessProof: paste.accessProof };
}

export interface ReadV2 extends KeyV2 {
  claim: string;
  request: Buffer;
}

export function readV2(key: KeyV2): ReadV2 {
  const claim = newId();
  return { ...key, claim, request: Buffer.from(formatV2Request(claim, 'readPaste', key)) };
}

export const ackV2 = ({ pasteId, accessProof, claim }: ReadV2) =>
  Buffer.from(formatV2Request(newId(), 'ackRead', { pasteId, accessProof, claim }));

/** @throws what the reply says, if it is a refusal */
export function expectAnswer(reply: Buffer): void {
  const head = reply.subarray(0, 120).toString('latin1');
  if (/^"Error|"ok":false|"error"/.test(head)) throw new Error(whatItSays(reply));
}

/** The same for the same cause, so that it can be counted. */
function whatItSays(reply: Buffer): string {
  const head = reply.toString('latin1', 0, 200);
  return /"code":"([\w-]+)"/.exec(head)?.[1] ?? head;
}
