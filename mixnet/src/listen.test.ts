import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { closeServer, listen } from './listen.js';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(closeServer)));

function server(): Server {
  const made = createServer();
  servers.push(made);
  return made;
}

test('a free port is one that will not be handed out to somebody’s outgoing connection', async () => {
  const port = await listen(server(), '127.0.0.1', 0, 'test');
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_768);
});

test('a port that is asked for is the one, or the error names it and whose it is', async () => {
  const port = await listen(server(), '127.0.0.1', 0, 'first');
  await expect(listen(server(), '127.0.0.1', port, 'nym-api')).rejects.toMatchObject({
    code: 'port-taken',
    message: `port ${port} on 127.0.0.1 (nym-api) is already in use`,
  });
});

test('a host that is not this machine’s is named', async () => {
  await expect(listen(server(), '192.0.2.1', 0, 'nym-api')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/192\.0\.2\.1 \(nym-api\)/) as unknown,
  });
});
