import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';

/**
 * One message of 16 MiB must not take more memory than some times its length. A child with a small heap reads it, so that the test is killed before the machine is;
 * it runs what is in `dist/`.
 */
const HEAP_MB = 160;

jest.setTimeout(60_000);

const SETUP = String.raw`
  import { parseV1Request } from '@pastenym/shared/v1/requests';
  import { parseV1Reply } from '@pastenym/shared/v1/replies';
  import { parseDocument } from '@pastenym/shared/v1/document';
  import { parseV2Reply } from '@pastenym/shared/v2/wire';
  const MOST = 16 * 1024 * 1024;
  const fill = (before, part, after) =>
    before + part.repeat((MOST - before.length - after.length) / part.length) + after;
  const encParams = (part, last) =>
    fill('{"event":"newText","data":{"text":"x","encParams":{', part, last + '}}}');
  const say = (name, read) => {
    let result;
    try {
      result = String(read());
    } catch (error) {
      result = error.code ?? error.name;
    }
    console.log(name + ': ' + result);
  };
`;

/** Reads each message with `parse`, in one child, and expects the same of all. */
function expectOfAll(parse: string, messages: Record<string, string>, expected: string): void {
  const calls = Object.entries(messages).map(
    ([name, message]) => `say(${JSON.stringify(name)}, () => ${parse}(${message}));`,
  );
  const { stdout } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, '--input-type=module', '-e', SETUP + calls.join('\n')],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
  );
  const lines = Object.keys(messages).map((name) => `${name}: ${expected}`);
  expect(stdout.trim().split('\n')).toEqual(lines);
}

test('a request that would swell in memory is nobody’s request', () => {
  const messages = {
    'encryption parameters that are objects': `encParams('"abcd":{},', '"a":1')`,
    'encryption parameters that are numbers': `encParams('"abcd":1,', '"a":1')`,
    'lists in lists': `fill('', '[', '')`,
    'lists in lists as its event': `fill('{"data":1,"event":', '[', '')`,
    'a list of numbers as its data': `fill('{"event":"newText","data":[', '1,', '1]}')`,
    'strings without end': `fill('', '"', '')`,
  };
  expectOfAll('parseV1Request', messages, 'undefined');
});

test('a request whose text is all quotes and backslashes is read', () => {
  const message = String.raw`'{"event":"newText","data":{"text":"' + '\\\\\\"'.repeat(4e6) + '"}}'`;
  const lengthOf = 'parseV1Request(MESSAGE).data.text.length'.replace('MESSAGE', message);
  expectOfAll('', { 'its length': lengthOf }, '8000000');
});

test('an answer that would swell in memory is no answer', () => {
  const messages = { objects: `fill('{"encParams":{', '"abcd":{},', '"a":1}}')` };
  expectOfAll('parseV1Reply', messages, 'undefined');
  expectOfAll('parseV2Reply', messages, 'undefined');
});

test('a paste that would swell in memory is not a paste', () => {
  const messages = {
    'lists in lists': `fill('', '[', '')`,
    'a text of objects': `fill('{"text":[', '{},', '{}]}')`,
    'a file of objects': `fill('{"file":{"data":{', '"abcd":{},', '"a":1}}}')`,
    'a file of lists': `fill('{"file":{"data":[', '[],', '[]]}}')`,
    'a file of numbers that are no bytes': `fill('{"file":{"data":[', '256,', '1]}}')`,
    'a file of names that are no numbers': `fill('{"file":{"data":{', '"abcd":1,', '"a":1}}}')`,
  };
  expectOfAll('parseDocument', messages, 'bad-paste');
});
