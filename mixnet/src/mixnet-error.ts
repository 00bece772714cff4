/** Why the network cannot start or go on, for whoever runs it. */
export type MixnetErrorCode =
  /** An option or argument makes no sense. */
  | 'bad-option'
  /** Somebody else listens there. */
  | 'port-taken'
  /** Another network uses the data directory. */
  | 'directory-in-use'
  /** A file of the data directory is not what it should be. Nothing is written over it. */
  | 'corrupt-file'
  /** A socket or a file cannot be opened, for the reason in `cause`. */
  | 'unavailable';

export class MixnetError extends Error {
  override readonly name = 'MixnetError';
  readonly code: MixnetErrorCode;

  constructor(code: MixnetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
