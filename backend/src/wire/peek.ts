import type { EnvelopeForm } from '@pastenym/shared/v1/envelope';
import { requestIdOf } from '@pastenym/shared/v2/wire';

/** What can be told of a message without reading it, so that it can be refused cheaply. */
export interface Glimpse {
  form: EnvelopeForm;
  version: 1 | 2;
  /** Of version 2, if it stands where docs/protocol/v2.md asks for it: `v` is the first member, `id` the second. */
  id: string | undefined;
}

/** As much of the JSON as `v` and `id` take, with the white space that serializers write. */
const JSON_BYTES = 128;
const HEADER_BYTES = 54;
/** A header and that JSON, both in base64. */
const GLIMPSE_BYTES = Math.ceil((HEADER_BYTES + JSON_BYTES) / 3) * 4;

/** White space may stand between any two tokens (RFC 8259 §2). No two runs of it touch each other, so a match takes one pass. */
const matching = (...tokens: string[]) => new RegExp(`^${['', ...tokens].join('[ \\t\\n\\r]*')}`);

const V2_BEGINNING = matching('{', '"v"', ':', '2', '[,}]');
const V2_ID = matching('{', '"v"', ':', '2', ',', '"id"', ':', '"([A-Za-z0-9_-]{22})"');

export function peek(message: Uint8Array): Glimpse {
  const first = Buffer.from(message.subarray(0, GLIMPSE_BYTES));
  const isBase64 = first[0] !== 0 && !first.includes('{');
  const body = isBase64 ? Buffer.from(first.toString('latin1'), 'base64') : first;
  const isHeaded = body[0] === 0;
  const start = isHeaded ? HEADER_BYTES : 0;
  const json = body.toString('latin1', start, start + JSON_BYTES);
  return {
    form: isHeaded ? (isBase64 ? 'base64-headed' : 'headed') : isBase64 ? 'base64' : 'raw',
    version: V2_BEGINNING.test(json) ? 2 : 1,
    id: requestIdOf({ id: V2_ID.exec(json)?.[1] }),
  };
}
