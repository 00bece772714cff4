/** Of a full disk SQLite says so, whatever it was writing. (By its looks, as in `describeError`.) */
export function isFull(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'SQLITE_FULL'
  );
}
