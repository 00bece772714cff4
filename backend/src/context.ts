import { systemClock, type Clock } from '@pastenym/shared/clock';
import type { RandomBytes } from '@pastenym/shared/random';
import { createAdmission, type Admitting } from './admission/create-admission.js';
import type { Config } from './config.js';
import { createCounters, createErrorCounts, type Counters, type ErrorCounts } from './counters.js';
import { MAX_ANSWER_BYTES } from './limits.js';
import { createLogger, type Logger } from './logger.js';
import type { OpenMixnet } from './mixnet/mixnet.js';
import { createOpenMixnet } from './mixnet/nym-client.js';
import { createOtherNodes, type OtherNodes } from './other-nodes.js';
import { createGuardedPastes, type GuardedPastes } from './pastes/guarded-pastes.js';
import { createOpenPastes, type OpenPastes } from './pastes/open-pastes.js';
import { createPresent, type Present } from './pastes/present.js';
import { createRandomPool } from './random-pool.js';
import { SOFTWARE_VERSION } from './software-version.js';
import { openStore } from './store/open-store.js';
import type { PasteStore } from './store/store.js';
import { Budget } from './wire/budget.js';
import { createDispatch } from './wire/dispatch.js';
import { Failures } from './wire/failures.js';
import { Inbox } from './wire/inbox.js';
import { KeptAnswers } from './wire/v1/kept-answers.js';
import { createAnswerV1 } from './wire/v1.js';
import { createAnswerV2 } from './wire/v2.js';
import type { Instance } from './wire/v2/handler.js';

/** What the service is made of. */
export interface Context {
  config: Config;
  log: Logger;
  clock: Clock;
  now: Present;
  random: RandomBytes;
  counters: Counters;
  errorCounts: ErrorCounts;
  store: PasteStore;
  openPastes: OpenPastes;
  guardedPastes: GuardedPastes;
  admitting: Admitting;
  keptAnswers: KeptAnswers;
  /** Each way into the mixnet has one of its own, with bounds of its own: one that is stuck does not hold the others up. */
  createInbox: () => Inbox;
  openMixnet: OpenMixnet;
  otherNodes: OtherNodes;
}

/** What may be chosen instead of the real thing; tests do. */
export type Overrides = Partial<
  Pick<Context, 'log' | 'clock' | 'random' | 'store' | 'openMixnet'>
> & {
  /** Instead of what limits.ts says. */
  inboxLimits?: { maxMessages?: number; maxBytes?: number; maxInFlight?: number };
};

/**
 * Wires the parts. Opens the database, and begins to ask other nodes how they are, where there are some.
 * @throws StartupError
 */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const log = overrides.log ?? createLogger(config.LOG_LEVEL);
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? createRandomPool();
  const store = overrides.store ?? (await openStore(config.DATABASE_URL));
  const counters = createCounters();
  const errorCounts = createErrorCounts();
  const keptAnswers = new KeptAnswers({ keptMs: config.V1_OUTCOME_SECONDS * 1000, clock });
  const admitting = createAdmission(config, { store, clock, random });
  const { admission, work } = admitting;
  const failures = new Failures({ clock, counters, errorCounts, log });
  const otherNodes = createOtherNodes(config, log);
  const { capabilities, chain, ipfs } = otherNodes;
  const maxTextBytes = config.MAX_TEXT_BYTES;
  const now = createPresent(clock, () => chain?.height);
  const openPastes = createOpenPastes({ store, now, random });
  const guardedPastes = createGuardedPastes({
    store,
    now,
    random,
    claimSeconds: config.CLAIM_SECONDS,
    outcomeSeconds: config.OUTCOME_SECONDS,
    uploadSeconds: config.UPLOAD_SECONDS,
  });
  const answerV1 = createAnswerV1({
    pastes: openPastes,
    takesPastes: config.V1_CREATES,
    ...{ admission, keptAnswers, clock, maxTextBytes, capabilities, chain, ipfs, failures },
  });
  const answerV2 = createAnswerV2({
    pastes: guardedPastes,
    instance: describeInstance(config),
    ...{ admission, work, capabilities, failures },
  });
  const dispatch = createDispatch({ answerV1, answerV2, maxTextBytes, failures });
  const createInbox = () =>
    new Inbox({
      ...dispatch,
      ...overrides.inboxLimits,
      budget: new Budget(MAX_ANSWER_BYTES),
      counters,
      log,
    });
  const openMixnet = overrides.openMixnet ?? createOpenMixnet(log);
  return {
    ...{ config, log, clock, now, random, counters, errorCounts, store },
    ...{ openPastes, guardedPastes, admitting, keptAnswers, createInbox, openMixnet, otherNodes },
  };
}

const describeInstance = (config: Config): Instance => ({
  version: SOFTWARE_VERSION,
  name: config.INSTANCE_NAME,
  notice: config.INSTANCE_NOTICE ?? '',
  maxPasteBytes: config.MAX_PASTE_BYTES,
  maxExpirySeconds: config.MAX_EXPIRY_SECONDS,
});
