import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the launcher writes into `run.json`. */
export interface RunFile {
  url: string;
  nymApiUrl: string;
  nymClientUrl: string;
  serviceAddress: string;
  pids: Record<'launcher' | 'mixnet' | 'nymClient' | 'backend' | 'frontend', number>;
}

/** The whole system, started by the same launcher as `npm start`, in a folder and on ports of its own. */
export interface Stack extends RunFile {
  dataFolder: string;
  /** Origins of the gateways' websockets, as browsers dial them. */
  gatewayUrls: readonly string[];
  /** Kills a part with SIGKILL and resolves when the launcher has started it again. */
  killPart(name: 'mixnet' | 'nymClient' | 'backend'): Promise<void>;
  /** As Ctrl-C does. Resolves with the launcher's exit code. The folder is kept until `remove`. */
  stop(): Promise<number>;
  remove(): void;
}

const START_TIMEOUT_MS = 60_000;
const PORTS_NEEDED = 50;
/** From the port base, as `npm start -- --help` says. */
const GATEWAY_OFFSETS = [10, 11];

export function createDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'pastenym-e2e-'));
}

export async function startStack(
  dataFolder = createDataFolder(),
  portBase = drawPortBase(),
): Promise<Stack> {
  const child = spawn(process.execPath, [join(root, 'scripts/dist/start.js')], {
    cwd: root,
    env: {
      ...process.env,
      PASTENYM_DATA: dataFolder,
      PASTENYM_PORT: String(portBase + PORTS_NEEDED - 1),
      PASTENYM_PORT_BASE: String(portBase),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const readRun = () => JSON.parse(readFileSync(join(dataFolder, 'run.json'), 'utf8')) as RunFile;

  await waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`The launcher ended: ${output}`);
      return output.includes('Pastenym is ready');
    },
    START_TIMEOUT_MS,
    () => `The launcher is not ready: ${output}`,
  );
  return {
    ...readRun(),
    dataFolder,
    gatewayUrls: GATEWAY_OFFSETS.map((offset) => `ws://127.0.0.1:${portBase + offset}`),
    async killPart(name) {
      const pid = readRun().pids[name];
      process.kill(pid, 'SIGKILL');
      await waitUntil(
        () => readRun().pids[name] !== pid,
        START_TIMEOUT_MS,
        () => `${name} is not started again: ${output}`,
      );
    },
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      if (existsSync(join(dataFolder, 'run.json'))) throw new Error('run.json was left behind.');
      return code ?? -1;
    },
    remove() {
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Below the ports that the system hands out by itself (from 32768 on), and not where `npm start` lives. */
function drawPortBase(): number {
  return 24_000 + PORTS_NEEDED * Math.floor(Math.random() * 160);
}

export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  describe: () => string,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(describe());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
