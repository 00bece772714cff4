import { expect, test } from '@jest/globals';
import { takeSenderTag } from './sender-tag.js';

function tagAt(pointer: number) {
  const frees: true[] = [];
  const free = () => {
    frees.push(true);
  };
  return { tag: { __wbg_ptr: pointer, free }, freed: () => frees.length };
}

test('a tag is the 16 bytes behind the borrow flag, and is freed', () => {
  const memory = new Uint8Array(64).map((_, i) => i);
  memory.fill(0, 8, 12);
  const { tag, freed } = tagAt(8);
  expect([...takeSenderTag(memory.buffer, tag)]).toEqual(
    Array.from({ length: 16 }, (_, i) => 12 + i),
  );
  expect(freed()).toBe(1);
});

test('a copy is taken, since the memory is used again', () => {
  const memory = new Uint8Array(64);
  const bytes = takeSenderTag(memory.buffer, tagAt(8).tag);
  memory.fill(7);
  expect([...bytes]).toEqual(Array(16).fill(0));
});

test.each([
  ['the borrow flag is not what it must be', 12],
  ['the object is freed already', 0],
  ['the pointer leads out of the memory', 48],
  ['the pointer has its highest bit set', -8],
])('a tag is refused when %s', (_, pointer) => {
  const memory = new Uint8Array(64).fill(1);
  expect(() => takeSenderTag(memory.buffer, tagAt(pointer).tag)).toThrow('A sender tag');
});
