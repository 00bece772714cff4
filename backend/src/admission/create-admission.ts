import type { Clock } from '@pastenym/shared/clock';
import type { RandomBytes } from '@pastenym/shared/random';
import type { Config } from '../config.js';
import type { Upkeep } from '../store/store.js';
import { Admission } from './admission.js';
import { difficultyAt } from './difficulty.js';
import { Quota } from './quota.js';
import { TokenBucket } from './token-bucket.js';
import { ProofOfWork } from './work.js';

export interface Admitting {
  admission: Admission;
  quota: Quota;
  work: ProofOfWork;
}

type AdmissionConfig = Pick<
  Config,
  | 'STORE_QUOTA_BYTES'
  | 'MAX_UPLOADS'
  | 'CREATES_PER_SECOND'
  | 'CREATE_BURST'
  | 'PUZZLE_DIFFICULTY'
  | 'PUZZLE_MAX_DIFFICULTY'
>;

/** Whatever decides whether a paste is taken, as the operator has set it. */
export function createAdmission(
  config: AdmissionConfig,
  {
    store,
    clock,
    random,
  }: { store: Pick<Upkeep, 'usage' | 'freeBytes'>; clock: Clock; random: RandomBytes },
): Admitting {
  const bucket = new TokenBucket({
    perSecond: config.CREATES_PER_SECOND,
    burst: config.CREATE_BURST,
    clock,
  });
  const difficulties = { base: config.PUZZLE_DIFFICULTY, max: config.PUZZLE_MAX_DIFFICULTY };
  const difficulty = () => difficultyAt(bucket.fullness, difficulties);
  const quota = new Quota({ quotaBytes: config.STORE_QUOTA_BYTES, store });
  return {
    admission: new Admission({
      ...{ bucket, quota, store },
      maxUploads: config.MAX_UPLOADS,
      asksForWork: Math.max(difficulties.base, difficulties.max) > 0,
    }),
    quota,
    work: new ProofOfWork({ clock, random, difficulty }),
  };
}
