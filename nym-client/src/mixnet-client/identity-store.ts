import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeSecretFile } from '../files.js';
import type { Identity } from './identity.js';

/** Bytes are not JSON: they are written as `{"$bytes": "<base64>"}`. No record of the client has such a member. */
const BYTES = '$bytes';

const identityFile = z.object({
  format: z.literal(1),
  databases: z.array(
    z.object({
      name: z.string(),
      version: z.int().positive(),
      stores: z.array(
        z.object({
          name: z.string(),
          records: z.array(z.object({ key: z.string(), value: z.unknown() })),
        }),
      ),
    }),
  ),
});

/**
 * Reads an identity; undefined if there is none.
 * @throws Error if the file is not one of ours, or damaged
 */
export async function loadIdentity(path: string): Promise<Identity | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseIdentity(path, text);
}

/** Writes an identity, whole or not at all, readable to its owner alone. */
export async function saveIdentity(path: string, identity: Identity): Promise<void> {
  await writeSecretFile(path, formatIdentity(identity));
}

export function formatIdentity(identity: Identity): string {
  return JSON.stringify({ format: 1, ...identity }, (_key, value: unknown) =>
    value instanceof Uint8Array ? { [BYTES]: Buffer.from(value).toString('base64') } : value,
  );
}

/** @param name what to call it in the error */
export function parseIdentity(name: string, text: string): Identity {
  try {
    const parsed: unknown = JSON.parse(text, (_key, value: unknown) => {
      const isBytes = typeof value === 'object' && value !== null && BYTES in value;
      return isBytes ? new Uint8Array(Buffer.from(String(value[BYTES]), 'base64')) : value;
    });
    return { databases: identityFile.parse(parsed).databases };
  } catch (cause) {
    // The cause stays unnamed: a message of the JSON parser quotes the text, and the text is a private key.
    const what = cause instanceof Error ? cause.name : 'unreadable';
    throw new Error(`${name} is not a file of this client, or it is damaged (${what}).`);
  }
}
