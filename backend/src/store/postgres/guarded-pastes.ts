import { MAX_DESTROYED_BYTES } from '../../limits.js';
import { toStatus, type StatusRow } from '../rows.js';
import type {
  GuardedView,
  GuardedPasteStore,
  Moment,
  NewClaim,
  NewGuardedPaste,
  Outcome,
} from '../store.js';
import type { Connection } from './connection.js';
import { STATEMENTS } from './statements.js';
import { createUploads } from './uploads.js';

type GuardedRow = StatusRow & { content: Buffer };
/** Without a number it gives access to nothing. */
type ClaimedRow = GuardedRow & { digest: Buffer; number: number | null };

interface ClaimRow {
  digest: Buffer;
  paste: number | null;
}

export function createGuardedPastes(connection: Connection): GuardedPasteStore {
  return {
    ...createUploads(connection),

    async createGuarded(paste, outcome) {
      if (await create(connection, paste, outcome)) return outcome;
      return (await findOutcome(connection, outcome.request)) ?? 'id-taken';
    },

    findOutcome: (request) => findOutcome(connection, request),

    async readUnlimited({ id, accessHash }, index, now) {
      const values = { id, accessHash, index, ...toValues(now) };
      const { rows } = await connection.run<GuardedRow>(STATEMENTS.readUnlimited, values);
      return rows[0] && toView(rows[0]);
    },

    async claimView(claim, now) {
      const values = { ...claim, ...toValues(now) };
      const { rows } = await connection.run<GuardedRow>(STATEMENTS.claimView, values);
      return rows[0] === undefined ? findClaimedView(connection, claim, now) : toView(rows[0]);
    },

    async claimedChunk({ request, digest }, index, now) {
      const values = { request, digest, index, ...toValues(now) };
      const { rows } = await connection.run<{ content: Buffer }>(STATEMENTS.claimedChunk, values);
      return rows[0]?.content;
    },

    async endClaim({ request, digest }, { seconds: now }) {
      const { rows } = await connection.run<ClaimRow>(STATEMENTS.findClaim, { request });
      const claim = rows[0];
      if (!claim?.digest.equals(digest)) return false;
      if (claim.paste !== null) await endClaim(connection, { request, paste: claim.paste, now });
      return true;
    },

    async deleteGuarded({ id, deleteHash }, outcome, now) {
      const paste = { id, deleteHash, maxBytes: MAX_DESTROYED_BYTES };
      const values = { ...paste, ...toOutcomeValues(outcome), ...toValues(now) };
      const { rows } = await connection.transaction(async ({ run }) => {
        await run(STATEMENTS.lockToDelete, values);
        return run(STATEMENTS.deleteGuarded, values);
      });
      if (rows.length === 0) return findOutcome(connection, outcome.request);
      connection.hasTraces = true;
      return outcome;
    },

    async guardedStatus({ id, accessHash }, now) {
      const values = { id, accessHash, ...toValues(now) };
      const { rows } = await connection.run<StatusRow>(STATEMENTS.guardedStatus, values);
      return rows[0] && toStatus(rows[0]);
    },
  };
}

/** @returns false if the request has an outcome already, or the id is taken */
async function create(
  connection: Connection,
  { content, ...paste }: NewGuardedPaste,
  outcome: Outcome,
): Promise<boolean> {
  const isUpload = 'uploadId' in content;
  const values = {
    ...{ ...paste, ...toOutcomeValues(outcome), isComplete: !isUpload },
    ...(isUpload ? content : { content }),
  };
  const statement = isUpload ? STATEMENTS.createUpload : STATEMENTS.createGuarded;
  try {
    const { count } = await connection.run(statement, values);
    return count > 0;
  } catch (error) {
    if (isDuplicate(error, 'pastes_id_key')) return false;
    throw error;
  }
}

async function findOutcome(connection: Connection, request: string): Promise<Outcome | undefined> {
  type Row = Omit<Outcome, 'answer'> & { answer: Buffer };
  const { rows } = await connection.run<Row>(STATEMENTS.findOutcome, { request });
  return rows[0] && { ...rows[0], answer: rows[0].answer.toString() };
}

/** What the request has claimed before, if anything. */
async function findClaimedView(
  connection: Connection,
  { request, digest }: NewClaim,
  now: Moment,
): Promise<GuardedView | 'other-request' | undefined> {
  const values = { request, ...toValues(now) };
  const { rows } = await connection.run<ClaimedRow>(STATEMENTS.findClaimedView, values);
  const claim = rows[0];
  if (claim === undefined) return undefined;
  if (!claim.digest.equals(digest)) return 'other-request';
  return claim.number === null ? undefined : toView(claim);
}

/** With the last claim of the last view, the paste goes; claims whose time is over do not hold it up. */
async function endClaim(
  connection: Connection,
  { request, paste, now }: { request: string; paste: number; now: number },
): Promise<void> {
  await connection.transaction(async ({ run }) => {
    await run(STATEMENTS.lockPaste, { paste });
    await run(STATEMENTS.endClaim, { request });
    const values = { numbers: [paste], now, maxBytes: MAX_DESTROYED_BYTES };
    const { rows } = await run(STATEMENTS.destroyExhausted, values);
    if (rows.length > 0) connection.hasTraces = true;
  });
}

/** Whether the database has refused a second row, by the name of the rule. */
const isDuplicate = (error: unknown, constraint: string) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === '23505' &&
  'constraint' in error &&
  error.constraint === constraint;

const toValues = ({ seconds, blockHeight }: Moment) => ({ now: seconds, blockHeight });

const toOutcomeValues = ({ answer, ...outcome }: Outcome) => ({
  ...outcome,
  answer: Buffer.from(answer),
});

const toView = (row: GuardedRow): GuardedView => ({ ...toStatus(row), chunk: row.content });
