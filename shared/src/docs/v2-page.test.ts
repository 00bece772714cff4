import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fillPage, table } from './markdown.js';
import { fillV2Page } from './v2-page.js';

test('what the page on version 2 says of messages and errors is what the schemas say', () => {
  const page = readFileSync(new URL('../../../docs/protocol/v2.md', import.meta.url), 'utf8');
  // If this fails: npm run docs
  expect(fillV2Page(page)).toBe(page);
});

test('a page that lacks a mark, or has one too many, is not printed', () => {
  const page = '<!-- printed: a -->\nstale\n<!-- end of what is printed -->\n';
  expect(fillPage(page, { a: 'new' })).toContain('\n\nnew\n\n<!-- end');
  expect(() => fillPage(page, {})).toThrow('marks for a');
  expect(() => fillPage(page, { a: '', b: '' })).toThrow('printed are a,b');
});

test('a table is aligned, and what would end a cell is escaped', () => {
  const printed = ['| a    | b   |', '| ---- | --- |', '| x\\|y | zz  |'].join('\n');
  expect(table(['a', 'b'], [['x|y', 'zz']])).toBe(printed);
});
