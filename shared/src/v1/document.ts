import { base64 } from '@scure/base';
import * as z from 'zod/mini';
import { AppError } from '../errors.js';

/**
 * What a version 1 paste holds, once it is open: `{"text": …, "file": …}`. Its bytes stand as base64 (command line client), as an array of
 * numbers, or as an object with numeric names (web page). We write base64, which all readers take and which is the shortest.
 */
export interface PasteDocument {
  text: string;
  file: AttachedFile | undefined;
}

export interface AttachedFile {
  /** As its sender named it: hostile until proven otherwise, as is the type. */
  name: string;
  mimeType: string;
  bytes: Uint8Array;
}

const byte = z.int().check(z.gte(0), z.lte(255));

const documentSchema = z.object({
  text: z.catch(z.string(), ''),
  file: z.nullish(
    z.object({
      data: z.nullish(z.union([z.string(), z.array(byte), z.record(z.string(), byte)])),
      filename: z.catch(z.string(), ''),
      mimeType: z.catch(z.string(), ''),
    }),
  ),
});

export function formatDocument({ text, file }: PasteDocument): string {
  return JSON.stringify({
    text,
    file:
      file === undefined
        ? null
        : { data: base64.encode(file.bytes), filename: file.name, mimeType: file.mimeType },
  });
}

/** @throws AppError `bad-paste` */
export function parseDocument(json: string): PasteDocument {
  try {
    const { text, file } = documentSchema.parse(JSON.parse(json));
    if (file?.data === undefined || file.data === null) return { text, file: undefined };
    return {
      text,
      file: { name: file.filename, mimeType: file.mimeType, bytes: readBytes(file.data) },
    };
  } catch (cause) {
    throw new AppError('bad-paste', { cause });
  }
}

function readBytes(data: string | number[] | Record<string, number>): Uint8Array {
  if (typeof data === 'string') return base64.decode(data);
  return Uint8Array.from(Array.isArray(data) ? data : Object.values(data));
}
