import { toStatus } from '../rows.js';
import type { GuardedView, GuardedPasteStore, NewClaim, NewGuardedPaste } from '../store.js';
import type { Connection } from './connection.js';
import type { GuardedRow } from './statements.js';
import { createUploads } from './uploads.js';

export function createGuardedPastes(connection: Connection): GuardedPasteStore {
  const { statements } = connection;
  const findOutcome = (request: string) => statements.findOutcome.get(request);
  return {
    ...createUploads(connection),

    createGuarded: (paste, outcome) =>
      connection.write(() => {
        const earlier = findOutcome(outcome.request);
        if (earlier !== undefined) return earlier;
        if (!insert(connection, paste)) return 'id-taken';
        statements.insertOutcome.run({ ...outcome });
        return outcome;
      }),

    // By itself, not with the writes of its turn: what is asked for before a write would take the place of one that could share their commit.
    findOutcome: (request) => connection.outside(() => findOutcome(request)),

    readUnlimited: ({ id, accessHash }, index, { seconds, blockHeight = null }) =>
      connection.read(() => {
        const values = { id, accessHash, index, now: seconds, blockHeight };
        const row = statements.readUnlimited.get(values);
        return row && toView(row);
      }),

    claimView: (claim, { seconds, blockHeight = null }) =>
      connection.write(() => claimOnce(connection, claim, { now: seconds, blockHeight })),

    claimedChunk: ({ request, digest }, index, { seconds, blockHeight = null }) =>
      connection.read(() =>
        statements.claimedChunk.get({ request, digest, index, now: seconds, blockHeight }),
      ),

    endClaim: ({ request, digest }, { seconds: now }) =>
      connection.write(() => {
        const claim = statements.findClaim.get(request);
        if (!claim?.digest.equals(digest)) return false;
        if (claim.paste !== null) settleClaim(connection, { request, paste: claim.paste, now });
        return true;
      }),

    deleteGuarded: ({ id, deleteHash }, outcome, { seconds, blockHeight = null }) =>
      connection.write(() => {
        const earlier = findOutcome(outcome.request);
        if (earlier !== undefined) return earlier;
        const paste = statements.findToDelete.get({ id, deleteHash, now: seconds, blockHeight });
        if (paste === undefined) return undefined;
        connection.destroy(paste);
        statements.insertOutcome.run({ ...outcome });
        return outcome;
      }),

    guardedStatus: ({ id, accessHash }, { seconds, blockHeight = null }) =>
      connection.read(() => {
        const row = statements.guardedStatus.get({ id, accessHash, now: seconds, blockHeight });
        return row && toStatus(row);
      }),
  };
}

function insert({ statements }: Connection, paste: NewGuardedPaste): boolean {
  const { content, maxViews, ...rest } = paste;
  const number = statements.insertPaste.get({
    ...rest,
    details: null,
    isComplete: 'uploadId' in content ? 0 : 1,
    expiresAtBlock: null,
    maxViews: maxViews ?? null,
    views: 0,
  });
  if (number === undefined) return false;
  if ('uploadId' in content) {
    const { uploadId: id, contentHash, endsAt } = content;
    statements.insertUpload.run({ id, paste: number, bytes: paste.bytes, contentHash, endsAt });
  } else statements.insertChunk.run({ paste: number, index: 0, hash: null, content });
  return true;
}

/** Nobody comes in between: writes follow each other. */
function claimOnce(
  { statements }: Connection,
  claim: NewClaim,
  moment: { now: number; blockHeight: number | null },
): GuardedView | 'other-request' | undefined {
  const { request, digest, id, accessHash, endsAt, forgetAt } = claim;
  const earlier = statements.findClaim.get(request);
  if (earlier !== undefined) {
    if (!earlier.digest.equals(digest)) return 'other-request';
    const row = statements.claimedView.get({ request, ...moment });
    return row && toView(row);
  }
  const row = statements.takeGuardedView.get({ id, accessHash, ...moment });
  if (row === undefined) return undefined;
  const { number: paste, views: view } = row;
  statements.insertClaim.run({ request, digest, paste, view, endsAt, forgetAt });
  return toView(row);
}

/** Within a write. With the last claim of the last view, the paste goes; claims whose time is over do not hold it up. */
export function settleClaim(
  connection: Connection,
  { request, paste, now }: { request: string; paste: number; now: number },
  maxBytes?: number,
): void {
  const { statements } = connection;
  statements.endClaim.run(request);
  const exhausted = statements.findExhausted.get({ paste, now });
  if (exhausted !== undefined) connection.destroy(exhausted, maxBytes);
}

const toView = (row: GuardedRow): GuardedView => ({ ...toStatus(row), chunk: row.content });
