import type { GuardedStatus, OpenView } from './store.js';

/** Rows as both databases give them: null where we say undefined. */

export interface StatusRow {
  bytes: number;
  expires_at: number;
  expires_in_seconds: number;
  max_views: number | null;
  views: number;
}

export interface OpenRow {
  details: string | null;
  created_day: number;
  expires_at: number | null;
  expires_at_block: number | null;
  max_views: number | null;
  views: number;
  content: Buffer;
}

export const toStatus = (row: StatusRow): GuardedStatus => ({
  bytes: row.bytes,
  maxViews: row.max_views ?? undefined,
  views: row.views,
  expiresAt: row.expires_at,
  expiresInSeconds: row.expires_in_seconds,
});

export const toOpenView = (row: OpenRow): OpenView => ({
  content: row.content,
  details: row.details ?? undefined,
  maxViews: row.max_views ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  expiresAtBlock: row.expires_at_block ?? undefined,
  createdDay: row.created_day,
  views: row.views,
});
