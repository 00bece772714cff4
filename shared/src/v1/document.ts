import { base64 } from '@scure/base';
import * as z from 'zod/mini';
import { decodeBase64Text } from '../base64.js';
import { parseBoundedJson, type JsonBounds } from '../bounded-json.js';
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

/**
 * A file of numbers has one or three parts for each byte. What the original's page could send fits (1.5 MB, as an array), and so does every file that fits into a
 * version 1 text in one of these forms, nearly: an array of 2.5 MB, an object of 0.8 MB.
 */
const BOUNDS: JsonBounds = { maxContainers: 16, maxTokens: 3_000_000 };

const documentSchema = z.object({
  text: z.catch(z.string(), ''),
  file: z.nullish(
    z.object({
      data: z.nullish(z.unknown()),
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
    const { text, file } = documentSchema.parse(parseBoundedJson(json, BOUNDS));
    if (file?.data === undefined || file.data === null) return { text, file: undefined };
    return {
      text,
      file: { name: file.filename, mimeType: file.mimeType, bytes: readBytes(file.data) },
    };
  } catch (cause) {
    throw new AppError('bad-paste', { cause });
  }
}

/** By hand: a schema would write down what is wrong with each of a million members. */
function readBytes(data: unknown): Uint8Array {
  const bytes = typeof data === 'string' ? decodeBase64Text(data) : readNumbers(data);
  if (bytes === undefined) throw new AppError('bad-paste', { detail: 'Its file is damaged.' });
  return bytes;
}

/** @returns undefined unless there is a byte for each index, and nothing else */
function readNumbers(data: unknown): Uint8Array | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const numbers = data as Record<number, unknown>;
  const bytes = new Uint8Array(Array.isArray(data) ? data.length : Object.keys(data).length);
  for (let index = 0; index < bytes.length; index++) {
    const value = numbers[index];
    if (!isByte(value)) return undefined;
    bytes[index] = value;
  }
  return bytes;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && (value & 0xff) === value;
}
