import { AppError } from './errors.js';
import { MAX_JSON_TOKENS } from './limits.js';

/**
 * JSON from strangers. `JSON.parse` alone turns 16 MiB of `[[[[…` or `"a":{},` into hundreds of megabytes, and a schema that looks at the result into
 * gigabytes. So what a text would become is counted before it becomes anything: everything that opens, separates or is a string. Honest messages of both versions have some 30
 * of these, however long their strings are.
 *
 * The choice not taken is a streaming parser: this is one pass that looks at the long strings hardly at all, and costs a fraction of `JSON.parse`, which still decides
 * what is JSON.
 */
export interface JsonBounds {
  /** `{` and `[`; each becomes an object. */
  maxContainers: number;
  /** Those, and `,`, `:` and strings. */
  maxTokens: number;
}

const MESSAGE_BOUNDS: JsonBounds = {
  maxContainers: MAX_JSON_TOKENS,
  maxTokens: MAX_JSON_TOKENS,
};

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** @throws AppError `bad-message`: it is not JSON, or has more parts than any message of ours */
export function parseBoundedJson(text: string, bounds = MESSAGE_BOUNDS): unknown {
  if (!isWithin(text, bounds)) {
    throw new AppError('bad-message', { detail: 'It has too many parts.' });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('bad-message', { detail: 'It is not JSON.', cause });
  }
}

/** @returns undefined where `parseBoundedJson` throws: for those who answer nothing to such a text, or look at no answer like it */
export function tryParseBoundedJson(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function isWithin(text: string, { maxContainers, maxTokens }: JsonBounds): boolean {
  let containers = 0;
  let tokens = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at + 1);
    else if (unit === BRACE || unit === BRACKET) containers++;
    else if (unit !== COMMA && unit !== COLON) continue;
    tokens++;
    if (containers > maxContainers || tokens > maxTokens) return false;
  }
  return true;
}

/**
 * Where the string ends whose first character stands at `start`. Most strings, and all that are base64, have no escaped quote in them: the platform finds their
 * end at memory speed. The others are walked through.
 */
function endOfString(text: string, start: number): number {
  const quote = text.indexOf('"', start);
  if (quote === -1) return text.length;
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at++;
    else if (unit === QUOTE) return at;
  }
  return text.length;
}
