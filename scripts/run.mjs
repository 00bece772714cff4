#!/usr/bin/env node
/**
 * The door to every command of this repository: `node scripts/run.mjs COMMAND [ARGUMENTS]`.
 *
 * It installs what is missing and builds what is stale, then runs the command in this very process. It is plain JavaScript that needs
 * nothing but Node, because on a fresh clone there is nothing else yet.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each command runs, and whether it needs the web page built. */
const commands = {
  start: { entry: 'scripts/dist/start.js', needsPage: true },
  build: { entry: undefined, needsPage: true },
  bench: { entry: 'scripts/bench.mjs', needsPage: true },
  mixnet: { entry: 'mixnet/dist/main.js', needsPage: false },
  'nym-client': { entry: 'nym-client/dist/main.js', needsPage: false },
  admin: { entry: 'backend/dist/admin/main.js', needsPage: false },
  backend: { entry: 'backend/dist/main.js', needsPage: false },
  frontend: { entry: 'frontend/dist/server/main.js', needsPage: true },
  docs: { entry: 'scripts/docs.mjs', needsPage: false },
  test: { entry: 'scripts/test.mjs', needsPage: true },
};

const OLDEST_NODE = [20, 19];
/** What takes longer than this says what it is. */
const SILENT_MS = 1500;
/** Written into node_modules: the version of Node's binary interface that the native addons were compiled for. */
const ADDONS_STAMP = join(root, 'node_modules', '.node-abi');

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.version}.`);
}

/** Whether node_modules holds exactly what package-lock.json asks for, compiled for this Node. */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile) || !existsSync(ADDONS_STAMP)) return false;
  if (readFileSync(ADDONS_STAMP, 'utf8') !== process.versions.modules) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(
    ([path, { version, link, optional }]) =>
      !path.startsWith('node_modules/') ||
      link === true ||
      optional === true ||
      installed[path]?.version === version,
  );
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean }>}
 */
function readPackages(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
}

function install() {
  console.error('Installing (a few minutes the first time: SQLite is compiled) …');
  const npm = process.env['npm_execpath'];
  const [command, args] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  // Not `npm ci`: that refuses a lockfile in which a registry's mirror left out binaries for other platforms.
  // Messages go where they do not mix with what the command itself prints.
  // Whatever NODE_ENV or npm's settings leave out elsewhere: here everything is built, and may be tested.
  const options = ['--no-save', '--no-audit', '--no-fund', '--include=dev'];
  execFileSync(command, [...args, 'install', ...options], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...nodeHeaders() },
  });
  writeFileSync(ADDONS_STAMP, process.versions.modules);
}

/** Where Node's headers lie beside its binary, native addons compile without downloading them. */
function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const found = existsSync(join(prefix, 'include', 'node', 'node.h'));
  return found ? { npm_config_nodedir: prefix } : {};
}

async function buildTypeScript() {
  const projects = ['shared', 'mixnet', 'nym-client', 'backend', 'scripts'].map(
    (folder) => `${folder}/tsconfig.src.json`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const rest = ['frontend/tsconfig.server.json', 'e2e/tsconfig.json'];
  const compiler = spawn(process.execPath, [tsc, '-b', ...projects, ...rest], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const [code] = await once(compiler, 'exit');
  if (code !== 0) throw new Error('TypeScript does not compile.');
}

async function buildPage() {
  const { buildFrontend } = await import('../frontend/build.mjs');
  await buildFrontend();
}

/**
 * @param {string} what
 * @param {() => Promise<void>} work
 */
async function telling(what, work) {
  const word = setTimeout(() => console.error(what), SILENT_MS);
  try {
    await work();
  } finally {
    clearTimeout(word);
  }
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Error(`Commands: ${Object.keys(commands).join(', ')}. Each knows --help.`);
  }
  checkNode();
  if (!isInstalled()) install();
  await telling('Compiling …', buildTypeScript);
  if (command.needsPage) await telling('Building the page …', buildPage);
  if (command.entry === undefined) return;
  const entry = join(root, command.entry);
  process.argv = [process.execPath, entry, ...args];
  await import(pathToFileURL(entry).href);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
