import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from './errors.js';
import { parseExpiry } from './expiry.js';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0, 0);
const secondsAhead = (phrase: string) => parseExpiry(phrase, NOW) - NOW / 1000;
const dateOf = (phrase: string, now: number) =>
  new Date(parseExpiry(phrase, now) * 1000).toISOString();

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ['30s', 30],
  ['1 sec', 1],
  ['1m', MINUTE],
  ['1M', MINUTE],
  ['5 minutes', 5 * MINUTE],
  ['5  minutes', 5 * MINUTE],
  ['5 MINUTES', 5 * MINUTE],
  ['in 5 minutes', 5 * MINUTE],
  ['5min.', 5 * MINUTE],
  ['3 mins', 3 * MINUTE],
  ['10min', 10 * MINUTE],
  ['10minute', 10 * MINUTE],
  ['90 min', 90 * MINUTE],
  ['1h', HOUR],
  ['1 hours', HOUR],
  ['2hrs', 2 * HOUR],
  ['an hour', HOUR],
  ['one hour', HOUR],
  ['0.5 hour', 30 * MINUTE],
  ['1.5 hours', 90 * MINUTE],
  ['1,5 hours', 90 * MINUTE],
  ['1h30m', 90 * MINUTE],
  ['1 hour 30 minutes', 90 * MINUTE],
  ['1 hour, 30 minutes', 90 * MINUTE],
  ['1 hour and 30 minutes', 90 * MINUTE],
  ['a day', DAY],
  ['1d', DAY],
  ['1w', 7 * DAY],
  ['2 weeks 3 days', 17 * DAY],
])('a paste that expires in "%s" lives for %i seconds', (phrase, seconds) => {
  expect(secondsAhead(phrase)).toBe(seconds);
});

test.each([
  ['1mo', '2026-11-22T12:00:00Z', '2026-12-22T12:00:00.000Z'],
  ['6 months', '2026-08-31T08:30:00Z', '2027-02-28T08:30:00.000Z'],
  ['1 month', '2028-01-31T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['1y', '2028-02-29T00:00:00Z', '2029-02-28T00:00:00.000Z'],
  ['0.5 years', '2026-11-22T12:00:00Z', '2027-05-22T12:00:00.000Z'],
  ['1 decade', '2026-11-22T12:00:00Z', '2036-11-22T12:00:00.000Z'],
  ['100 years', '2026-11-22T12:00:00Z', '2126-11-22T12:00:00.000Z'],
  ['1 month 1 day', '2026-01-31T12:00:00Z', '2026-03-01T12:00:00.000Z'],
])('"%s" after %s is %s, by the calendar', (phrase, now, expected) => {
  expect(dateOf(phrase, Date.parse(now))).toBe(expected);
});

test.each([
  '',
  ' ',
  'in',
  'abc',
  'never',
  'forever',
  '5',
  '24:00',
  'noon',
  'tomorrow',
  '2030-01-01',
  'half an hour',
  '1 fortnight',
  '1 block',
  '1 Stunde',
  '5 minutes ago',
  '-5 minutes',
  '+5 minutes',
  '1e3 hours',
  '0x10 hours',
  'NaN hours',
  'Infinity days',
  '1..5 hours',
  '1.5 months',
  'a',
  'aday',
  '1 constructor',
  '1 __proto__',
  '5 minutes!',
  '1h'.repeat(60),
])('"%s" is refused instead of being guessed at', (phrase) => {
  expect(() => parseExpiry(phrase, NOW)).toThrow(expect.objectContaining({ code: 'bad-expiry' }));
});

test.each(['0 minutes', '0s', '0.0 days', '0 months'])('"%s" is refused as past', (phrase) => {
  expect(() => parseExpiry(phrase, NOW)).toThrow(expect.objectContaining({ code: 'expiry-past' }));
});

test.each([
  '101 years',
  '1201 months',
  '999999 days',
  `${'9'.repeat(90)} years`,
  `9${'0'.repeat(80)}s`,
])('"%s" is refused as too far', (phrase) => {
  expect(() => parseExpiry(phrase, NOW)).toThrow(
    expect.objectContaining({ code: 'expiry-too-far' }),
  );
});

test('whatever the phrase, the expiry is a whole second ahead or a clear error', () => {
  const word = fc.constantFrom(
    'in',
    'a',
    'an',
    'one',
    '1',
    '0',
    '1.5',
    '99999',
    ' ',
    ',',
    'and',
    'h',
    'min',
    'months',
    'y',
  );
  const phrase = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(
      phrase,
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      (text, date) => {
        try {
          const at = parseExpiry(text, date.getTime());
          expect(Number.isSafeInteger(at)).toBe(true);
          expect(at * 1000).toBeGreaterThan(date.getTime());
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
