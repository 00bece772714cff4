import { createServer } from 'node:net';
import { once } from 'node:events';
import { SettingsError, type Settings } from './settings.js';

/** Which setting moves which ports, for the person who has to. */
export function portsOf(settings: Settings): [port: number, setting: string][] {
  const others = [settings.nymClientPort, ...settings.gatewayPorts, ...settings.mixPorts];
  if (settings.network === 'local') others.unshift(settings.nymApiPort);
  return [
    [settings.pagePort, 'PASTENYM_PORT'],
    ...others.map((port): [number, string] => [port, 'PASTENYM_PORT_BASE']),
  ];
}

/** @throws SettingsError that names the first port that somebody else has, and the setting that moves it */
export async function checkPortsFree(settings: Settings): Promise<void> {
  for (const [port, setting] of portsOf(settings)) {
    if (!(await isFree(port))) {
      throw new SettingsError(`Port ${port} is taken. ${setting} chooses another.`);
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
