import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { checkPortsFree } from './ports.js';
import { readSettings } from './settings.js';

test('a port that somebody has is named, with the setting that moves it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const settings = readSettings([], { PASTENYM_PORT: String(port) }, '/clone')!;
  await expect(checkPortsFree(settings)).rejects.toThrow(
    `Port ${port} is taken. PASTENYM_PORT chooses another.`,
  );
  other.close();
});

test('a port for which rights are missing is not called taken', async () => {
  const settings = readSettings([], { PASTENYM_PORT: '80' }, '/clone')!;
  const refuse = () => Promise.reject(Object.assign(new Error('refused'), { code: 'EACCES' }));
  await expect(checkPortsFree(settings, refuse)).rejects.toThrow(
    'Port 80 may not be used by this user. PASTENYM_PORT chooses another.',
  );
});
