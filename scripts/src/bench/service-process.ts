import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BACKEND_NODE_FLAGS } from '../backend-node-flags.js';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The real service, in a process of its own. */
export class ServiceProcess {
  /** Rejects when it ends, whoever ended it. */
  readonly ended: Promise<never>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ended: Promise<never>) {
    this.#child = child;
    this.ended = ended;
  }

  /** Resolves when it can be used. */
  static async start(env: Record<string, string>): Promise<ServiceProcess> {
    const program = [...BACKEND_NODE_FLAGS, join(root, 'backend/dist/main.js')];
    const child = spawn(process.execPath, program, {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = once(child, 'close').then((): never => {
      throw new Error('The service has ended.');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined); // at its end, it may
    return new ServiceProcess(child, ended);
  }

  /** The most memory that it has had, in bytes (Linux). */
  peakMemoryBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid ?? 'self'}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024;
  }

  async stop(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}
