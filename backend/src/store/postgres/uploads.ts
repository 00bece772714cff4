import { MAX_DESTROYED_BYTES } from '../../limits.js';
import type { GuardedPasteStore } from '../store.js';
import type { Connection } from './connection.js';
import { STATEMENTS } from './statements.js';

type Uploads = Pick<
  GuardedPasteStore,
  'findUpload' | 'putChunk' | 'chunkHashes' | 'completeUpload' | 'dropUpload'
>;

interface UploadRow {
  bytes: number;
  content_hash: Buffer;
  is_complete: boolean;
  begun_at: number | null;
}

/** Their indexes, with commas between; null where there are none, because the paste has gone. */
interface PresentRow {
  present: string | null;
  isThere: boolean;
}

export function createUploads(connection: Connection): Uploads {
  return {
    async findUpload(id, { seconds: now, blockHeight }) {
      const values = { id, now, blockHeight };
      const { rows } = await connection.run<UploadRow>(STATEMENTS.findUpload, values);
      return rows[0] && toUpload(rows[0]);
    },

    async putChunk(id, { index, content, hash }, endsAt) {
      const values = { id, index, content, hash, endsAt };
      const put = await connection.run<{ number: number }>(STATEMENTS.putChunk, values);
      const paste = put.rows[0]?.number;
      if (paste === undefined) return undefined;
      const { rows } = await connection.run<PresentRow>(STATEMENTS.chunksPresent, {
        ...{ paste, index, hash },
      });
      return rows[0] && toProgress(rows[0]);
    },

    async chunkHashes(id) {
      const { rows } = await connection.run<{ hash: Buffer }>(STATEMENTS.chunkHashes, { id });
      return rows.map(({ hash }) => hash);
    },

    async completeUpload(id, forgetAt) {
      await connection.run(STATEMENTS.completeUpload, { id, forgetAt });
    },

    async dropUpload(id) {
      const values = { id, maxBytes: MAX_DESTROYED_BYTES };
      const { rows } = await connection.run(STATEMENTS.dropUpload, values);
      if (rows.length > 0) connection.hasTraces = true;
      return rows.length > 0;
    },
  };
}

const toUpload = ({ bytes, content_hash: contentHash, is_complete, begun_at }: UploadRow) => ({
  ...{ bytes, contentHash, isComplete: is_complete, begunAt: begun_at ?? undefined },
});

function toProgress({ present, isThere }: PresentRow) {
  if (present === null) return undefined;
  return isThere ? { present: present.split(',').map(Number) } : 'conflict';
}
