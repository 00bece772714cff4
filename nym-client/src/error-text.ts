/** What went wrong, in one line for an operator: the message, and those of the causes that say more. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own =
    error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
  if (error.cause === undefined) return own;
  const cause = errorText(error.cause);
  return own.includes(cause) ? own : `${own}: ${cause}`;
}
