/**
 * `npm run bench`: what the project measures of itself, one part after the other. `npm run bench -- mixnet page` runs only some of it. On
 * a machine that does something else as well, the figures mean little.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const USAGE = `Usage: npm run bench [-- PART ...]

  mixnet   CPU time of a packet at each kind of hop, beside its floor
  backend  requests a second and how long they take; SQLite with few and with a million pastes, PostgreSQL
  page     npm start to ready; the page to connected; creating and reading pastes
`;

const parts = {
  mixnet: 'mixnet/dist/bench.js',
  backend: 'scripts/dist/bench/backend.js',
  page: 'e2e/dist/bench.js',
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (asked.includes('--help')) {
  process.stdout.write(USAGE);
} else if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}.\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const [{ model } = { model: 'unknown' }] = cpus();
  console.log(`${cpus().length} x ${model}`);
  for (const [name, program] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log('');
    const { status } = spawnSync(process.execPath, [join(root, program)], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
