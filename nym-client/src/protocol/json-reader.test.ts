import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonError, JsonReader, type JsonValue } from './json-reader.js';
import { MAX_FRAME_BYTES } from './limits.js';

function read(text: string): JsonValue {
  const reader = new JsonReader(Buffer.from(text));
  const value = reader.readValue();
  reader.end();
  return value;
}

/** What `JSON.parse` would have made of the value. */
function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'integer':
      return Number(value.value);
    case 'boolean':
    case 'float':
    case 'string':
      return value.value;
    case 'sequence':
      return value.items.map(plain);
    case 'map':
      return Object.fromEntries(value.entries.map(([key, member]) => [key, plain(member)]));
  }
}

function outcome(text: string): { value: unknown } | { error: string } {
  try {
    return { value: plain(read(text)) };
  } catch (error) {
    if (error instanceof JsonError) return { error: error.message };
    throw error;
  }
}

/** Texts near JSON: pieces of it in any order. */
const nearJson = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', ' ', '\n', '"', '"a"', '\\', '\\u0041', '\\ud83d', '\\n'],
      ...['0', '1', '-', '.', 'e', '+', '9007199254740993', 'null', 'true', 'fals', 'é', '\u0001'],
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

test('every JSON value is read back as it was written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (value, space) => {
      expect(plain(read(JSON.stringify(value, null, space)))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});

test('what is refused is what JSON.parse refuses, and some things that it should have refused', () => {
  const stricter = /hex escape|number out of range|recursion limit/;
  fc.assert(
    fc.property(fc.oneof(nearJson, fc.string({ unit: 'binary' })), (text) => {
      let expected: unknown;
      try {
        expected = { value: JSON.parse(text) as unknown };
      } catch {
        expected = undefined;
      }
      const actual = outcome(text);
      if (expected === undefined) expect(actual).toHaveProperty('error');
      else if ('error' in actual) expect(actual.error).toMatch(stricter);
      else expect(actual).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

test('integers keep all their digits, and 1 stays apart from 1.0', () => {
  expect(read('18446744073709551615')).toEqual({ kind: 'integer', value: 2n ** 64n - 1n });
  expect(read('-9223372036854775808')).toEqual({ kind: 'integer', value: -(2n ** 63n) });
  expect(read('1.0')).toEqual({ kind: 'float', value: 1 });
  expect(read('18446744073709551616')).toEqual({ kind: 'float', value: 2 ** 64 });
});

/** Of a processor that may be slow and busy; what grows with the square of the length takes minutes. */
const A_MOMENT_MICROSECONDS = 10_000_000;
const PATIENCE_MS = 60_000;

test(
  'a number as long as a frame is read in a moment, whatever it is',
  () => {
    const start = process.cpuUsage();
    const digits = '9'.repeat(MAX_FRAME_BYTES);
    expect(outcome(digits)).toEqual({
      error: `number out of range at line 1 column ${MAX_FRAME_BYTES}`,
    });
    expect(read(`-${'1'.repeat(300)}`)).toEqual({ kind: 'float', value: -Number('1'.repeat(300)) });
    expect(process.cpuUsage(start).user).toBeLessThan(A_MOMENT_MICROSECONDS);
  },
  PATIENCE_MS,
);

test('a repeated member is kept, for whoever asked to refuse it', () => {
  expect(read('{"a":1,"a":2}')).toMatchObject({
    entries: [
      ['a', {}],
      ['a', {}],
    ],
  });
});

test(
  'a megabyte of text is read in a moment',
  () => {
    const text = 'é"\\\n'.repeat(250_000);
    const start = process.cpuUsage();
    expect(read(JSON.stringify(text))).toEqual({ kind: 'string', value: text });
    expect(process.cpuUsage(start).user).toBeLessThan(A_MOMENT_MICROSECONDS);
  },
  PATIENCE_MS,
);

test('brackets without end are refused at a fixed depth, not at the end of the stack', () => {
  expect(outcome('['.repeat(1_000_000))).toEqual({
    error: 'recursion limit exceeded at line 1 column 128',
  });
});
