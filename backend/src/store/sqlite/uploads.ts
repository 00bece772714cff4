import { isDeepStrictEqual } from 'node:util';
import type { GuardedPasteStore } from '../store.js';
import type { Connection } from './connection.js';

type Uploads = Pick<
  GuardedPasteStore,
  'findUpload' | 'putChunk' | 'chunkHashes' | 'completeUpload' | 'dropUpload'
>;

export function createUploads(connection: Connection): Uploads {
  const { statements } = connection;
  return {
    findUpload: (id, { seconds }) =>
      connection.read(() => {
        const row = statements.findUpload.get(id, seconds);
        if (row === undefined) return undefined;
        const { bytes, content_hash: contentHash, is_complete } = row;
        return { bytes, contentHash, isComplete: is_complete === 1 };
      }),

    putChunk: (uploadId, { index, content, hash }, endsAt) =>
      connection.write(() => {
        const paste = statements.extendUpload.get({ id: uploadId, endsAt });
        if (paste === undefined) return undefined;
        const { changes } = statements.insertChunk.run({ paste, index, hash, content });
        const isOther =
          changes === 0 &&
          !isDeepStrictEqual(statements.chunkHash.get(paste, index), Buffer.from(hash));
        return isOther ? 'conflict' : { present: statements.chunkIndexes.all(paste) };
      }),

    chunkHashes: (uploadId) => connection.read(() => statements.chunkHashes.all(uploadId)),

    completeUpload: (id, forgetAt) =>
      connection.write(() => {
        const paste = statements.completeUpload.get({ id, forgetAt });
        if (paste !== undefined) statements.completePaste.run(paste);
      }),

    dropUpload: (id) =>
      connection.write(() => {
        removeUpload(connection, id);
      }),
  };
}

/**
 * Within a write.
 * @returns whether it was abandoned, rather than complete
 */
export function removeUpload(connection: Connection, id: string): boolean {
  const { statements } = connection;
  const paste = statements.deleteUpload.get(id) ?? undefined;
  const row = paste === undefined ? undefined : statements.pasteBytes.get(paste);
  if (row === undefined) return false;
  connection.destroy(row);
  return true;
}
