import type { EventName, ReplyData, RequestData } from '@pastenym/shared/v2/messages';
import type { Admission } from '../../admission/admission.js';
import type { ProofOfWork } from '../../admission/work.js';
import type { Capabilities } from '../../capabilities.js';
import type { GuardedPastes } from '../../pastes/guarded-pastes.js';
import type { Failures } from '../failures.js';

/**
 * Does what an event asks for.
 * @param id of the request, under which it has one effect however often it comes
 */
export type Handler<E extends EventName> = (
  data: RequestData<E>,
  options: V2Options,
  id: string,
) => Promise<ReplyData<E>>;

export interface V2Options {
  pastes: GuardedPastes;
  admission: Pick<Admission, 'store' | 'beginUpload'>;
  work: Pick<ProofOfWork, 'demand' | 'spend'>;
  instance: Instance;
  capabilities: Capabilities;
  failures: Failures;
}

/** What `info` tells of this service that does not change while it runs. */
export interface Instance {
  version: string;
  name: string;
  notice: string;
  maxPasteBytes: number;
  maxExpirySeconds: number;
}
