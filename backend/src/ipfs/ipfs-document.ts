import { AppError } from '@pastenym/shared/errors';
import { escapeHtml, unescapeHtml } from '@pastenym/shared/v1/html-escape';
import {
  areEncryptionParameters,
  type EncryptionParameters,
  type NoEncryption,
} from '@pastenym/shared/v1/encryption-parameters';
import { pythonJson, type JsonObject } from '@pastenym/shared/v1/python-json';
import * as z from 'zod';

/**
 * A paste of version 1 as the original stored it on IPFS, where its readers of any time find it. Whoever reads one reads something that anybody may have
 * written, so it is checked like a message.
 */
export interface IpfsDocument {
  text: string;
  encParams: EncryptionParameters | NoEncryption | undefined;
  /** Milliseconds since 1970, to the day. */
  createdAt: number;
}

const MS_PER_DAY = 86_400_000;
const MAX_PARAMETERS_LENGTH = 8192;

export function formatIpfsDocument({ text, encParams, createdAt }: IpfsDocument): Buffer {
  const parameters: JsonObject =
    encParams === undefined ? {} : { encryption_params_b64: toBase64(pythonJson(encParams)) };
  const document = {
    text: escapeHtml(text),
    ...parameters,
    is_private: encParams !== undefined,
    is_burn: false,
    is_ipfs: true,
    created_on: new Date(Math.floor(createdAt / MS_PER_DAY) * MS_PER_DAY)
      .toISOString()
      .slice(0, 19),
  };
  return Buffer.from(pythonJson(document));
}

const documentSchema = z.object({
  text: z.string().min(1),
  encryption_params_b64: z.string().max(MAX_PARAMETERS_LENGTH).nullish(),
  created_on: z.string().regex(/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?)?$/),
});

/** @returns undefined for anything else */
export function parseIpfsDocument(bytes: Uint8Array): IpfsDocument | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const { text, encryption_params_b64: parameters, created_on } = documentSchema.parse(json);
    const createdAt = Date.parse(`${created_on.slice(0, 10)}T00:00:00Z`);
    if (Number.isNaN(createdAt)) return undefined;
    // That it is escaped is a promise which a stranger need not have kept; undone and done again, it is.
    return { text: unescapeHtml(text), createdAt, encParams: readParameters(parameters) };
  } catch {
    return undefined; // whatever is wrong with it, it is no paste
  }
}

function readParameters(base64: string | null | undefined): IpfsDocument['encParams'] {
  if (base64 === null || base64 === undefined) return undefined;
  const json: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  if (!areEncryptionParameters(json)) throw new AppError('bad-params');
  return json;
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');
