import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeAddressFile } from './address-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pastenym-address-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('the addresses are there for everybody to read, one a line, and nothing else is', () => {
  const path = join(folder, 'new', 'service-address');
  const umask = process.umask(0o077);
  try {
    writeAddressFile(path, ['a.b@c']);
    writeAddressFile(path, ['d.e@f', 'g.h@i']);
  } finally {
    process.umask(umask);
  }
  expect(readFileSync(path, 'utf8')).toBe('d.e@f\ng.h@i\n');
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(readdirSync(join(folder, 'new'))).toEqual(['service-address']);
});
