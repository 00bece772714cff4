import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { PartLog } from './part-log.js';

/** A program that the launcher keeps running. */
export interface PartOptions {
  name: string;
  /** The JavaScript file that Node runs. */
  entry: string;
  /** For Node itself. */
  nodeFlags?: readonly string[];
  args: string[];
  env: Record<string, string>;
  /** Stands in the line that it prints once it is ready. Without this, it tells the launcher: `process.send({ event: 'ready', … })`. */
  readyText?: string;
  /** Gets what the program prints. */
  logFile: string;
}

export type PartEvents = {
  /** It runs, with this process id; again after each restart. */
  started: [pid: number];
  /** It has told that it is ready. */
  ready: [message: Record<string, unknown>];
  /** It ended without being asked to, and is started again. `quick` counts the ends soon after a start, in a row. */
  ended: [reason: string, quick: number];
  /** Its log cannot be written. */
  unlogged: [error: Error];
};

const FIRST_RESTART_DELAY_MS = 250;
const LONGEST_RESTART_DELAY_MS = 10_000;
/** A part that has run for so long has started well: its next restart is quick again. */
const SETTLED_AFTER_MS = 20_000;
const exitWithParent = fileURLToPath(new URL('./exit-with-parent.js', import.meta.url));

/** Runs one program, starts it again whenever it dies, and stops it when asked. */
export class Part extends EventEmitter<PartEvents> {
  readonly name: string;
  readonly logFile: string;
  readonly #options: PartOptions;
  readonly #log: PartLog;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #isReady = false;
  #lastLine = '';
  #quickEnds = 0;

  constructor(options: PartOptions) {
    super();
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
    this.#log = new PartLog({
      file: options.logFile,
      onLine: (line) => {
        this.#read(line);
      },
      onTrouble: (error) => this.emit('unlogged', error),
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it has said, since it was started last, that it does its work. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The last line that it printed. */
  get lastLine(): string {
    return this.#lastLine;
  }

  start(): void {
    mkdirSync(dirname(this.logFile), { recursive: true });
    this.#isReady = false;
    const child = this.#spawn();
    this.#child = child;
    child.stdout?.setEncoding('utf8').pipe(this.#log, { end: false });
    child.stderr?.setEncoding('utf8').pipe(this.#log, { end: false });
    child.on('message', (message) => {
      if (isRecord(message) && message['event'] === 'ready') this.#becomeReady(message);
    });
    const startedAt = Date.now();
    child.once('close', (code, signal) => {
      void this.#onEnd(signal ?? `exit code ${code ?? '?'}`, Date.now() - startedAt);
    });
    child.once('error', () => undefined);
    if (child.pid !== undefined) this.emit('started', child.pid);
  }

  /**
   * Asks it to end with SIGTERM.
   * @param atOnce kills it
   */
  async stop(atOnce: AbortSignal): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    const kill = () => child.kill('SIGKILL');
    if (atOnce.aborted) kill();
    else child.kill('SIGTERM');
    atOnce.addEventListener('abort', kill, { once: true });
    await ended;
    atOnce.removeEventListener('abort', kill);
  }

  #spawn(): ChildProcess {
    const { entry, nodeFlags = [], args, env } = this.#options;
    return spawn(process.execPath, [...nodeFlags, '--import', exitWithParent, entry, ...args], {
      env: { ...process.env, ...env },
      // A process group of its own: Ctrl-C reaches the launcher alone, which stops the parts in their order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }

  #read(line: string): void {
    const { readyText } = this.#options;
    if (line.trim() !== '') this.#lastLine = line;
    if (readyText !== undefined && line.includes(readyText)) this.#becomeReady({});
  }

  #becomeReady(message: Record<string, unknown>): void {
    this.#isReady = true;
    this.emit('ready', message);
  }

  async #onEnd(reason: string, ranForMs: number): Promise<void> {
    this.#isReady = false;
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
