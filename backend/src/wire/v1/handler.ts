import type { Clock } from '@pastenym/shared/clock';
import type { JsonObject } from '@pastenym/shared/v1/python-json';
import type { Admission } from '../../admission/admission.js';
import type { BlockHeight } from '../../bitcoin/block-height.js';
import type { Capabilities } from '../../capabilities.js';
import type { Ipfs } from '../../ipfs/ipfs.js';
import type { OpenPastes } from '../../pastes/open-pastes.js';
import type { Failures } from '../failures.js';
import type { KeptAnswers } from './kept-answers.js';

export interface V1Options {
  pastes: OpenPastes;
  admission: Pick<Admission, 'storeUnpaid'>;
  keptAnswers: KeptAnswers;
  clock: Clock;
  maxTextBytes: number;
  /** Whether pastes are taken at all; they are read in any case. */
  takesPastes: boolean;
  capabilities: Capabilities;
  /** Where the operator has such nodes. */
  ipfs: Pick<Ipfs, 'isAvailable' | 'add' | 'cat'> | undefined;
  chain: Pick<BlockHeight, 'height' | 'isAvailable'> | undefined;
  failures: Failures;
}

/** How a request was served. */
export interface Served {
  reply: JsonObject;
  /** In milliseconds since 1970: the same request is not answered so from then on. */
  goodUntil: number;
}
