import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const backend = fileURLToPath(new URL('../..', import.meta.url));
const root = join(backend, '..');

export interface ServiceProcess {
  child: ChildProcess;
  /** All that it has printed. */
  output: () => string;
  /** Resolves when it says that it can be used. */
  ready: Promise<{ event: string; serviceAddress: string }>;
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Builds what the process runs, so that it is never an old one. */
export function buildService(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', join(backend, 'tsconfig.src.json')], { cwd: root });
}

/** The real program, in a process of its own. Whoever starts it ends it. */
export function startService(env: Record<string, string>, args: string[] = []): ServiceProcess {
  const child = spawn(process.execPath, [join(backend, 'dist/main.js'), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  }
  const ended = once(child, 'close').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
  );
  const ready = once(child, 'message').then(
    ([message]) => message as { event: string; serviceAddress: string },
  );
  return { child, output: () => printed.join(''), ready, ended };
}
