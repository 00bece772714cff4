import { AppError } from './errors.js';
import { MAX_EXPIRY_YEARS } from './limits.js';

/**
 * The expiry of a version 1 paste is a phrase: `10 minutes`, `1h30m`, `2 weeks 3 days`, `in 1.5 hours`, `an hour`, `6 months`.
 *
 *     expiry = ["in"] term { [","] ["and"] term }
 *     term   = amount unit ["."]
 *     amount = digits [("." | ",") digits] | "a" | "an" | "one"
 *     unit   = s sec second | m min minute | h hr hour | d day | w week | mo month | y yr year | decade   (and plurals)
 *
 * The original took whatever a natural-language date parser made of the phrase, and stored what it did not understand as
 * "expired in 1970", after telling the sender that all was well. Here what is not in the grammar is an error.
 */
const MAX_PHRASE_LENGTH = 100;

const SECONDS: Readonly<Record<string, number>> = {
  ...named(1, 's', 'sec', 'second'),
  ...named(60, 'm', 'min', 'minute'),
  ...named(3600, 'h', 'hr', 'hour'),
  ...named(86_400, 'd', 'day'),
  ...named(604_800, 'w', 'week'),
};

/** Months and years are calendar steps, not a number of seconds: six months from the 31st of August end in February. */
const MONTHS: Readonly<Record<string, number>> = {
  ...named(1, 'mo', 'month'),
  ...named(12, 'y', 'yr', 'year'),
  ...named(120, 'decade'),
};

const INTRODUCTION = /in\s+/y;
const TERM = /(?:(\d+(?:[.,]\d+)?)\s*|(?:an?|one)\s+)([a-z]+)\.?(?:\s*,?\s*(?:and\s+)?)/y;

function named(value: number, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.flatMap((name) => [name, `${name}s`].map((n) => [n, value])));
}

/**
 * When a paste expires that was made at `now` with this phrase.
 * @param now milliseconds since 1970
 * @returns whole seconds since 1970, after `now`
 * @throws AppError `bad-expiry` (not in the grammar), `expiry-past` (not after now), `expiry-too-far`
 */
export function parseExpiry(phrase: string, now: number): number {
  const { months, seconds } = parseDuration(phrase);
  const furthest = addMonths(now, MAX_EXPIRY_YEARS * 12);
  if (months > MAX_EXPIRY_YEARS * 12) throw new AppError('expiry-too-far');
  const at = addMonths(now, months) + seconds * 1000;
  if (at > furthest) throw new AppError('expiry-too-far');
  const atSeconds = Math.round(at / 1000);
  if (atSeconds * 1000 <= now) throw new AppError('expiry-past');
  return atSeconds;
}

function parseDuration(phrase: string): { months: number; seconds: number } {
  if (phrase.length > MAX_PHRASE_LENGTH) throw new AppError('bad-expiry');
  const text = phrase.trim().toLowerCase();
  let months = 0;
  let seconds = 0;
  let at = match(INTRODUCTION, text, 0)?.end ?? 0;
  do {
    const term = match(TERM, text, at);
    if (term === undefined) throw new AppError('bad-expiry');
    const [, digits, unit = ''] = term.groups;
    const amount = digits === undefined ? 1 : Number(digits.replace(',', '.'));
    if (Object.hasOwn(MONTHS, unit)) months += amount * (MONTHS[unit] ?? 0);
    else if (Object.hasOwn(SECONDS, unit)) seconds += amount * (SECONDS[unit] ?? 0);
    else throw new AppError('bad-expiry');
    at = term.end;
  } while (at < text.length);
  if (!Number.isInteger(months)) {
    throw new AppError('bad-expiry', { detail: 'Months come whole.' });
  }
  return { months, seconds };
}

function match(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { groups: found, end: pattern.lastIndex };
}

/** The same time of day, `months` later, UTC; where the month is too short, on its last day. */
function addMonths(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const daysInMonth = new Date(
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0),
  ).getUTCDate();
  date.setUTCDate(Math.min(day, daysInMonth));
  return date.getTime();
}
