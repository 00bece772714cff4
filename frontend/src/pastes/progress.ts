import { MAX_COPIES, type RequestProgress } from '../connection/transport.js';

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
      return progress.copy === 1 ? 'Sending' : `Sending again ${ofCopies(progress.copy)}`;
    case 'waiting':
      return progress.copy === 1
        ? 'Sent, waiting for the answer'
        : `Sent again ${ofCopies(progress.copy)}, waiting for the answer`;
    case 'answered':
      return 'Answered';
  }
}

const WAITS = {
  turn: 'Queued: another request comes first',
  connection: 'Queued: it is sent as soon as the connection is there',
  service: 'Queued: it is sent as soon as the paste service is ready',
};

const ofCopies = (copy: number) => `(${copy} of ${MAX_COPIES})`;

/** Whether something has gone out that may have reached the service. */
export const isOnItsWay = ({ stage }: PasteProgress): boolean =>
  stage === 'sending' || stage === 'waiting';
