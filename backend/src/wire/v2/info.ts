import { MAX_VIEWS } from '@pastenym/shared/limits';
import { MIN_EXPIRY_SECONDS } from '../../limits.js';
import type { Handler, V2Options } from './handler.js';

const PROTOCOLS = [1, 2];

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** What a page may offer its users; any other within the limits is taken as well. */
const EXPIRIES_SECONDS = [10 * MINUTE, HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY];

/** `info`: what somebody must know before they ask for anything else. */
// eslint-disable-next-line @typescript-eslint/require-await -- handlers are async
export const info: Handler<'info'> = async (_, { instance, capabilities, work }) => ({
  version: instance.version,
  protocols: PROTOCOLS,
  name: instance.name,
  notice: instance.notice,
  limits: limitsOf(instance),
  expiriesSeconds: EXPIRIES_SECONDS.filter((seconds) => seconds <= instance.maxExpirySeconds),
  capabilities: { ipfs: capabilities.ipfs(), blockHeight: capabilities.blockHeight() },
  puzzle: work.demand(),
});

const limitsOf = ({ maxPasteBytes, maxExpirySeconds }: V2Options['instance']) => ({
  maxPasteBytes,
  maxViews: MAX_VIEWS,
  minExpirySeconds: MIN_EXPIRY_SECONDS,
  maxExpirySeconds,
});
