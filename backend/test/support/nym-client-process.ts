import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface NymClientProcess {
  /** Where its websocket is. */
  url: string;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Builds the program, so that it is never an old one. */
export function buildNymClient(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', 'nym-client/tsconfig.src.json'], { cwd: root });
}

/** Our own nym-client, in a process of its own, with its files in `data`. Resolves when it can be connected to. */
export async function startNymClient(options: {
  data: string;
  nymApiUrl: string;
  port?: number;
}): Promise<NymClientProcess> {
  const { data, nymApiUrl, port = 0 } = options;
  const child = spawn(
    process.execPath,
    [
      join(root, 'nym-client/dist/main.js'),
      ...['run', '--init', '--id', 'test', '--data', data, '--nym-apis', nymApiUrl],
      ...['--port', String(port), '--no-cover'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  return { url: await findUrl(child), stop };
}

/** It logs where it listens. */
function findUrl(child: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const address = /Running websocket on "([^"]+)"/.exec(printed)?.[1];
      if (address !== undefined) resolve(`ws://${address}`);
    });
    child.once('close', () => {
      reject(new Error(`The nym-client has ended:\n${printed}`));
    });
  });
}
