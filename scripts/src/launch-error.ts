/** What cannot start says so in words for the person at the terminal. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
