import { base64urlnopad } from '@scure/base';
import { secureRandom, type RandomBytes } from '@pastenym/shared/random';

export const REQUEST_ID_BYTES = 16;

/** 128 random bits, base64url: by it the service knows a request that it has answered already, and the page the answer. */
export function createRequestId(randomBytes: RandomBytes = secureRandom): string {
  return base64urlnopad.encode(randomBytes(REQUEST_ID_BYTES));
}
