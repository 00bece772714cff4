import type { ClientBase } from 'pg';
import { readCidInAnyBase } from '../../../ipfs/cid.js';

/** CIDs are blocked in one spelling, as in SQLite. */
export async function respellCids(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM blocked');
  for (const { id } of rows) {
    const cid = readCidInAnyBase(id) ?? id;
    if (cid === id) continue;
    await client.query(
      'INSERT INTO blocked (id, day) SELECT $1, day FROM blocked WHERE id = $2 ON CONFLICT DO NOTHING',
      [cid, id],
    );
    await client.query('DELETE FROM blocked WHERE id = $1', [id]);
  }
}
