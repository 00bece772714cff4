import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatV1Request, parseV1Request, type V1Request } from './requests.js';
import { V1Refusal } from './replies.js';

const ENC_PARAMS = {
  iv: 'AAECAwQFBgcICQoL',
  v: 1,
  iter: 10_000,
  ks: 256,
  ts: 128,
  mode: 'gcm',
  adata: '',
  cipher: 'aes',
  salt: 'AAECAwQFBgc=',
} as const;

const WEB_PASTE = {
  text: 'tlvI2drD5O1jjbrB70hwqZKZ',
  private: true,
  burn: false,
  burn_view: 0,
  encParams: ENC_PARAMS,
  ipfs: false,
  expiration_time: '',
  expiration_height: null,
};

const EMPTY_PARAMS = {
  salt: '',
  adata: '',
  iv: '',
  ks: 0,
  v: 0,
  ts: 0,
  mode: '',
  cipher: '',
  iter: 0,
};

const newText = (data: unknown) => parseV1Request(JSON.stringify({ event: 'newText', data }));
const refusalOf = (json: string) => {
  try {
    return parseV1Request(json);
  } catch (error) {
    expect(error).toBeInstanceOf(V1Refusal);
    return (error as V1Refusal).reply;
  }
};

test('the requests of the original web page are understood', () => {
  expect(parseV1Request('{"event":"ping","data":"empty"}')).toEqual({ event: 'ping' });
  expect(parseV1Request('{"event":"getText","data":{"urlId":"8A8Z9nIk"}}')).toEqual({
    event: 'getText',
    data: { urlId: '8A8Z9nIk' },
  });
  expect(newText(WEB_PASTE)).toEqual({
    event: 'newText',
    data: {
      text: WEB_PASTE.text,
      views: undefined,
      expiration: undefined,
      expirationBlocks: undefined,
      ipfs: false,
      encParams: ENC_PARAMS,
    },
  });
});

test('the requests of the original command line client are understood, and its sender is not read', () => {
  expect(parseV1Request('{"event":"ping","sender":"","data":"emtpy"}')).toEqual({ event: 'ping' });
  const request = parseV1Request(
    JSON.stringify({
      event: 'newText',
      sender: 'own.address@gateway',
      data: { ...WEB_PASTE, private: false, expiration_height: -1, encParams: EMPTY_PARAMS },
    }),
  );
  expect(JSON.stringify(request)).not.toContain('own.address');
  expect(request).toMatchObject({
    event: 'newText',
    data: { expirationBlocks: undefined, encParams: EMPTY_PARAMS },
  });
});

test('a request keeps its id, if that is a short string', () => {
  expect(parseV1Request('{"event":"ping","data":0,"id":"x1"}')).toEqual({
    event: 'ping',
    id: 'x1',
  });
  expect(parseV1Request('{"event":"ping","data":0,"id":5}')).toEqual({ event: 'ping' });
  const long = JSON.stringify({ event: 'ping', data: 0, id: 'x'.repeat(65) });
  expect(parseV1Request(long)).toEqual({ event: 'ping' });
});

test('white space around the id of a paste does not matter', () => {
  expect(parseV1Request('{"event":"getText","data":{"urlId":" 8A8Z9nIk\\n"}}')).toMatchObject({
    data: { urlId: '8A8Z9nIk' },
  });
});

test.each([
  [{ burn: true, burn_view: 3 }, 3],
  [{ burn: true, burn_view: 10_000 }, 10_000],
  [{ burn: true, burn_view: 10_001 }, 1],
  [{ burn: true, burn_view: 0 }, 1],
  [{ burn: true, burn_view: -1 }, 1],
  [{ burn: true, burn_view: 1.5 }, 1],
  [{ burn: true, burn_view: '3' }, 1],
  [{ burn: true, burn_view: null }, 1],
  [{ burn: true }, 1],
  [{ burn: false, burn_view: 3 }, undefined],
  [{ burn: 'true', burn_view: 3 }, undefined],
  [{ burn: 1 }, undefined],
])('%j means %p views', (members, views) => {
  expect(newText({ text: 'x', ...members })).toMatchObject({ data: { views } });
});

test('members may come in any order and are kept in it', () => {
  const backwards = Object.fromEntries(Object.entries(ENC_PARAMS).reverse());
  const request = newText({ text: 'x', encParams: { ...backwards, extra: 'kept' } });
  expect(JSON.stringify(request)).toContain(JSON.stringify({ ...backwards, extra: 'kept' }));
});

describe('encryption parameters', () => {
  test.each([[''], [undefined], [null], [5], [[]], ['gcm']])(
    '%j mean a paste that is not encrypted',
    (encParams) => {
      expect(newText({ text: 'x', encParams })).toMatchObject({ data: { encParams: undefined } });
    },
  );

  test.each([
    ['an empty IV', { iv: '' }],
    ['an IV that is not base64', { iv: '!' }],
    ['an IV in a form that is not canonical', { iv: 'AAECAwQFBgcICQoL====' }],
    ['an IV of a million letters', { iv: 'A'.repeat(1_000_000) }],
    ['version zero', { v: 0 }],
    ['no iterations', { iter: 0 }],
    ['half an iteration', { iter: 0.5 }],
    ['an odd key size', { ks: 512 }],
    ['an odd tag size', { ts: 32 }],
    ['an unknown mode', { mode: 'cbc' }],
    ['associated data', { adata: 'x' }],
    ['another cipher', { cipher: 'des' }],
    ['a salt of seven bytes', { salt: 'AAECAwQFBg==' }],
    ['a member that old readers cannot read', { 'x-y': 1 }],
    ['a nested member', { extra: {} }],
    ['a member that is null', { extra: null }],
    ['a member with an endless name', { ['x'.repeat(65)]: 1 }],
    ['a hundred members', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x${i}`, 0]))],
  ])('with %s are refused', (_, change) => {
    const json = JSON.stringify({
      event: 'newText',
      data: { text: 'x', encParams: { ...ENC_PARAMS, ...change } },
    });
    expect(refusalOf(json)).toBe('Error with text to share');
  });

  test.each(Object.keys(ENC_PARAMS))('without %s are refused', (name) => {
    const encParams = Object.fromEntries(Object.entries(ENC_PARAMS).filter(([n]) => n !== name));
    const json = JSON.stringify({ event: 'newText', data: { text: 'x', encParams } });
    expect(refusalOf(json)).toBe('Error with text to share');
  });
});

test.each([
  ['{"event":"bogus","data":"x"}', 'Error event bogus not found'],
  [`{"event":"${'x'.repeat(1000)}","data":"x"}`, `Error event ${'x'.repeat(64)} not found`],
  ['{"event":5,"data":"x"}', 'Error event 5 not found'],
  ['{"event":null,"data":"x"}', 'Error event null not found'],
  ['{"event":{"toString":1},"data":"x"}', 'Error event of this type not found'],
  ['{"event":"__proto__","data":"x"}', 'Error event __proto__ not found'],
  ['{}', "Error parsing message: 'event'"],
  ['[]', "Error parsing message: 'event'"],
  ['"text"', "Error parsing message: 'event'"],
  ['42', "Error parsing message: 'event'"],
  ['{"data":"x"}', "Error parsing message: 'event'"],
  ['{"event":"ping"}', "Error parsing message: 'data'"],
  ['null', 'Error parsing message: received data is empty'],
  ['{"event":"newText","data":{}}', 'Message has no text!'],
  ['{"event":"newText","data":"x"}', 'Error with text to share'],
  ['{"event":"newText","data":[]}', 'Error with text to share'],
  ['{"event":"newText","data":null}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":""}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":null}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":5}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":["x"]}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":{"a":1}}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":"\\ud800"}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":"x","expiration_time":5}}', 'Error with text to share'],
  ['{"event":"newText","data":{"text":"x","expiration_height":1.5}}', 'Error with text to share'],
  ['{"event":"getText","data":{}}', { error: 'text not found' }],
  ['{"event":"getText","data":5}', { error: 'text not found' }],
  ['{"event":"getText","data":"8A8Z9nIk"}', { error: 'text not found' }],
  ['{"event":"getText","data":null}', { error: 'text not found' }],
  ['{"event":"getText","data":{"urlId":{}}}', { error: 'text not found' }],
])('%s is answered with %j', (json, reply) => {
  expect(refusalOf(json)).toEqual(reply);
});

test('what has more parts than any client would write is nobody’s request', () => {
  const nested = '['.repeat(100_000) + ']'.repeat(100_000);
  expect(parseV1Request(`{"event":${nested},"data":"x"}`)).toBeUndefined();
  expect(newText({ text: 'x', encParams: Array(2000).fill(1) })).toBeUndefined();
});

test('a number of parts that a client could write is answered, whatever they are', () => {
  const nested = '['.repeat(100) + ']'.repeat(100);
  expect(refusalOf(`{"event":${nested},"data":"x"}`)).toBe('Error event of this type not found');
});

test('a text that is too long is refused with the limit', () => {
  const json = JSON.stringify({ event: 'newText', data: { text: 'x'.repeat(12_000_001) } });
  expect(refusalOf(json)).toBe('Error text too long. Max is 12000000');
});

test('what is not JSON is nobody’s request', () => {
  for (const text of ['', 'hello', '{', '\u0000', '{"event":']) {
    expect(parseV1Request(text)).toBeUndefined();
  }
});

test.each([
  ['null', true],
  ['{}', true],
  ['{"event":"ping"}', true],
  ['{"event":"bogus","data":0}', false],
  ['{"event":"newText","data":{}}', false],
])(
  'whether %s is a request at all is told, since the original answers what is none in another form',
  (json, isNoRequest) => {
    expect(() => parseV1Request(json)).toThrow(expect.objectContaining({ isNoRequest }));
  },
);

test('our own requests are understood as what they were', () => {
  const id = fc.string({ maxLength: 64 });
  const request: fc.Arbitrary<V1Request & { id: string }> = fc.oneof(
    fc.record({ event: fc.constant('ping' as const), id }),
    fc.record({
      event: fc.constant('getText' as const),
      id,
      data: fc.record({ urlId: fc.string().map((s) => s.trim()) }),
    }),
    fc.record({
      event: fc.constant('newText' as const),
      id,
      data: fc.record({
        text: fc.string({ minLength: 1 }),
        views: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
        expiration: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        expirationBlocks: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
        ipfs: fc.boolean(),
        encParams: fc.constantFrom(undefined, ENC_PARAMS),
      }),
    }),
  );
  fc.assert(
    fc.property(request, (it) => {
      expect(parseV1Request(formatV1Request(it))).toEqual(it);
    }),
  );
});

test('no JSON makes it fail in any other way', () => {
  const event = fc.constantFrom('ping', 'newText', 'getText', 'x', null);
  const hostile = fc.record(
    { event, data: fc.jsonValue(), id: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        hostile.map((h) => JSON.stringify(h)),
      ),
      (json) => {
        try {
          parseV1Request(json);
        } catch (error) {
          expect(error).toBeInstanceOf(V1Refusal);
        }
      },
    ),
  );
});
