import type { Database } from 'better-sqlite3';
import { readCidInAnyBase } from '../../../ipfs/cid.js';

/** CIDs were blocked as the operator had spelt them. Now they are looked up in one spelling. */
export function respellCids(db: Database): void {
  const respell = db.prepare(
    'INSERT INTO blocked (id, day) SELECT ?, day FROM blocked WHERE id = ? ON CONFLICT DO NOTHING',
  );
  const remove = db.prepare('DELETE FROM blocked WHERE id = ?');
  for (const id of db.prepare<[], string>('SELECT id FROM blocked').pluck().all()) {
    const cid = readCidInAnyBase(id) ?? id;
    if (cid === id) continue;
    respell.run(cid, id);
    remove.run(id);
  }
}
