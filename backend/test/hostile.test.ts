import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  BUSY_REPLY,
  FORMS,
  HEADER,
  idIn,
  NOT_FOUND,
  PING_REPLY,
  web,
} from './support/original-clients.js';
import { runService, type RunningService } from './support/running-service.js';
import { ScriptedNymClient } from './support/scripted-nym-client.js';

jest.setTimeout(60_000);

const PING = Buffer.from(web.ping);
const BAD_TEXT = '"Error with text to share"';

let service: RunningService;

beforeAll(async () => {
  service = await runService();
});

afterAll(() => service.stop());

/** It is alive, and answers its next client. */
async function expectAlive(): Promise<void> {
  expect(await service.nym.ask(PING)).toBe(PING_REPLY);
  expect(service.context.counters.failed).toBe(0);
}

/** Sends what nobody answers. What comes after it is answered after it, so the answer to a ping says that there was none. */
async function expectNoAnswer(message: string | Uint8Array): Promise<void> {
  const tag = ScriptedNymClient.newTag();
  let answer: string | undefined;
  const note = (to: string, reply: Buffer) => {
    if (to === tag) answer = reply.toString();
  };
  service.nym.on('reply', note);
  service.nym.deliver(message, tag);
  await expectAlive();
  service.nym.off('reply', note);
  expect(answer).toBeUndefined();
}

describe.each(FORMS)(
  'what ended the original service does not end this one, $name:',
  ({ wrap, before }) => {
    test.each([
      ['a new paste that is a text', '{"event":"newText","data":"x"}', BAD_TEXT],
      ['a paste without a text', '{"event":"newText","data":{"text":null}}', BAD_TEXT],
      ['a paste with a number for a text', '{"event":"newText","data":{"text":5}}', BAD_TEXT],
      ['half a surrogate pair', '{"event":"newText","data":{"text":"\\ud800"}}', BAD_TEXT],
      ['reading a number', '{"event":"getText","data":5}', NOT_FOUND],
      ['reading a text', '{"event":"getText","data":"8A8Z9nIk"}', NOT_FOUND],
      ['reading an object', '{"event":"getText","data":{"urlId":{}}}', NOT_FOUND],
    ])('%s', async (_, json, answer) => {
      expect(await service.nym.ask(wrap(json))).toBe(before + answer);
      await expectAlive();
    });

    test.each([['[]'], ['"text"'], ['42 '], ['[{"event":"ping","data":0}]']])(
      'a request that is %s',
      async (json) => {
        expect(await service.nym.ask(wrap(json))).toBe(`"Error parsing message: 'event'"`);
        await expectAlive();
      },
    );
  },
);

test.each([
  ['nothing', ''],
  ['a word', 'hello'],
  ['half of JSON', '{"event":'],
  ['a header before something else', `${HEADER}hello`],
  [
    'a header of another kind, and nothing',
    '\0\0\0\0\0\0\0({"mimeType":"text/plain","headers":null}',
  ],
  ['a header that ends before it ends', '\0\0\0\0\0\0\0'],
  ['a header that is longer than the message', '\0\0\0\0\0\0\0\u007f{}'],
  ['a header of 2^63 bytes', Buffer.from('008000000000000000', 'hex')],
  ['a message of the kind that meant binary', Buffer.from('01000000', 'hex')],
  ['null', 'null'],
  ['true', 'true'],
  ['1234', '1234'],
  ['a megabyte of zeros', Buffer.alloc(1_000_000)],
  ['bytes that are no text', Buffer.from('fffefd', 'hex')],
  ['JSON in UTF-16', Buffer.from(web.ping, 'utf16le')],
])('%s is answered by nobody, and does no harm', async (_, message) => {
  await expectNoAnswer(message);
});

test('a header of another kind before a request is understood', async () => {
  const header = '\0\0\0\0\0\0\0({"mimeType":"text/plain","headers":null}';
  expect(await service.nym.ask(header + web.ping)).toBe(HEADER + PING_REPLY);
});

test.each(
  [
    ['[', ']'],
    ['{"a":', '}'],
  ]
    .flatMap(([open = '', close = '']) => {
      const nested = `${open.repeat(200_000)}1${close.repeat(200_000)}`;
      return [
        nested,
        `{"event":"newText","data":{"text":${nested}}}`,
        `{"event":"newText","data":{"text":"x","encParams":{"iv":${nested}}}}`,
        `{"event":"getText","data":${nested}}`,
        `{"event":${nested},"data":0}`,
        `{"v":2,"id":"AAAAAAAAAAAAAAAAAAAAAA","event":"info","data":${nested}}`,
      ];
    })
    .map((json) => [`${json.slice(0, 60)}…`, json]),
)('%s, deeper than any stack, is answered by nobody, and does no harm', async (_, json) => {
  await expectNoAnswer(json);
});

test('names that JavaScript knows are only names', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(await service.nym.ask(`{"event":"${name}","data":{}}`)).toBe(
      `"Error event ${name} not found"`,
    );
    const json = `{"event":"newText","data":{"text":"x","${name}":{"burn":true}}}`;
    idIn(await service.nym.ask(json));
  }
});

test('parameters of an encryption cannot carry what the limit of the text keeps out', async () => {
  const json = web.newText().replace('"v":1,', `"v":1,"${'x'.repeat(1_000_000)}":1,`);
  expect(await service.nym.ask(json)).toBe(BAD_TEXT);
});

test('messages without a sender tag are nobody’s, whatever they say', async () => {
  for (const message of [PING, Buffer.from('{"id":"x"}'), Buffer.alloc(100_000, 0x7b)]) {
    service.nym.deliver(message);
  }
  await expectAlive();
});

describe('a text that is too long', () => {
  test('is refused with the limit, in whatever form it comes', async () => {
    const text = 'x'.repeat(12_000_001);
    for (const { wrap, before } of FORMS) {
      const reply = await service.nym.ask(wrap(web.newText({ text })));
      expect(reply).toBe(`${before}"Error text too long. Max is 12000000"`);
    }
  });

  test('is refused if it could be stored but its escaped form not be sent', async () => {
    const reply = await service.nym.ask(web.newPublicText('"'.repeat(5_000_000)));
    expect(reply).toBe('"Error text too long. Max is 12000000"');
  });

  test('is refused unread if its message is longer than any message', async () => {
    const message = Buffer.alloc(40 * 1024 * 1024, 'x');
    expect(await service.nym.ask(message)).toBe('"Error text too long. Max is 12000000"');
    message[0] = 0;
    expect(await service.nym.ask(message)).toBe(`${HEADER}"Error text too long. Max is 12000000"`);
    await expectAlive();
  });

  test('is measured in bytes, against what the operator allows', async () => {
    const small = await runService({ env: { MAX_TEXT_BYTES: '100' } });
    try {
      idIn(await small.nym.ask(web.newPublicText('é'.repeat(50))));
      idIn(await small.nym.ask(web.newPublicText('\u0001'.repeat(100))));
      const refused = '"Error text too long. Max is 100"';
      expect(await small.nym.ask(web.newPublicText('é'.repeat(51)))).toBe(refused);
      expect(await small.nym.ask(Buffer.alloc(200_000, '{'))).toBe(refused);
    } finally {
      await small.stop();
    }
  });
});

describe('random', () => {
  const form = fc.constantFrom(...FORMS);
  const anyEvent = fc.constantFrom('ping', 'newText', 'getText', 'getTextX', 7, null, {});
  const request = fc.record(
    {
      event: anyEvent,
      data: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            text: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
            urlId: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
            burn: fc.jsonValue(),
            burn_view: fc.oneof(fc.jsonValue(), fc.double()),
            expiration_time: fc.oneof(fc.jsonValue(), fc.string()),
            encParams: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
      id: fc.oneof(fc.jsonValue(), fc.string({ minLength: 22, maxLength: 22 })),
    },
    { requiredKeys: [] },
  );
  const OPTIONS = { numRuns: 500 };

  test('requests are all answered, with JSON', async () => {
    await fc.assert(
      fc.asyncProperty(form, request, async ({ wrap, before }, json) => {
        const reply = await service.nym.ask(wrap(JSON.stringify(json)));
        const body = reply.startsWith(HEADER) ? reply.slice(before.length) : reply;
        expect(() => JSON.parse(body) as unknown).not.toThrow();
        expect(body).toMatch(/^[ -~]+$/);
      }),
      OPTIONS,
    );
    await expectAlive();
  });

  test('bytes do no harm', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300 }).map((tail) => Buffer.concat([Buffer.alloc(7), tail])),
      fc.base64String().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(bytes, { maxLength: 20 }),
        fc.boolean(),
        async (messages, isText) => {
          service.nym.pushes = isText ? 'text' : 'as-asked';
          for (const message of messages) service.nym.deliver(message, ScriptedNymClient.newTag());
          await expectAlive();
        },
      ),
      { numRuns: 200 },
    );
    service.nym.pushes = 'as-asked';
  });
});

test('when the store fails, the answer is an error, and the log has its cause', async () => {
  const broken = await runService();
  try {
    const id = idIn(await broken.nym.ask(web.newText()));
    broken.context.store.takeOpenView = () => Promise.reject(new Error(`disk of ${id} on fire`));
    expect(await broken.nym.ask(web.getText(id))).toBe('"Error"');
    expect(broken.context.counters.failed).toBe(1);
    expect(broken.log()).toContain('a request failed');
    expect(broken.log()).not.toContain(id);
    expect(await broken.nym.ask(PING)).toBe(PING_REPLY);
  } finally {
    await broken.stop();
  }
});

test('a service that has too much to do says so at once, and answers what it has taken', async () => {
  const busy = await runService({
    overrides: { inboxLimits: { maxMessages: 20, maxInFlight: 2 } },
  });
  try {
    const replies = await Promise.all(
      FORMS.flatMap(({ wrap, before }) =>
        Array.from({ length: 50 }, async () => {
          const reply = await busy.nym.ask(wrap(web.newText()));
          expect(reply.startsWith(before)).toBe(true);
          return reply.slice(before.length);
        }),
      ),
    );
    const refused = replies.filter((reply) => reply === BUSY_REPLY);
    const stored = replies.filter((reply) => reply.includes('url_id'));
    expect(refused.length).toBeGreaterThan(0);
    expect(stored.length).toBeGreaterThanOrEqual(20);
    expect(refused.length + stored.length).toBe(200);
    for (const reply of stored)
      expect(await busy.nym.ask(web.getText(idIn(reply)))).toContain('"num_view": 1');
  } finally {
    await busy.stop();
  }
});
