import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../describe-error.js';
import { explain, isTrouble } from '../explain.js';
import type { Present } from '../pastes/present.js';
import { dayOf } from '../pastes/present.js';
import {
  CAUSES,
  importOriginal,
  type Cause,
  type ImportReport,
} from '../original/import-original.js';
import { openOriginalDatabase } from '../original/original-database.js';
import type { Description, Erasure, OperatorStore } from '../store/operator-store.js';
import type { Swept } from '../store/store.js';
import type { CommandName } from './arguments.js';
import { describePaste } from './describe-paste.js';
import { count, done, notDone, table, type Result } from './result.js';

type Command = (store: OperatorStore, argument: string, now: Present) => Promise<Result>;

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  async stats(store, _, now) {
    const counts = await store.statistics(now().seconds);
    return done(
      table([
        ['open pastes', counts.open],
        ['guarded pastes', counts.guarded],
        ['  still coming in', counts.uploads],
        ['with limited views', counts.limitedViews],
        ['with an expiry', counts.expiring],
        ['with an expiry at a block', counts.expiringByBlock],
        ['over, to be swept', counts.due],
        ['views being read', counts.claims],
        ['outcomes remembered', counts.outcomes],
        ['ids blocked', counts.blocked],
        ['pastes ever imported', counts.imported],
        ['bytes of content', counts.bytes],
        ['bytes on the disk', counts.storageBytes],
      ]),
      counts,
    );
  },

  async show(store, id) {
    const description = await store.describe(id);
    const lines = describePaste(description);
    return isKnown(description) ? done(lines, description) : notDone(lines, description);
  },

  async delete(store, id, now) {
    if (!(await store.remove(id))) return notDone(['There is no such paste.'], { deleted: false });
    return finish(store, now, ['The paste is deleted.'], { deleted: true });
  },

  async block(store, id, now) {
    const deleted = await store.block(id, dayOf(now()));
    const what = deleted ? 'The paste is deleted, and its id' : 'There is no such paste. Its id';
    return finish(store, now, [`${what} is refused from now on.`], { blocked: true, deleted });
  },

  async unblock(store, id) {
    const unblocked = await store.unblock(id);
    if (unblocked) return done(['The id is no longer refused.'], { unblocked });
    return notDone(['The id was not blocked.'], { unblocked });
  },

  purge: (store, _, now) => finish(store, now, [], {}),

  async vacuum(store, _, now) {
    const before = (await store.statistics(now().seconds)).storageBytes;
    await store.compact();
    const after = (await store.statistics(now().seconds)).storageBytes;
    const line = `${count(before)} bytes on the disk before, ${count(after)} now.`;
    return done([line], { bytesBefore: before, bytesAfter: after });
  },

  async backup(store, file) {
    await store.backUp(file);
    const lines = [
      `The database is copied to ${file}.`,
      'In the copy are pastes that will be burnt or expire here: keep it no longer than you need it.',
    ];
    return done(lines, { file });
  },

  async import(store, file, now) {
    const original = openOriginalDatabase(file);
    try {
      const report = await importOriginal(original.rows(), store, now().seconds);
      const lines = describeImport(report);
      const { brokenOff } = report;
      if (brokenOff === undefined) return done(lines, report);
      return notDone(lines, { ...report, brokenOff: describeError(brokenOff) });
    } finally {
      original.close();
    }
  },

  async check(store) {
    const faults = await store.check();
    if (faults.length === 0) return done(['All is well.'], { faults });
    return notDone(table(faults.map(({ what, count: times }) => [what, times])), { faults });
  },
};

const isKnown = ({ paste, isBlocked }: Description) => paste !== undefined || isBlocked;

const ERASURES: Readonly<Record<Erasure, string>> = {
  erased: 'What deleted pastes had left in the files is erased.',
  'not-yet':
    'What deleted pastes have left in the files could not be erased: somebody reads them. The service will do it.',
  cannot:
    'PostgreSQL does not overwrite what is deleted: its bytes may stand in unused parts of the files, in the write-ahead log, in replicas and backups, until something else takes their place.',
};

/** Sweeps to the end, then erases: what is gone shall be gone from the files, too. */
async function finish(
  store: OperatorStore,
  now: Present,
  lines: string[],
  json: object,
): Promise<Result> {
  const swept = await sweepAll(store, now);
  const erasure = await store.erase();
  const more = [
    ...table([
      ['expired pastes deleted', swept.expired],
      ['abandoned uploads deleted', swept.abandoned],
    ]),
    ERASURES[erasure],
  ];
  const result = { ...json, expired: swept.expired, abandoned: swept.abandoned, erasure };
  const isLeft = erasure === 'not-yet';
  return (isLeft ? notDone : done)([...lines, ...more], result);
}

/** After each piece of work it rests for as long as that took, so that services can do theirs. */
async function sweepAll(store: OperatorStore, now: Present): Promise<Swept> {
  const total = { expired: 0, abandoned: 0, other: 0 };
  for (;;) {
    const since = performance.now();
    const { expired, abandoned, other } = await store.sweep(now());
    if (expired + abandoned + other === 0) return total;
    total.expired += expired;
    total.abandoned += abandoned;
    total.other += other;
    await sleep(performance.now() - since);
  }
}

function describeImport(report: ImportReport): string[] {
  const { rows, imported, expiringByBlock, skipped, brokenOff } = report;
  const causes = Object.entries(skipped) as [Cause, { count: number; firstRows: number[] }][];
  return [
    ...table([
      ['rows read', rows],
      ['pastes imported', imported],
    ]),
    ...(expiringByBlock === 0 ? [] : [describeByBlock(expiringByBlock)]),
    ...causes.map(([cause, { count: times, firstRows }]) => {
      const which = firstRows.length < times ? `${firstRows.join(', ')}, …` : firstRows.join(', ');
      return `${count(times)} left out: ${CAUSES[cause]} (rows ${which})`;
    }),
    ...(brokenOff === undefined ? [] : describeBreak(brokenOff)),
  ];
}

const describeBreak = (error: unknown) => [
  `It was broken off. ${explain(error)}`,
  // After a defect it would come to the same.
  `What is counted here is imported.${isTrouble(error) ? ` ${AGAIN}` : ''}`,
];

const AGAIN = 'The same file can be imported again: nothing is imported twice.';

const describeByBlock = (times: number) =>
  `${count(times)} of them expire at a block height: a service without BITCOIN_RPC_URL gives them to nobody, and does not delete them at that height either.`;
