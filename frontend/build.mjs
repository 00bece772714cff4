/**
 * Builds the page into `dist/public`, unless it is there already, made of the same inputs.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = join(folder, '..');
const page = join(folder, 'dist', 'public', 'index.html');
/** Beside the page, not in it: what it was made of. */
const stamp = join(folder, 'dist', 'public.inputs');

const inputs = [
  'frontend/src',
  'frontend/webpack.config.js',
  'frontend/build.mjs',
  'frontend/package.json',
  'shared/src',
  'shared/package.json',
  'package-lock.json',
];

/** @param {string} path @returns {string[]} */
function filesOf(path) {
  const absolute = join(root, path);
  if (path.endsWith('.json') || /\.m?js$/.test(path)) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashInputs() {
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs.flatMap(filesOf)) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * @returns {Promise<{ built: boolean }>} whether there was anything to do
 * @throws {Error} what webpack has to say about the sources
 */
export async function buildFrontend() {
  const hash = hashInputs();
  if (existsSync(page) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return { built: false };
  }
  rmSync(stamp, { force: true });
  await runWebpack();
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(stamp, hash);
  return { built: true };
}

async function runWebpack() {
  const [{ default: webpack }, { default: config }] = await Promise.all([
    import('webpack'),
    import('./webpack.config.js'),
  ]);
  const compiler = webpack(config);
  try {
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats.hasErrors() || stats.hasWarnings()) {
      throw new Error(stats.toString({ preset: 'errors-warnings', colors: false }));
    }
  } finally {
    await new Promise((resolve) => compiler.close(resolve));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  const { built } = await buildFrontend();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.error(built ? `The page is built, in ${seconds} s.` : 'The page is up to date.');
}
