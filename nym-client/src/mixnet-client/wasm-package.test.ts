import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readVerifiedWasm, wasmPackageDirectory } from './wasm-package.js';

let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'wasm-package-test-'));
  await cp(wasmPackageDirectory(), copy, { recursive: true });
});
afterEach(() => rm(copy, { recursive: true }));

test('the installed package is the one that this client is made for', async () => {
  expect((await readVerifiedWasm()).length).toBeGreaterThan(1_000_000);
});

test('another version is refused, and both are named', async () => {
  const file = join(copy, 'package.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"1.4.1"', '"1.4.2"'));
  await expect(readVerifiedWasm(copy)).rejects.toThrow(/is version 1\.4\.2, .* only .* 1\.4\.1/);
});

test('another build of the same version is refused', async () => {
  const file = join(copy, 'nym_client_wasm_bg.wasm');
  const wasm = await readFile(file);
  wasm[wasm.length - 1]! ^= 1;
  await writeFile(file, wasm);
  await expect(readVerifiedWasm(copy)).rejects.toThrow('is not the published build');
});
