import { decodeBase64Url } from '../base64url.js';

/** 128 random bits: requests, pastes and uploads have such a name. */
export const ID_BYTES = 16;
const ID_LENGTH = 22;

/** The length first: the other way round, an id of 16 MB would be decoded before it is refused. */
export const isId = (text: string): boolean =>
  text.length === ID_LENGTH && decodeBase64Url(text)?.length === ID_BYTES;
