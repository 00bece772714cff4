import { AppError } from '@pastenym/shared/errors';
import { refusals, type V1Reply } from '@pastenym/shared/v1/replies';

/**
 * What a reply that is no success means. Version 1 has words instead of codes; these are the ones that the service uses.
 */
export function refusalOf(reply: V1Reply): AppError {
  switch (reply.kind) {
    case 'not-found':
      return new AppError('not-found');
    case 'failure':
      return refusalOfText(reply.text);
    case 'object':
      return new AppError('bad-message', { detail: 'The service has answered something else.' });
  }
}

const TOO_LONG = refusals.tooLong(0).replace(/0$/, '');
const BAD_EXPIRY = refusals.badExpiry('');

function refusalOfText(text: string): AppError {
  if (text === refusals.overloaded) return new AppError('busy');
  if (text.startsWith(TOO_LONG)) return new AppError('paste-too-large');
  if (text.startsWith(BAD_EXPIRY)) return new AppError('bad-expiry');
  if (text === refusals.internal) return new AppError('internal');
  return new AppError('not-available');
}
