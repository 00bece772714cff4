import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that the launcher keeps running. */
export interface PartOptions {
  name: string;
  /** The JavaScript file that Node runs. */
  entry: string;
  args: string[];
  env: Record<string, string>;
  /** Gets what the program prints. */
  logFile: string;
}

export type PartEvents = {
  /** It runs, with this process id; again after each restart. */
  started: [pid: number];
  /** It says so itself, if it is one that does: `process.send({ event: 'ready', … })`. */
  ready: [message: Record<string, unknown>];
  /** It ended without being asked to, and is started again. `quick` counts the ends soon after a start, in a row. */
  ended: [reason: string, quick: number];
};

const FIRST_RESTART_DELAY_MS = 250;
const LONGEST_RESTART_DELAY_MS = 10_000;
/** A part that has run for so long has started well: its next restart is quick again. */
const SETTLED_AFTER_MS = 20_000;
/** After SIGTERM, a part has so long to finish; the service takes up to ten seconds to answer what it has taken. */
const STOP_TIMEOUT_MS = 12_000;
const exitWithParent = fileURLToPath(new URL('./exit-with-parent.js', import.meta.url));

/** Runs one program, starts it again whenever it dies, and stops it when asked. */
export class Part extends EventEmitter<PartEvents> {
  readonly name: string;
  readonly logFile: string;
  readonly #options: PartOptions;
  #child: ChildProcess | undefined;
  #stopping = new AbortController();
  #quickEnds = 0;

  constructor(options: PartOptions) {
    super();
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { entry, args, env, logFile } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    const child = spawn(process.execPath, ['--import', exitWithParent, entry, ...args], {
      env: { ...process.env, ...env },
      // A process group of its own: Ctrl-C reaches the launcher alone, which stops the parts in their order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.on('message', (message) => {
      if (isRecord(message) && message['event'] === 'ready') this.emit('ready', message);
    });
    const startedAt = Date.now();
    child.once('close', (code, signal) => {
      log.end();
      void this.#onEnd(signal ?? `exit code ${code ?? '?'}`, Date.now() - startedAt);
    });
    child.once('error', () => undefined);
    if (child.pid !== undefined) this.emit('started', child.pid);
  }

  /** Asks it to end with SIGTERM; kills it when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(patience);
  }

  async #onEnd(reason: string, ranForMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#quickEnds = ranForMs < SETTLED_AFTER_MS ? this.#quickEnds + 1 : 0;
    this.emit('ended', reason, this.#quickEnds);
    const wait = Math.min(FIRST_RESTART_DELAY_MS * 2 ** this.#quickEnds, LONGEST_RESTART_DELAY_MS);
    try {
      await delay(wait, undefined, { signal: this.#stopping.signal });
    } catch {
      return; // asked to stop meanwhile
    }
    this.start();
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
