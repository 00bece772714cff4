import { encodeBase64Url } from '../base64url.js';
import type { RandomBytes } from '../random.js';

/** 128 random bits: requests, pastes and uploads have such a name. */
export const ID_BYTES = 16;

/** Their base64url, in its one canonical form: of the last of 22 characters two bits count, and the others are zero. */
const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;

export const isId = (text: string): boolean => ID.test(text);

/** Draws a new one. */
export const drawId = (random: RandomBytes): string => encodeBase64Url(random(ID_BYTES));
