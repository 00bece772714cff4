/** The messages of the original's clients, character for character. */

/** What the Stanford library says about an encryption, in the order in which the web page sends it. */
export const WEB_ENC_PARAMS =
  '{"iv":"AAECAwQFBgcICQoL","v":1,"iter":10000,"ks":256,"ts":128,"mode":"gcm","adata":"","cipher":"aes","salt":"AAECAwQFBgc="}';

export const CIPHERTEXT =
  'tlvI2drD5O1jjbrB70hwqZKZ21q8a9IyBw5SsIe4+KsaW0eCuRoViReP3v0PgUQQ9BKToojbVp56ZlZEGNNhVivGJ3pJCwue';

/** The web page. */
export const web = {
  ping: '{"event":"ping","data":"empty"}',

  newText: ({
    text = CIPHERTEXT,
    burn = false,
    burnView = 0,
    expiration = '',
    height = 'null',
    ipfs = false,
  } = {}) =>
    `{"event":"newText","data":{"text":${JSON.stringify(text)},"private":true,"burn":${burn},"burn_view":${burnView},"encParams":${WEB_ENC_PARAMS},"ipfs":${ipfs},"expiration_time":"${expiration}","expiration_height":${height}}}`,

  /** A public paste holds the document itself, and has a text for parameters. */
  newPublicText: (document: string) =>
    `{"event":"newText","data":{"text":${JSON.stringify(document)},"private":false,"burn":false,"burn_view":0,"encParams":"","ipfs":false,"expiration_time":"","expiration_height":null}}`,

  getText: (urlId: string) => `{"event":"getText","data":{"urlId":"${urlId}"}}`,
};

/** The command line client, whose own address nobody should read. */
export const CLI_SENDER =
  'CytBseW6yFXUMzz4SGAKdNLGR7q3sJLLYxyBGvutNEQV.4QXYyEVc5fUDjmmi8PrHN9tdUFV4PCvSJE1278cHyvoe@4sBbL1ngf1vtNqykydQKTFh26sQCw888GpUqvPvyNB4f';

export const cli = {
  ping: '{"event":"ping","sender":"","data":"emtpy"}',

  newText: ({ text = CIPHERTEXT, burn = false, burnView = 0, expiration = '' } = {}) =>
    `{"event":"newText","sender":"${CLI_SENDER}","data":{"text":"${text}","private":false,"burn":${burn},"burn_view":${burnView},"ipfs":false,"expiration_time":"${expiration}","expiration_height":-1,"encParams":{"salt":"obLD1OX2Bxg=","adata":"","iv":"8ODQwLCgkIBwYFBA","ks":256,"v":1,"ts":128,"mode":"gcm","cipher":"aes","iter":10000}}}`,

  newPublicText: `{"event":"newText","sender":"${CLI_SENDER}","data":{"text":"{\\"text\\":\\"hi\\",\\"file\\":{\\"data\\":null,\\"filename\\":\\"\\",\\"mimeType\\":\\"\\"}}","private":true,"burn":false,"burn_view":0,"ipfs":false,"expiration_time":"","expiration_height":-1,"encParams":{"salt":"","adata":"","iv":"","ks":0,"v":0,"ts":0,"mode":"","cipher":"","iter":0}}}`,

  getText: (urlId: string) =>
    `{"event":"getText","sender":"${CLI_SENDER}","data":{"urlId":"${urlId}"}}`,
};

/** What the first web page put before its JSON: the length of the metadata, eight bytes, and the metadata. */
export const HEADER =
  '\u0000\u0000\u0000\u0000\u0000\u0000\u0000.{"mimeType":"application/json","headers":null}';

const toBase64 = (text: string) => Buffer.from(text).toString('base64');

/** The four forms in which JSON has been sent, and what their senders expect before the JSON of an answer. */
export const FORMS = [
  { name: 'plain (web page since 2.0.2)', wrap: (json: string) => json, before: '' },
  { name: 'base64 (command line client)', wrap: toBase64, before: '' },
  {
    name: 'with a header (web page up to 2.0.1)',
    wrap: (json: string) => HEADER + json,
    before: HEADER,
  },
  {
    name: 'with a header, in base64 (command line client before May 2023)',
    wrap: (json: string) => toBase64(HEADER + json),
    before: HEADER,
  },
];

export const PING_REPLY =
  '{"version": "2.0.3", "alive": true, "capabilities": {"ipfs_hosting": false, "expiration_bitcoin_height": false}}';

export const BUSY_REPLY = '"Error: the service is busy, try again later"';

export const NOT_FOUND = '{"error": "text not found"}';

/** The id in an answer to `newText`, which must be exactly that. */
export function idIn(reply: string): string {
  const id = /^\{"ipfs": false, "url_id": "([A-Za-z0-9_-]{22})"\}$/.exec(reply)?.[1];
  if (id === undefined) throw new Error(`Not what a new paste is answered: ${reply}`);
  return id;
}
