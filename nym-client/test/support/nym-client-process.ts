import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Waiting } from './waiting.js';

const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));
const mainFile = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Compiles the program: its worker thread is started from a file, which must be JavaScript. */
export async function build(): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-b', 'tsconfig.src.json'], {
    cwd: packageDirectory,
  });
}

/** A real `nym-client`, as a process. */
export class NymClientProcess {
  static readonly #running = new Set<NymClientProcess>();
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<number | NodeJS.Signals>;
  readonly #lines = new Waiting<string>();
  readonly log: string[] = [];
  stdout = '';

  static start(args: string[], env: NodeJS.ProcessEnv = {}): NymClientProcess {
    return new NymClientProcess(args, env);
  }

  /** Ends what a test that failed has left. */
  static async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((client) => client.stop('SIGKILL')));
  }

  private constructor(args: string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [mainFile, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing of jest's own environment, such as NODE_OPTIONS.
      env: { PATH: process.env['PATH'], ...env },
    });
    this.#child.stdout.on('data', (data: Buffer) => (this.stdout += data.toString()));
    createInterface(this.#child.stderr).on('line', (line) => {
      this.log.push(line);
      this.#lines.push(line);
    });
    NymClientProcess.#running.add(this);
    this.#exited = once(this.#child, 'close').then(
      ([code, signal]: (number | NodeJS.Signals)[]) => {
        NymClientProcess.#running.delete(this);
        return code ?? signal ?? -1;
      },
    );
  }

  /** The next line of the log that matches; lines before it are passed over. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const line = await Promise.race([this.#lines.next(), this.#failIfExited(pattern)]);
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
  }

  /** Resolves with the URL of the websocket and the client's address when it serves. */
  async ready(): Promise<{ url: string; address: string }> {
    const [, hostPort] = await this.line(/Running websocket on "(.*)"$/);
    await this.line(/Client startup finished!$/);
    const [, address] = await this.line(/The address of this client is: (.*)$/);
    return { url: `ws://${hostPort!}`, address: address! };
  }

  /** Resolves with the exit code, or the signal that ended it. */
  exit(): Promise<number | NodeJS.Signals> {
    return this.#exited;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.#exited;
  }

  async #failIfExited(pattern: RegExp): Promise<never> {
    const code = await this.#exited;
    throw new Error(`exited (${code}) without ${String(pattern)}:\n${this.log.join('\n')}`);
  }
}

/** Runs a command to its end. */
export async function nymClient(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | NodeJS.Signals; stdout: string; log: string }> {
  const client = NymClientProcess.start(args, env);
  const code = await client.exit();
  return { code, stdout: client.stdout, log: client.log.join('\n') };
}
