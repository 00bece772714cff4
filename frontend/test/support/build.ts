import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..');

export const publicFolder = join(folder, 'dist', 'public');

/** Builds the page if its sources have changed. webpack runs in a process of its own: jest's modules are not Node's. */
export function buildPage(): void {
  execFileSync(process.execPath, [join(folder, 'build.mjs')], { stdio: 'ignore' });
}

/** Compiles the server if its sources have changed. @returns its entry */
export function buildServer(): string {
  const tsc = join(folder, '..', 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-b', join(folder, 'tsconfig.server.json')]);
  return join(folder, 'dist', 'server', 'main.js');
}
