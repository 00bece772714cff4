import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/admin/main.js', import.meta.url));

/**
 * Runs the real program to its end. It is built by `buildService`.
 * @returns what it printed; `err` without the line that names the database
 */
export async function runAdmin(
  databaseUrl: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string; database: string | undefined }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  const [code] = (await once(child, 'close')) as [number];
  const [, database, err = ''] = /^(?:Database: (.*)\n)?([^]*)$/.exec(printed.err) ?? [];
  return { code, out: printed.out, err, database };
}
