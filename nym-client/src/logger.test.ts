import { expect, test } from '@jest/globals';
import { errorText } from './error-text.js';
import { lineLogger } from './logger.js';

function lines(level?: 'debug'): { logger: ReturnType<typeof lineLogger>; written: string[] } {
  const written: string[] = [];
  const now = () => new Date(0);
  return { logger: lineLogger((line) => written.push(line), level, now), written };
}

test('a line has the time, the level and the text, with quotes as they are', () => {
  const { logger, written } = lines();
  logger.info('Running websocket on "127.0.0.1:1977"');
  expect(written).toEqual([
    '1970-01-01T00:00:00.000Z  INFO Running websocket on "127.0.0.1:1977"\n',
  ]);
});

test('what is below the level is not written', () => {
  const { logger, written } = lines();
  logger.debug('x');
  expect(written).toEqual([]);
  const loud = lines('debug');
  loud.logger.debug('x');
  expect(loud.written).toHaveLength(1);
});

test('no text can make a second line', () => {
  const { logger, written } = lines();
  logger.warn('one\r\n  two\nthree');
  expect(written[0]).toBe('1970-01-01T00:00:00.000Z  WARN one two three\n');
});

test('an error is told with its causes, each once', () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  const failed = new Error('fetch failed', { cause: refused });
  expect(errorText(new Error('it does not answer', { cause: failed }))).toBe(
    'it does not answer: fetch failed: ECONNREFUSED',
  );
  expect(errorText(new Error('why: because', { cause: new Error('because') }))).toBe(
    'why: because',
  );
  expect(errorText('text')).toBe('text');
});
