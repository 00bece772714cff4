/**
 * Every error code of Pastenym, in one place. `message` is what a person may read; `retry` says whether the very same
 * request can succeed later. Peers learn the code, operators the cause, users the message and what to do next.
 */
export const ERRORS = {
  'bad-address': { message: 'This is not a Nym address.', retry: false },
  'bad-expiry': { message: 'This expiry cannot be understood.', retry: false },
  'bad-link': { message: 'This is not a link to a paste.', retry: false },
  'bad-message': { message: 'The message cannot be understood.', retry: false },
  'bad-params': { message: 'The encryption parameters are not acceptable.', retry: false },
  'bad-paste': { message: 'The content is not that of a paste.', retry: false },
  'bad-request': { message: 'The request is not as the protocol says.', retry: false },
  busy: { message: 'The service is busy.', retry: true },
  'connection-closed': { message: 'The connection has been closed.', retry: true },
  'connection-failed': { message: 'The connection could not be made.', retry: true },
  'content-mismatch': { message: 'What arrived is not what was announced.', retry: false },
  'expiry-past': { message: 'This expiry lies in the past.', retry: false },
  'expiry-too-far': { message: 'This expiry lies too far ahead.', retry: false },
  'id-reused': { message: 'This id belongs to another request.', retry: false },
  internal: { message: 'Something went wrong in the service.', retry: true },
  'message-too-large': { message: 'The message is too large.', retry: false },
  'not-available': { message: 'The service does not offer this.', retry: false },
  'not-found': { message: 'There is no such paste, or no longer.', retry: false },
  'paste-empty': { message: 'The paste is empty.', retry: false },
  'paste-too-large': { message: 'The paste is too large.', retry: false },
  'puzzle-required': {
    message: 'Storing a paste costs some work, which is missing, wrong or out of date.',
    retry: false,
  },
  'queue-full': { message: 'Too much is waiting to be sent.', retry: true },
  'store-full': { message: 'The service has no room left.', retry: true },
  'timed-out': { message: 'No answer came in time.', retry: true },
  'too-many-uploads': { message: 'Too many pastes are being uploaded.', retry: true },
  'unknown-event': { message: 'The service does not know this request.', retry: false },
  'unknown-upload': { message: 'There is no such upload, or no longer.', retry: false },
  'wrong-key': { message: 'The key does not open this paste.', retry: false },
} as const satisfies Record<string, { message: string; retry: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

export interface AppErrorOptions {
  /** What is wrong with this input, for the person who sent it; it must not quote secrets. */
  detail?: string;
  cause?: unknown;
  /** Not before so many milliseconds does it make sense to try again. */
  retryAfterMs?: number | undefined;
}

/** The one error type that crosses a boundary of a package. Anything else that is thrown is a defect. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** Whether the same request can succeed later. */
  readonly retry: boolean;
  /** When the same request may come again, if the service knows. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const { message, retry } = ERRORS[code];
    super(
      options.detail === undefined ? message : `${message} ${options.detail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.retry = retry;
    this.retryAfterMs = options.retryAfterMs;
  }
}
