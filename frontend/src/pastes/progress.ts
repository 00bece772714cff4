import { MAX_ATTEMPTS, type RequestProgress } from '../connection/transport.js';

/** How far a paste has come, on its way out or in. */
export type PasteProgress = { stage: 'encrypting' } | { stage: 'decrypting' } | RequestProgress;

/** One line for a person. */
export function describeProgress(progress: PasteProgress): string {
  switch (progress.stage) {
    case 'encrypting':
      return 'Encrypting in this browser';
    case 'decrypting':
      return 'Decrypting in this browser';
    case 'queued':
      return WAITS[progress.waitingFor];
    case 'sending':
      return `Sending${describeAttempt(progress)}`;
    case 'waiting':
      return `Sent${describeAttempt(progress)}, waiting for the answer`;
    case 'answered':
      return 'Answered';
  }
}

const WAITS = {
  turn: 'Queued: another request comes first',
  connection: 'Queued: it is sent as soon as the connection is there',
  service: 'Queued: it is sent as soon as the paste service is ready',
};

/** After a link that broke it is sent again, but the attempt is still the same. */
function describeAttempt({ attempt, isAgain }: { attempt: number; isAgain: boolean }): string {
  if (!isAgain) return '';
  return attempt === 1 ? ' again' : ` again (attempt ${attempt} of ${MAX_ATTEMPTS})`;
}

/** Whether something has gone out that may have reached the service. */
export const isOnItsWay = ({ stage }: PasteProgress): boolean =>
  stage === 'sending' || stage === 'waiting';
