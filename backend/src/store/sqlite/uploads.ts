import type { GuardedPasteStore } from '../store.js';
import type { Connection } from './connection.js';

type Uploads = Pick<
  GuardedPasteStore,
  'findUpload' | 'putChunk' | 'chunkHashes' | 'completeUpload' | 'dropUpload'
>;

export function createUploads(connection: Connection): Uploads {
  const { statements } = connection;
  return {
    findUpload: (id, { seconds, blockHeight = null }) =>
      connection.read(() => {
        const row = statements.findUpload.get({ id, now: seconds, blockHeight });
        if (row === undefined) return undefined;
        const { bytes, content_hash: contentHash, is_complete, begun_at } = row;
        return {
          bytes,
          contentHash,
          isComplete: is_complete === 1,
          begunAt: begun_at ?? undefined,
        };
      }),

    putChunk: (uploadId, { index, content, hash }, endsAt) =>
      connection.write(() => {
        const paste = statements.findUnderway.get(uploadId);
        if (paste === undefined) return undefined;
        const { changes } = statements.insertChunk.run({ paste, index, hash, content });
        if (changes > 0) statements.extendUpload.run({ id: uploadId, endsAt });
        else if (statements.chunkHash.get(paste, index)?.equals(hash) !== true) return 'conflict';
        return { present: statements.chunkIndexes.all(paste) };
      }),

    chunkHashes: (uploadId) => connection.read(() => statements.chunkHashes.all(uploadId)),

    completeUpload: (id, forgetAt) =>
      connection.write(() => {
        const paste = statements.completeUpload.get({ id, forgetAt });
        if (paste !== undefined) statements.completePaste.run(paste);
      }),

    dropUpload: (id) => connection.write(() => dropUpload(connection, id)),
  };
}

/**
 * Within a write: an upload that is not complete is no more, nor is its paste.
 * @returns whether there was a paste
 */
export function dropUpload(connection: Connection, id: string, maxBytes?: number): boolean {
  const { statements } = connection;
  const paste = statements.dropUpload.get(id) ?? undefined;
  const row = paste === undefined ? undefined : statements.pasteBytes.get(paste);
  if (row !== undefined) connection.destroy(row, maxBytes);
  return row !== undefined;
}
