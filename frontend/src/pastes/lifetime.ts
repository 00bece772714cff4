import { MAX_VIEWS } from '@pastenym/shared/limits';

/** How long a paste lives. */
export interface Lifetime {
  /** A phrase of the expiry grammar; undefined: for as long as the service keeps it. */
  expiry: Expiry | undefined;
  /** How often it can be read; undefined: any number of times. */
  views: number | undefined;
}

export const EXPIRIES = [
  '5 minutes',
  '1 hour',
  '1 day',
  '1 week',
  '1 month',
  '6 months',
] as const satisfies readonly string[];

export type Expiry = (typeof EXPIRIES)[number];

export const isExpiry = (text: string): text is Expiry =>
  (EXPIRIES as readonly string[]).includes(text);

export const DEFAULT_LIFETIME: Lifetime = { expiry: '1 week', views: undefined };

export const isViewCount = (views: number): boolean =>
  Number.isInteger(views) && views >= 1 && views <= MAX_VIEWS;
