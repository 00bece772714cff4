import { MAX_JSON_DEPTH } from './limits.js';

/** A JSON value with what `JSON.parse` loses: repeated members, the order of members, and 1 beside 1.0. */
export type JsonValue =
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'integer'; value: bigint }
  | { kind: 'float'; value: number }
  | { kind: 'string'; value: string }
  | { kind: 'sequence'; items: JsonValue[] }
  | { kind: 'map'; entries: (readonly [string, JsonValue])[] };

/** Why a text is not the JSON that was asked for, in serde_json's words. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const OPEN_SEQUENCE = 0x5b;
const CLOSE_SEQUENCE = 0x5d;
const NEWLINE = 0x0a;
const FIRST_PRINTABLE = 0x20;

const WHITESPACE = new Set([0x20, NEWLINE, 0x09, 0x0d]);

const MIN_I64 = -(2n ** 63n);
const MAX_U64 = 2n ** 64n - 1n;
/**
 * As long as the largest of them, with room for a sign. What is longer is out of range, since no zeros may lead; and
 * BigInt takes seconds for the millions of digits that a frame may hold.
 */
const MAX_INTEGER_CHARACTERS = 21;
const MAX_EXPONENT = 2 ** 31 - 1;

/** The letters that may follow a backslash, but for the `u` of the four hexadecimal digits. */
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const UNICODE_ESCAPE = 0x75;

/**
 * A strict reader of JSON (RFC 8259) that refuses what Rust's serde_json refuses, with the same words and the same
 * position: nym-clients answer a bad request with that text, and applications compare it. `JSON.parse` cannot serve,
 * since it accepts repeated members, rounds integers above 2^53 and words its errors as the engine likes.
 *
 * Columns count bytes, as serde_json's do. It tells errors of the byte just read (`fail`) from those of the byte to
 * come (`failAtNext`), and so does this reader, since their columns differ by one.
 */
export class JsonReader {
  readonly #bytes: Buffer;
  #at = 0;
  #depth = 0;

  /** @param bytes valid UTF-8, as the payload of a websocket's text frame is (RFC 6455 §8.1). */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The first byte of what comes after white space; undefined at the end. */
  peek(): number | undefined {
    while (WHITESPACE.has(this.#bytes[this.#at] ?? -1)) this.#at++;
    return this.#bytes[this.#at];
  }

  /** @throws JsonError always, with the position of the byte just read. */
  fail(reason: string): never {
    throw new JsonError(`${reason}${this.#position(this.#at)}`);
  }

  /** @throws JsonError always, with the position of the byte to come. */
  failAtNext(reason: string): never {
    const next = Math.min(this.#bytes.length, this.#at + 1);
    throw new JsonError(`${reason}${this.#position(next)}`);
  }

  /** Fails inside a map: serde_json takes the closing brace, if that is what follows, before it notes the position. */
  failInMap(reason: string): never {
    if (this.peek() === CLOSE_MAP) this.#at++;
    this.fail(reason);
  }

  /** Only white space may follow. */
  end(): void {
    if (this.peek() !== undefined) this.failAtNext('trailing characters');
  }

  readValue(): JsonValue {
    const next = this.peek();
    if (next === undefined) return this.failAtNext('EOF while parsing a value');
    switch (next) {
      case OPEN_MAP:
        return this.#readMapValue();
      case OPEN_SEQUENCE:
        return this.#readSequenceValue();
      case QUOTE:
        return { kind: 'string', value: this.readString() };
      case 0x6e:
        return this.#readWord('null', { kind: 'null' });
      case 0x74:
        return this.#readWord('true', { kind: 'boolean', value: true });
      case 0x66:
        return this.#readWord('false', { kind: 'boolean', value: false });
      default:
        if (next === 0x2d || isDigit(next)) return this.#readNumber();
        return this.failAtNext('expected value');
    }
  }

  /** Reads a map; `readEntry` is given each key and must read the entry's value by `readMember`. */
  readMap(readEntry: (key: string) => void): void {
    this.#enter();
    for (let first = true; this.#hasEntry(first); first = false) readEntry(this.readString());
    this.#at++;
    this.#depth--;
  }

  /** What follows a key: the colon, then the value. */
  readMember<T>(readValue: () => T): T {
    const next = this.peek();
    if (next === undefined) return this.failAtNext('EOF while parsing an object');
    if (next !== COLON) return this.failAtNext('expected `:`');
    this.#at++;
    return readValue();
  }

  /** Reads a sequence; `readItem` must read one value and is given its index. */
  readSequence(readItem: (index: number) => void): void {
    this.#enter();
    for (let index = 0; this.#hasItem(index === 0); index++) readItem(index);
    this.#at++;
    this.#depth--;
  }

  /** Reads a string of which the next byte is the opening quote. */
  readString(): string {
    const start = this.#at++;
    for (let hasEscapes = false; ; hasEscapes = true) {
      this.#skipPlainCharacters();
      const stop = this.#bytes[this.#at];
      if (stop === undefined) return this.fail('EOF while parsing a string');
      this.#at++;
      if (stop === QUOTE) return this.#decodeString(start, hasEscapes);
      if (stop !== BACKSLASH) {
        return this.fail('control character (\\u0000-\\u001F) found while parsing a string');
      }
      this.#skipEscape();
    }
  }

  /** Decodes the string from `start` to here, quotes included, of which every escape has been checked. */
  #decodeString(start: number, hasEscapes: boolean): string {
    if (!hasEscapes) return this.#bytes.toString('utf8', start + 1, this.#at - 1);
    return String(JSON.parse(this.#bytes.toString('utf8', start, this.#at)));
  }

  #readMapValue(): JsonValue {
    const entries: (readonly [string, JsonValue])[] = [];
    this.readMap((key) => entries.push([key, this.readMember(() => this.readValue())]));
    return { kind: 'map', entries };
  }

  #readSequenceValue(): JsonValue {
    const items: JsonValue[] = [];
    this.readSequence(() => items.push(this.readValue()));
    return { kind: 'sequence', items };
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > MAX_JSON_DEPTH) this.failAtNext('recursion limit exceeded');
    this.#at++;
  }

  #hasEntry(first: boolean): boolean {
    let next = this.peek();
    if (next === undefined) return this.failAtNext('EOF while parsing an object');
    if (next === CLOSE_MAP) return false;
    if (!first) {
      if (next !== COMMA) return this.failAtNext('expected `,` or `}`');
      this.#at++;
      next = this.peek();
      if (next === undefined) return this.failAtNext('EOF while parsing a value');
      if (next === CLOSE_MAP) return this.failAtNext('trailing comma');
    }
    return next === QUOTE || this.failAtNext('key must be a string');
  }

  #hasItem(first: boolean): boolean {
    const next = this.peek();
    if (next === undefined) return this.failAtNext('EOF while parsing a list');
    if (next === CLOSE_SEQUENCE) return false;
    if (first) return true;
    if (next !== COMMA) return this.failAtNext('expected `,` or `]`');
    this.#at++;
    const item = this.peek();
    if (item === undefined) return this.failAtNext('EOF while parsing a value');
    return item !== CLOSE_SEQUENCE || this.failAtNext('trailing comma');
  }

  #readWord(word: string, value: JsonValue): JsonValue {
    for (const letter of Buffer.from(word)) {
      const next = this.#bytes[this.#at];
      if (next === undefined) return this.fail('EOF while parsing a value');
      this.#at++;
      if (next !== letter) return this.fail('expected ident');
    }
    return value;
  }

  #skipPlainCharacters(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (isPlain(bytes[at])) at++;
    this.#at = at;
  }

  #skipEscape(): void {
    const letter = this.#bytes[this.#at];
    if (letter === undefined) return this.fail('EOF while parsing a string');
    this.#at++;
    if (letter === UNICODE_ESCAPE) this.#skipUnicodeEscape();
    else if (!SIMPLE_ESCAPES.has(letter)) this.fail('invalid escape');
  }

  /** Surrogates must come in pairs: a lone one is no character. */
  #skipUnicodeEscape(): void {
    const unit = this.#readHexUnit();
    if (isTrailingSurrogate(unit)) return this.fail('lone leading surrogate in hex escape');
    if (!isLeadingSurrogate(unit)) return;
    this.#expectInPair('\\');
    this.#expectInPair('u');
    if (isTrailingSurrogate(this.#readHexUnit())) return;
    this.fail('lone leading surrogate in hex escape');
  }

  #expectInPair(character: string): void {
    const next = this.#bytes[this.#at];
    if (next === undefined) return this.fail('EOF while parsing a string');
    this.#at++;
    if (next !== character.charCodeAt(0)) this.fail('unexpected end of hex escape');
  }

  #readHexUnit(): number {
    const start = this.#at;
    this.#at = Math.min(this.#bytes.length, start + 4);
    if (this.#at < start + 4) return this.fail('EOF while parsing a string');
    const digits = this.#bytes.toString('latin1', start, this.#at);
    if (!/^[0-9a-f]{4}$/i.test(digits)) return this.fail('invalid escape');
    return parseInt(digits, 16);
  }

  #readNumber(): JsonValue {
    const start = this.#at;
    if (this.#bytes[this.#at] === 0x2d) this.#at++;
    this.#readIntegerDigits();
    const integerEnd = this.#at;
    if (this.#bytes[this.#at] === 0x2e) this.#readFraction();
    const isZero = !/[1-9]/.test(this.#bytes.toString('latin1', start, this.#at));
    if (isExponentMark(this.#bytes[this.#at])) this.#readExponent(isZero);
    const text = this.#bytes.toString('latin1', start, this.#at);
    const isInteger = this.#at === integerEnd && text !== '-0';
    if (isInteger && text.length <= MAX_INTEGER_CHARACTERS) {
      const value = BigInt(text);
      if (value >= MIN_I64 && value <= MAX_U64) return { kind: 'integer', value };
    }
    const value = Number(text);
    if (!Number.isFinite(value)) return this.fail('number out of range');
    return { kind: 'float', value };
  }

  #readIntegerDigits(): void {
    const first = this.#bytes[this.#at];
    if (first === undefined) return this.fail('EOF while parsing a value');
    this.#at++;
    if (!isDigit(first)) return this.fail('invalid number');
    if (first !== 0x30) {
      this.#skipDigits();
    } else if (isDigit(this.#bytes[this.#at])) {
      this.failAtNext('invalid number');
    }
  }

  #readFraction(): void {
    this.#at++;
    if (this.#skipDigits() > 0) return;
    const isEnd = this.#at === this.#bytes.length;
    this.failAtNext(isEnd ? 'EOF while parsing a value' : 'invalid number');
  }

  #readExponent(isZero: boolean): void {
    this.#at++;
    const sign = this.#bytes[this.#at];
    if (sign === 0x2b || sign === 0x2d) this.#at++;
    const first = this.#bytes[this.#at];
    if (first === undefined) return this.fail('EOF while parsing a value');
    this.#at++;
    if (!isDigit(first)) return this.fail('invalid number');
    let exponent = first - 0x30;
    for (let digit; isDigit((digit = this.#bytes[this.#at]));) {
      this.#at++;
      exponent = exponent * 10 + (digit - 0x30);
      // serde_json gives up at the digit with which the exponent leaves an i32.
      if (exponent > MAX_EXPONENT && sign !== 0x2d && !isZero) this.fail('number out of range');
    }
  }

  #skipDigits(): number {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at++;
    return this.#at - start;
  }

  #position(index: number): string {
    const lineStart = index === 0 ? 0 : this.#bytes.lastIndexOf(NEWLINE, index - 1) + 1;
    let line = 1;
    for (let at = 0; at < lineStart; at++) if (this.#bytes[at] === NEWLINE) line++;
    return ` at line ${line} column ${index - lineStart}`;
  }
}

function isPlain(byte: number | undefined): boolean {
  return byte !== undefined && byte >= FIRST_PRINTABLE && byte !== QUOTE && byte !== BACKSLASH;
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isExponentMark(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45;
}

function isLeadingSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrailingSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
