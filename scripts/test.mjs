/**
 * `npm test`: everything, in the order in which a fault is cheapest to find. `npm test -- types unit` runs only some of it.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path);
const jest = (/** @type {string[]} */ ...args) => [
  '--experimental-vm-modules',
  '--no-warnings',
  bin('jest', 'bin', 'jest.js'),
  '--selectProjects',
  ...args,
];

/** Integration and browser tests run one at a time: the official client gives a gateway five seconds for a handshake, whatever else runs. */
const steps = {
  types: [bin('typescript', 'bin', 'tsc'), '-b'],
  lint: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'],
  format: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  unit: jest('unit'),
  integration: jest('integration', '--runInBand'),
  e2e: jest('e2e', '--runInBand'),
};

/** @param {string} name @param {string[]} command */
function run(name, command) {
  console.error(`\n— ${name}`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  console.error(`— ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds(started)} s`);
  return status === 0;
}

/** @param {number} since */
const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`Steps: ${Object.keys(steps).join(', ')}. There is no ${unknown.join(', ')}.`);
  process.exitCode = 2;
} else {
  const started = Date.now();
  const chosen = Object.entries(steps).filter(
    ([name]) => asked.length === 0 || asked.includes(name),
  );
  const failed = chosen.filter(([name, command]) => !run(name, command)).map(([name]) => name);
  console.error(
    failed.length === 0
      ? `\nAll passed in ${seconds(started)} s.`
      : `\nFailed after ${seconds(started)} s: ${failed.join(', ')}.`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
