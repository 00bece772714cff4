import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { PRINTED_FILES, printInto } from './config-docs.js';
import { SETTINGS } from './config.js';

const run = promisify(execFile);

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
  expect(overrides).toHaveLength(4);
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

test('no other service of an override is on the network of the nym-client, where whoever reaches it is the service', () => {
  const networks = overrides.flatMap((override) =>
    Array.from(override.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? {4}networks: \[(.*)\]/gm)),
  );
  const others = networks.filter(([, service]) => service !== 'backend');
  expect(others.map(([, service, list]) => `${service ?? ''}: ${list ?? ''}`)).toEqual([
    'postgres: database',
    'prometheus: metrics, prometheus',
  ]);
});

test('what asks the backend’s container how it is prints what it says', async () => {
  const script = /exec backend node -e "(.*)"/.exec(section)?.[1] ?? '';
  const server = createServer((request, response) => {
    response.writeHead(503).end(request.url);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { stdout } = await run(process.execPath, ['-e', script.replace(':9464', `:${port}`)]);
  server.close();
  expect(stdout).toBe('503 /healthz\n');
});
