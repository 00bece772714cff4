import { describe, expect, test } from '@jest/globals';
import { fakeTime, settle } from '../../test/support/fake-time.js';
import { scriptedLinks } from '../../test/support/scripted-links.js';
import { createConnection } from './connection.js';
import {
  HEARTBEAT_TIMEOUT_MS,
  QUIET_MS,
  RECONNECT_SPREAD_MS,
  SLOWEST_BYTES_PER_SECOND,
} from './machine.js';

function setUp() {
  const time = fakeTime();
  const links = scriptedLinks();
  const connection = createConnection(links.open, { schedule: time.schedule, random: () => 1 });
  return { time, links, connection };
}

describe('the connection', () => {
  test('opens a link at the start and is connected when the link is', () => {
    const { links, connection } = setUp();
    connection.start();
    expect(connection.get().name).toBe('loading');
    links.last().connect();
    expect(connection.get()).toMatchObject({ name: 'connected', address: 'client-1' });
  });

  test('sends its heartbeats to itself, without reply blocks, and hands them on as messages', () => {
    const { links, connection } = setUp();
    const heard: Uint8Array[] = [];
    connection.onMessage((message) => heard.push(message));
    connection.start();
    links.last().connect();
    const [heartbeat] = links.last().sent;
    expect(heartbeat).toMatchObject({ recipient: 'client-1', replySurbs: 0 });
    links.last().listener.heard(heartbeat!.message);
    expect(connection.get()).toMatchObject({ proven: true });
    expect(heard).toEqual([heartbeat!.message]);
  });

  test('that has gone deaf is rebuilt with another client, and the old one is ended', async () => {
    const { time, links, connection } = setUp();
    connection.start();
    links.last().connect();
    links.last().listener.heard(Uint8Array.of(1));
    await time.pass(QUIET_MS + 2 * HEARTBEAT_TIMEOUT_MS + RECONNECT_SPREAD_MS);
    expect(links.links.map(({ closed }) => closed)).toEqual([true, false]);
    links.last().connect();
    expect(connection.get()).toMatchObject({ name: 'connected', address: 'client-2' });
  });

  test('is not taken for deaf while a long message goes out over a slow line', async () => {
    const { time, links, connection } = setUp();
    connection.start();
    links.last().connect();
    links.last().listener.heard(links.last().sent[0]!.message);
    const SECONDS = 150;
    void connection.send(new Uint8Array(SECONDS * SLOWEST_BYTES_PER_SECOND), 'service', 20);
    await time.pass(SECONDS * 1000);
    expect(connection.get()).toMatchObject({ name: 'connected', link: 1 });
    await time.pass(QUIET_MS + 2 * HEARTBEAT_TIMEOUT_MS + RECONNECT_SPREAD_MS);
    expect(connection.get()).toMatchObject({ name: 'loading', link: 2 });
  });

  test('does not listen to a link that it has left', () => {
    const { links, connection } = setUp();
    const heard: Uint8Array[] = [];
    connection.onMessage((message) => heard.push(message));
    connection.start();
    const first = links.last();
    first.connect();
    connection.renew();
    first.listener.heard(Uint8Array.of(1));
    first.listener.broken('socket-closed');
    expect(heard).toEqual([]);
    expect(connection.get()).toMatchObject({ name: 'loading', link: 2 });
  });

  test('takes what a listener causes after what it was told, not in the middle of it', () => {
    const { links, connection } = setUp();
    const seen: string[] = [];
    connection.subscribe(() => {
      const state = connection.get();
      seen.push(state.name);
      if (state.name === 'connected' && state.link === 1) connection.renew();
    });
    connection.start();
    links.last().connect();
    expect(seen).toEqual(['loading', 'connecting', 'connecting', 'connected', 'loading']);
    expect(links.links.map(({ closed }) => closed)).toEqual([true, false]);
  });

  test('whose worker cannot even be made says so, and is tried again', async () => {
    const time = fakeTime();
    const links = scriptedLinks();
    let isBlocked = true;
    const connection = createConnection(
      (listener) => {
        if (isBlocked) throw new Error('no workers here');
        return links.open(listener);
      },
      { schedule: time.schedule, random: () => 1 },
    );
    connection.start();
    expect(connection.get()).toMatchObject({
      name: 'pausing',
      trouble: { fault: 'worker-failed', detail: 'no workers here' },
    });
    isBlocked = false;
    await time.pass(1000);
    links.last().connect();
    expect(connection.get().name).toBe('connected');
  });

  test('sends nothing without a link', async () => {
    const { connection } = setUp();
    await expect(connection.send(Uint8Array.of(1), 'service', 20)).rejects.toThrow('no link');
  });

  test('closes what it has opened', async () => {
    const { time, links, connection } = setUp();
    connection.start();
    connection.stop();
    await settle();
    expect(links.last().closed).toBe(true);
    expect(time.pending()).toBe(0);
  });
});
