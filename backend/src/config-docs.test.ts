import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PRINTED_FILES, printInto } from './config-docs.js';
import { SETTINGS } from './config.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each(PRINTED_FILES)(
  '$path says of every setting what the program says (npm run docs)',
  (file) => {
    expect(read(file.path)).toBe(printInto(read(file.path), file));
  },
);

test('printing over what was printed changes nothing around it', () => {
  const file = { path: 'x', start: '<start>', end: '<end>', print: () => 'new\n' };
  const printed = 'before\n<start>\n\nnew\n\n<end>\nafter\n';
  expect(printInto('before\n<start>\nold\nold\n<end>\nafter\n', file)).toBe(printed);
  expect(printInto(printed, file)).toBe(printed);
  expect(() => printInto('before\n', file)).toThrow('does not say where');
  expect(() => printInto('<end>\n<start>\n', file)).toThrow('does not say where');
});

test('docker compose passes every setting on, and none that there is not', () => {
  const compose = read('docker-compose.yml');
  const backend =
    /\n {2}backend:\n[^]*?\n {4}environment:\n([^]*?)\n {4}\w/.exec(compose)?.[1] ?? '';
  const passed = Array.from(backend.matchAll(/^ {6}(\w+): (.*)$/gm), ([, name, value]) => ({
    name,
    value,
  }));
  expect(passed.map(({ name }) => name).sort()).toEqual(Object.keys(SETTINGS).sort());
  for (const { name = '', value } of passed) {
    if (name !== 'SERVICE_ADDRESS_FILE') expect(value).toMatch(`\${${name}:-`);
  }
});

const hosting = read('docs/hosting.md');
const section = /\n### What the backend cannot reach\n([^]*?)\n### /.exec(hosting)?.[1] ?? '';
const overrides = Array.from(
  section.matchAll(/```yaml\n# docker-compose\.override\.yml\n([^]*?)```/g),
  ([, text = '']) => text,
);

test('what the backend cannot reach has examples, and settings that send there', () => {
  expect(overrides).toHaveLength(3);
  expect(read('.env.example')).toContain('docs/hosting.md, "What the backend cannot reach"');
});

test.each(overrides)(
  'an override leaves the backend its network, and makes the one that it adds (%#)',
  (override) => {
    const joined = /\n {2}backend:\n {4}networks: \[application, (\w+)\]/.exec(override)?.[1];
    const made = /\nnetworks:\n {2}(\w+):/.exec(override)?.[1];
    expect(joined).toBeDefined();
    expect(made).toBe(joined);
    expect(read('docker-compose.yml')).not.toMatch(new RegExp(`^ {2}${made ?? ''}: \\{`, 'm'));
  },
);
