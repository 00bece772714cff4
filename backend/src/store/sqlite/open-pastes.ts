import type { NewOpenPaste, OpenPasteStore, OpenView } from '../store.js';
import type { Connection } from './connection.js';
import type { OpenRow } from './statements.js';

export function createOpenPastes(connection: Connection): OpenPasteStore {
  const { statements } = connection;
  return {
    createOpen: (paste) =>
      connection.write(() => {
        const number = statements.insertPaste.get(toRow(paste));
        if (number === undefined) return false;
        const { content } = paste;
        statements.insertChunk.run({ paste: number, index: 0, hash: null, content });
        return true;
      }),

    openBytes: (id) => connection.read(() => statements.openBytes.get(id)),

    isBlocked: (id) => connection.read(() => statements.isBlocked.get(id) !== undefined),

    takeOpenView: (id, { seconds, blockHeight = null }) =>
      connection.write(() => {
        const row = statements.takeOpenView.get({ id, now: seconds, blockHeight });
        if (row === undefined) return undefined;
        if (row.views === row.max_views) connection.destroy(row);
        return toView(row);
      }),
  };
}

function toRow(paste: NewOpenPaste) {
  const { id, content, details, maxViews, expiresAt, expiresAtBlock, createdDay, views } = paste;
  return {
    id,
    details: details ?? null,
    accessHash: null,
    deleteHash: null,
    bytes: content.length,
    isComplete: 1,
    createdDay,
    expiresAt: expiresAt ?? null,
    expiresAtBlock: expiresAtBlock ?? null,
    expiresInSeconds: null,
    maxViews: maxViews ?? null,
    views: views ?? 0,
  };
}

function toView(row: OpenRow): OpenView {
  return {
    content: row.content,
    details: row.details ?? undefined,
    maxViews: row.max_views ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    expiresAtBlock: row.expires_at_block ?? undefined,
    createdDay: row.created_day,
    views: row.views,
  };
}
