import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { helpText } from '../src/cli-options.js';
import { buildPackage } from './support/build.js';

jest.setTimeout(60_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let readme = '';

beforeAll(async () => {
  readme = await readFile(here('../README.md'), 'utf8');
  await buildPackage();
});

test('the example of the README is a test that passes', async () => {
  const example = /```js\n(.*?)```/s.exec(readme)?.[1];
  // Inside the package, so that it finds what it imports.
  const path = here('../dist/readme-example.mjs');
  await writeFile(path, example!);
  const args = ['--test', '--test-force-exit', '--test-reporter=tap', path];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toContain('ok 1 - a message arrives');
  await rm(path);
});

test('the README shows what --help prints', () => {
  expect(/<!-- help -->\n+```\n(.*?)```/s.exec(readme)?.[1]).toBe(`${helpText()}\n`);
});
