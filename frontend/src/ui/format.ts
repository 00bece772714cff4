/** Numbers and times for people. The page speaks English; times are those of the reader's own clock. */
const LOCALE = 'en-GB';

/** `0 B`, `999 B`, `1.2 kB`, `3 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [amount, unit] = bytes < 999_500 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${amount.toLocaleString(LOCALE, { maximumFractionDigits: amount < 100 ? 1 : 0 })} ${unit}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString(LOCALE);
}

/** `24 November 2026` @param timeZone of the reader when left out */
export function formatDay(date: Date, timeZone?: string): string {
  return date.toLocaleDateString(LOCALE, { dateStyle: 'long', timeZone });
}

/** `24 November 2026, 14:05` */
export function formatMoment(date: Date, timeZone?: string): string {
  return `${formatDay(date, timeZone)}, ${formatTime(date, timeZone)}`;
}

/** `14:05` */
export function formatTime(date: Date, timeZone?: string): string {
  return date.toLocaleTimeString(LOCALE, { timeStyle: 'short', timeZone });
}

/** The ends of something long: `6QrjDx…9Wd8v2` */
export function shorten(text: string, ends = 6): string {
  return text.length <= 2 * ends + 1 ? text : `${text.slice(0, ends)}…${text.slice(-ends)}`;
}
