import type { EnvelopeForm } from '@pastenym/shared/v1/envelope';
import { requestIdOf } from '@pastenym/shared/v2/wire';

/** What can be told of a message without reading it, so that it can be refused cheaply. */
export interface Glimpse {
  form: EnvelopeForm;
  version: 1 | 2;
  /** Of version 2, if it stands where our clients write it: at the beginning. */
  id: string | undefined;
}

/** A header of 54 bytes, and as much of the JSON as an id is in. In base64 that takes a third more. */
const GLIMPSE_BYTES = 128;
const HEADER_BYTES = 54;

const V2_BEGINNING = /^\{"v":2[,}]/;
const V2_ID = /^\{"v":2,"id":"([A-Za-z0-9_-]{22})"/;

export function peek(message: Uint8Array): Glimpse {
  const first = Buffer.from(message.subarray(0, GLIMPSE_BYTES));
  const isBase64 = first[0] !== 0 && !first.includes('{');
  const body = isBase64 ? Buffer.from(first.toString('latin1'), 'base64') : first;
  const isHeaded = body[0] === 0;
  const json = body.toString('latin1', isHeaded ? HEADER_BYTES : 0);
  return {
    form: isHeaded ? (isBase64 ? 'base64-headed' : 'headed') : isBase64 ? 'base64' : 'raw',
    version: V2_BEGINNING.test(json) ? 2 : 1,
    id: requestIdOf({ id: V2_ID.exec(json)?.[1] }),
  };
}
