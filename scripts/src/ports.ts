import { createServer } from 'node:net';
import { once } from 'node:events';
import { otherPorts, SettingsError, type Settings } from './settings.js';

/** Which setting moves which ports, for the person who has to. */
export function portsOf(settings: Settings): [port: number, setting: string][] {
  return [
    [settings.pagePort, 'PASTENYM_PORT'],
    ...otherPorts(settings).map((port): [number, string] => [port, 'PASTENYM_PORT_BASE']),
  ];
}

/**
 * @param tryPort listens for a moment, and rejects as `listen` does
 * @throws SettingsError that names the first port that cannot be had, why, and the setting that moves it
 */
export async function checkPortsFree(settings: Settings, tryPort = listenOnce): Promise<void> {
  for (const [port, setting] of portsOf(settings)) {
    try {
      await tryPort(port);
    } catch (error) {
      throw new SettingsError(
        `Port ${port} ${describeRefusal(error)}. ${setting} chooses another.`,
      );
    }
  }
}

function describeRefusal(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException; // Node's own
  if (code === 'EADDRINUSE') return 'is taken';
  if (code === 'EACCES') return 'may not be used by this user';
  return `cannot be used (${message})`;
}

async function listenOnce(port: number): Promise<void> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
