import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROJECT = fileURLToPath(new URL('../../tsconfig.src.json', import.meta.url));

/** Programs run what is built, so this builds what is here. */
export async function buildPackage(): Promise<void> {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  await promisify(execFile)(process.execPath, [compiler, '-b', PROJECT]);
}
