import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  CIPHERTEXT,
  cli,
  FORMS,
  HEADER,
  idIn,
  NOT_FOUND,
  PING_REPLY,
  web,
} from './support/original-clients.js';
import { NOW, runService, type RunningService } from './support/running-service.js';

jest.setTimeout(60_000);

let service: RunningService;
const ask = (message: string | Uint8Array) => service.nym.ask(message);
const create = async (message: string) => idIn(await ask(message));

beforeAll(async () => {
  service = await runService();
});

afterAll(() => service.stop());

afterEach(() => {
  service.time.now = NOW;
});

describe.each(FORMS)('a client that sends JSON $name', ({ wrap, before }) => {
  test.each([
    ['the web page', web.ping],
    ['the command line client', cli.ping],
  ])('gets the answer to the ping of %s', async (_, ping) => {
    expect(await ask(wrap(ping))).toBe(before + PING_REPLY);
  });

  test('stores an encrypted paste of the web page and reads it', async () => {
    const reply = await ask(wrap(web.newText()));
    expect(reply.startsWith(before)).toBe(true);
    const id = idIn(reply.slice(before.length));
    expect(await ask(wrap(web.getText(id)))).toBe(
      `${before}{"text": "${CIPHERTEXT}", "num_view": 1, "created_on": "2026-11-22T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "expiration_time": null, "expiration_height": null, "encParams": {"iv": "AAECAwQFBgcICQoL", "v": 1, "iter": 10000, "ks": 256, "ts": 128, "mode": "gcm", "adata": "", "cipher": "aes", "salt": "AAECAwQFBgc="}}`,
    );
  });

  test('is told of a paste that is not there', async () => {
    expect(await ask(wrap(web.getText('8A8Z9nIk')))).toBe(before + NOT_FOUND);
    expect(await ask(wrap(cli.getText('8A8Z9nIk')))).toBe(before + NOT_FOUND);
  });

  test('is told of an event that does not exist', async () => {
    expect(await ask(wrap('{"event":"bogus","data":"x"}'))).toBe(
      `${before}"Error event bogus not found"`,
    );
  });

  test('is told what a request without its members lacks, always plainly', async () => {
    expect(await ask(wrap('{}'))).toBe(`"Error parsing message: 'event'"`);
    expect(await ask(wrap('{"event":"ping"}'))).toBe(`"Error parsing message: 'data'"`);
    expect(await ask(wrap('{"data":"x"}'))).toBe(`"Error parsing message: 'event'"`);
  });
});

test('mail in text frames is understood as well', async () => {
  service.nym.pushes = 'text';
  try {
    expect(await ask(web.ping)).toBe(PING_REPLY);
    expect(await ask(HEADER + web.ping)).toBe(HEADER + PING_REPLY);
  } finally {
    service.nym.pushes = 'as-asked';
  }
});

test('nothing in a box is nothing, except where the plain form takes it for base64', async () => {
  const nothing = '"Error parsing message: received data is empty"';
  expect(await ask(Buffer.from('null').toString('base64'))).toBe(nothing);
  expect(await ask(`${HEADER}null`)).toBe(nothing);
  expect(await ask(Buffer.from(`${HEADER}null`).toString('base64'))).toBe(nothing);
});

test('an encrypted paste of the command line client is answered with its parameters in its order', async () => {
  const id = await create(cli.newText());
  expect(await ask(cli.getText(id))).toContain(
    '"encParams": {"salt": "obLD1OX2Bxg=", "adata": "", "iv": "8ODQwLCgkIBwYFBA", "ks": 256, "v": 1, "ts": 128, "mode": "gcm", "cipher": "aes", "iter": 10000}}',
  );
});

test('a public paste of the web page is answered escaped, once, without parameters', async () => {
  const id = await create(web.newPublicText(`{"text":"a <b> & 'c' é😀 &lt;","file":null}`));
  expect(await ask(web.getText(id))).toBe(
    '{"text": "{&quot;text&quot;:&quot;a &lt;b&gt; &amp; &#x27;c&#x27; \\u00e9\\ud83d\\ude00 &amp;lt;&quot;,&quot;file&quot;:null}", "num_view": 1, "created_on": "2026-11-22T00:00:00Z", "is_burn": false, "is_ipfs": false, "burn_view": 0, "encryption_params_b64": null, "expiration_time": null, "expiration_height": null}',
  );
});

test('a public paste of the command line client is answered with its empty parameters', async () => {
  const id = await create(cli.newPublicText);
  expect(await ask(cli.getText(id))).toContain(
    '"encParams": {"salt": "", "adata": "", "iv": "", "ks": 0, "v": 0, "ts": 0, "mode": "", "cipher": "", "iter": 0}}',
  );
});

test('each reader sees how often the paste has been read, themselves included', async () => {
  const id = await create(web.newText());
  for (const views of [1, 2, 3]) {
    expect(await ask(web.getText(id))).toContain(`"num_view": ${views}, `);
  }
});

test('a paste that burns after two views is answered twice, with its count', async () => {
  const id = await create(web.newText({ burn: true, burnView: 2 }));
  const rest = '"is_burn": true, "is_ipfs": false, "burn_view": 2,';
  expect(await ask(web.getText(id))).toContain(rest);
  expect(await ask(web.getText(id))).toContain(rest);
  expect(await ask(web.getText(id))).toBe(NOT_FOUND);
});

test('of fifty readers at once, a paste with seven views goes to exactly seven', async () => {
  const id = await create(web.newText({ burn: true, burnView: 7 }));
  const replies = await Promise.all(Array.from({ length: 50 }, () => ask(web.getText(id))));
  expect(replies.filter((reply) => reply.includes(CIPHERTEXT)).length).toBe(7);
  expect(replies.filter((reply) => reply === NOT_FOUND).length).toBe(43);
});

test('a paste expires at the second that its readers are told, swept or not', async () => {
  const id = await create(web.newText({ expiration: '5 minutes' }));
  expect(await ask(web.getText(id))).toContain('"expiration_time": "2026-11-22T12:39:56Z"');
  service.time.now = NOW + 5 * 60_000 - 1;
  expect(await ask(web.getText(id))).toContain(CIPHERTEXT);
  service.time.now = NOW + 5 * 60_000;
  expect(await ask(web.getText(id))).toBe(NOT_FOUND);
});

test('the day a paste was made on is the day it was made on, not the day the service started', async () => {
  service.time.now = Date.UTC(2028, 1, 29, 23, 59, 59);
  const id = await create(web.newText());
  service.time.now = Date.UTC(2028, 2, 1, 12, 0, 0);
  expect(await ask(web.getText(id))).toContain('"created_on": "2028-02-29T00:00:00Z"');
});

test.each([
  ['10minute', '2026-11-22T12:44:56Z'],
  ['6 months', '2027-05-22T12:34:56Z'],
  ['1h30m', '2026-11-22T14:04:56Z'],
])('the expiry %j of a client is %s', async (expiration, time) => {
  const id = await create(cli.newText({ expiration }));
  expect(await ask(cli.getText(id))).toContain(`"expiration_time": "${time}"`);
});

test.each(['never', '-5 minutes', '0 minutes', '2020-01-01', '9999 years', '5 minutes ago'])(
  'the expiry %j is an error, not a paste that vanishes',
  async (expiration) => {
    const reply = await ask(web.newText({ expiration }));
    expect(reply).toMatch(/^"Error with the expiration\. .*"$/);
  },
);

test('what this service does not offer is an error that old clients recognise', async () => {
  expect(await ask(web.newText({ ipfs: true }))).toBe('"Error: storage on IPFS is not available"');
  expect(await ask(web.newText({ height: '5' }))).toBe(
    '"Error: expiration at a block height is not available"',
  );
});

test('white space around an id does not matter', async () => {
  const id = await create(web.newText());
  expect(await ask(web.getText(` ${id}\\n`))).toContain(CIPHERTEXT);
});

test('an id in a request comes back in an object', async () => {
  expect(await ask('{"event":"ping","data":"empty","id":"x1"}')).toBe(
    PING_REPLY.replace(/\}$/, ', "id": "x1"}'),
  );
  expect(await ask('{"event":"getText","data":{"urlId":"8A8Z9nIk"},"id":"x1"}')).toBe(
    '{"error": "text not found", "id": "x1"}',
  );
});

test('a paste of six megabytes, which the command line client allows, comes back', async () => {
  const text = Buffer.alloc(8_600_000, 'base64').toString('base64');
  const id = await create(cli.newText({ text }));
  expect(await ask(cli.getText(id))).toContain(text);
});
