import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildPage, publicFolder } from './support/build.js';

/** What is loaded before anything can be read or typed, gzipped. */
const MAX_SCRIPT_BYTES = 100_000;
const MAX_STYLE_BYTES = 12_000;
/** What the Nym worker gets besides the SDK's own 5 MB. */
const MAX_PRELUDE_BYTES = 20_000;

// A build, on a machine that does other things as well.
jest.setTimeout(120_000);

let names: string[];
const read = (name: string) => readFileSync(join(publicFolder, name));

beforeAll(() => {
  buildPage();
  names = readdirSync(publicFolder);
});

function gzippedBytes(pattern: RegExp): number {
  const found = names.filter((name) => pattern.test(name));
  expect(found).not.toEqual([]);
  return found.reduce((sum, name) => sum + read(`${name}.gz`).length, 0);
}

describe('the built page', () => {
  test('keeps its own JavaScript, its styles and its prelude of the worker small', () => {
    expect(gzippedBytes(/^main\..*\.js$/)).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
    expect(gzippedBytes(/^main\..*\.css$/)).toBeLessThanOrEqual(MAX_STYLE_BYTES);
    expect(gzippedBytes(/^nym-worker\..*\.js$/)).toBeLessThanOrEqual(MAX_PRELUDE_BYTES);
  });

  test('has one script and one stylesheet, of its own, and nothing inline', () => {
    const html = read('index.html').toString();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toMatch(/<script defer="defer" src="main\.[0-9a-f]{20}\.js"><\/script>/);
    expect(html.match(/<link[^>]+>/g)).toHaveLength(2); // the icon and the styles
    expect(html).toMatch(/<link href="main\.[0-9a-f]{20}\.css" rel="stylesheet">/);
    expect(html).not.toMatch(/https?:|style=|<style| on\w+=/);
    expect(html).toContain('<noscript>');
    expect(html).toContain('<html lang="en">');
  });

  test('has a hash of the content in the name of everything but the page and its icon', () => {
    const unhashed = names.filter(
      (name) => !/\.[0-9a-f]{20}\./.test(name) && !/\.(?:br|gz)$/.test(name),
    );
    expect(unhashed.sort()).toEqual(['favicon.svg', 'index.html']);
  });

  test('comes in both compressed forms, which are the same file', () => {
    const plain = names.filter((name) => !/\.(?:br|gz)$/.test(name));
    for (const name of plain) {
      expect(brotliDecompressSync(read(`${name}.br`)).equals(read(name))).toBe(true);
      expect(gunzipSync(read(`${name}.gz`)).equals(read(name))).toBe(true);
    }
  });

  test('brings the official worker as it is', () => {
    const [worker = ''] = names.filter((name) => /^nym-sdk-worker\..*\.js$/.test(name));
    const official = import.meta.resolve('@nymproject/sdk/web-worker-0.js');
    expect(read(worker).equals(readFileSync(new URL(official)))).toBe(true);
  });

  test('knows no place of the machine that built it', () => {
    const root = join(publicFolder, '..', '..', '..');
    for (const name of names.filter((name) => /\.(?:js|css|map|html)$/.test(name))) {
      expect(read(name).includes(root)).toBe(false);
    }
  });
});
