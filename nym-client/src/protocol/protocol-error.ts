/**
 * What can be wrong with a frame: the code that stands in binary errors, and the words that stand before the detail in
 * JSON errors (nym-client's `ErrorKind`).
 */
export const ERROR_KINDS = {
  emptyRequest: { code: 0x01, text: 'received request contained no data' },
  tooShortRequest: { code: 0x02, text: 'received request did not contain enough data' },
  unknownRequest: { code: 0x03, text: 'unknown request type' },
  malformedRequest: { code: 0x04, text: 'malformed request' },
  emptyResponse: { code: 0x80, text: 'received response contained no data' },
  tooShortResponse: { code: 0x81, text: 'received response did not contain enough data' },
  unknownResponse: { code: 0x82, text: 'unknown response type' },
  malformedResponse: { code: 0x83, text: 'malformed response' },
  other: { code: 0xff, text: 'other' },
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** A frame that cannot be understood. Its message is the exact text that the native nym-client gives for it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function errorKindOfCode(code: number): ErrorKind | undefined {
  const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]; // the keys are the literal type's own
  return kinds.find((kind) => ERROR_KINDS[kind].code === code);
}
