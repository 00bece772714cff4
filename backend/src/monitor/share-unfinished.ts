/** Whoever asks while it is being made gets the same one. */
export function shareUnfinished<T>(make: () => Promise<T>): () => Promise<T> {
  let unfinished: Promise<T> | undefined;
  return () => {
    unfinished ??= make().finally(() => (unfinished = undefined));
    return unfinished;
  };
}
