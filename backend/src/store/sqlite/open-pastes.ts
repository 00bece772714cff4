import { toOpenView } from '../rows.js';
import type { NewOpenPaste, OpenPasteStore } from '../store.js';
import type { Connection } from './connection.js';

export function createOpenPastes(connection: Connection): OpenPasteStore {
  const { statements } = connection;
  return {
    createOpen: (paste) => connection.write(() => insertOpen(connection, paste)),

    openBytes: (id) => connection.read(() => statements.openBytes.get(id)),

    isBlocked: (id) => connection.read(() => statements.isBlocked.get(id) !== undefined),

    takeOpenView: (id, { seconds, blockHeight = null }) =>
      connection.write(() => {
        const row = statements.takeOpenView.get({ id, now: seconds, blockHeight });
        if (row === undefined) return undefined;
        if (row.views === row.max_views) connection.destroy(row);
        return toOpenView(row);
      }),
  };
}

/** Within a write. @returns false if the id is taken or blocked */
export function insertOpen({ statements }: Connection, paste: NewOpenPaste): boolean {
  const number = statements.insertPaste.get(toRow(paste));
  if (number === undefined) return false;
  const { content } = paste;
  statements.insertChunk.run({ paste: number, index: 0, hash: null, content });
  return true;
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
