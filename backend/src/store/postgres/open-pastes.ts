import { MAX_DESTROYED_BYTES } from '../../limits.js';
import { toOpenView, type OpenRow } from '../rows.js';
import type { NewOpenPaste, OpenPasteStore } from '../store.js';
import type { Connection, Runner } from './connection.js';
import { STATEMENTS } from './statements.js';

type Row = Omit<OpenRow, 'details'> & { details: Buffer | null };

export function createOpenPastes(connection: Connection): OpenPasteStore {
  return {
    createOpen: (paste) => insertOpen(connection, paste),

    async openBytes(id) {
      const { rows } = await connection.run<{ bytes: number }>(STATEMENTS.openBytes, { id });
      return rows[0]?.bytes;
    },

    async isBlocked(id) {
      const { count } = await connection.run(STATEMENTS.isBlocked, { id });
      return count > 0;
    },

    async takeOpenView(id, { seconds: now, blockHeight }) {
      const values = { id, now, blockHeight, maxBytes: MAX_DESTROYED_BYTES };
      const { rows } = await connection.run<Row>(STATEMENTS.takeOpenView, values);
      const row = rows[0];
      if (row === undefined) return undefined;
      if (row.views === row.max_views) connection.hasTraces = true;
      return toOpenView({ ...row, details: row.details?.toString() ?? null });
    },
  };
}

/** @returns false if the id is taken or blocked */
export async function insertOpen(runner: Runner, paste: NewOpenPaste): Promise<boolean> {
  const details = paste.details === undefined ? undefined : Buffer.from(paste.details);
  const values = { ...paste, details, views: paste.views ?? 0, bytes: paste.content.length };
  const { count } = await runner.run(STATEMENTS.createOpen, values);
  return count > 0;
}
