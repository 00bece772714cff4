import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { JsonError } from './json-reader.js';
import { optional, readTagged, stringField, u32Field, u64Field } from './tagged-enum.js';

interface Vectors {
  frames: { frame: string; error: string | null }[];
}

/** Answers of the real serde_json, from a program of a few lines in Rust with nym-client's enum. */
const vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/serde-json.json', import.meta.url), 'utf8'),
) as Vectors;

const CLIENT_REQUEST_TEXT = {
  name: 'ClientRequestText',
  variants: {
    send: { message: stringField, recipient: stringField, connectionId: optional(u64Field) },
    sendAnonymous: {
      recipient: stringField,
      message: stringField,
      replySurbs: u32Field,
      connectionId: optional(u64Field),
    },
    reply: { senderTag: stringField, message: stringField, connectionId: optional(u64Field) },
    selfAddress: {},
  },
};

function complaint(frame: string): string | null {
  try {
    readTagged(CLIENT_REQUEST_TEXT, Buffer.from(frame));
    return null;
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
}

test.each(vectors.frames)('serde_json says the same of $frame', ({ frame, error }) => {
  expect(complaint(frame)).toBe(error);
});

test('a field may be named like a member of every object', () => {
  expect(complaint('{"type":"selfAddress","__proto__":1,"constructor":2,"toString":3}')).toBeNull();
  expect(complaint('{"type":"constructor"}')).toContain('unknown variant `constructor`');
});
