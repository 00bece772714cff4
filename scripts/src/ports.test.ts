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
