import { AppError, type ErrorCode } from '@pastenym/shared/errors';

/** A failure as a person reads it: what has happened, and what to do next. */
export interface Failure {
  what: string;
  next: string;
  /** Whether doing the very same again can help. */
  retry: boolean;
}

type Texts = Readonly<Record<ErrorCode, Omit<Failure, 'retry'>>>;

const AGAIN = 'Try again in a moment.';
const CONNECTION = 'The state of the connection is shown at the top of the page.';

/** Every code, so that a new one cannot be forgotten. */
export const FAILURES: Texts = {
  'bad-address': {
    what: 'This page has been given no proper address of the paste service.',
    next: 'Tell whoever runs this instance.',
  },
  'bad-expiry': {
    what: 'The service does not take this expiry.',
    next: 'Choose another one.',
  },
  'bad-link': {
    what: 'This is not a link to a paste.',
    next: 'Ask whoever sent it for the whole link: the part behind the # must not be cut.',
  },
  'bad-message': {
    what: 'The service has answered something that this page does not understand.',
    next: 'It may run another version. Reload the page, or tell whoever runs this instance.',
  },
  'bad-params': {
    what: 'This paste is encrypted in a way that is not supported here.',
    next: 'It may come from another program. Ask whoever sent it to paste it again.',
  },
  'bad-paste': {
    what: 'The paste has been decrypted, but what is inside is no paste.',
    next: 'It may come from another program, or have been damaged.',
  },
  'bad-request': {
    what: 'The service did not understand this page.',
    next: 'It may run another version. Reload the page, or tell whoever runs this instance.',
  },
  busy: { what: 'The service is busy.', next: AGAIN },
  'content-mismatch': {
    what: 'What has arrived is not what was sent.',
    next: AGAIN,
  },
  'expiry-past': { what: 'This expiry lies in the past.', next: 'Choose another one.' },
  'expiry-too-far': { what: 'This expiry lies too far ahead.', next: 'Choose a nearer one.' },
  'id-reused': {
    what: 'The service has taken this for another request.',
    next: AGAIN,
  },
  'message-too-large': { what: 'This is too large to be sent.', next: 'Send it in parts.' },
  'not-available': {
    what: 'The service refuses this.',
    next: 'It may run another version. Choose other options, or tell whoever runs this instance.',
  },
  'not-found': {
    what: 'There is no such paste, or no longer.',
    next: 'It may have expired, have been read as often as it could be, or never have been here. If you need it, ask whoever sent the link.',
  },
  'paste-empty': { what: 'There is nothing to paste yet.', next: 'Write something first.' },
  'paste-too-large': { what: 'The text is too large.', next: 'Shorten it, or send it in parts.' },
  'puzzle-required': {
    what: 'The service wants more work to be done for a paste than was done.',
    next: AGAIN,
  },
  'store-full': {
    what: 'The service has no room for another paste.',
    next: 'Try again later, or use another instance.',
  },
  'too-many-uploads': { what: 'The service is busy with other large pastes.', next: AGAIN },
  'unknown-upload': {
    what: 'The service does not know this upload any more.',
    next: 'Create the paste once more.',
  },
  'unknown-event': {
    what: 'The service does not know this request.',
    next: 'It may run another version. Tell whoever runs this instance.',
  },
  'wrong-key': {
    what: 'This key does not open the paste.',
    next: 'Check that it is whole, and enter it again. As long as this page stays open, that uses up no read.',
  },
  'connection-closed': { what: 'The connection has been closed.', next: `${AGAIN} ${CONNECTION}` },
  'connection-failed': {
    what: 'The connection could not be made.',
    next: `${AGAIN} ${CONNECTION}`,
  },
  'queue-full': { what: 'Too much is waiting to be sent already.', next: AGAIN },
  'timed-out': {
    what: 'The service has not answered, though it was asked several times.',
    next: `It may be down, or its answer may have been lost. Trying again, unchanged, asks for the very same: nothing is stored or counted twice. ${CONNECTION}`,
  },
  internal: { what: 'Something went wrong in the service.', next: AGAIN },
};

/** @param error whatever was thrown; what is no `AppError` is a defect of this page */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { ...FAILURES[error.code], retry: error.retry };
  return {
    what: 'Something went wrong in this page.',
    next: 'Try again. If that does not help, reload the page.',
    retry: true,
  };
}
