/** What keeps the service from starting and the operator can mend, said so that they can: one line per problem. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: { cause: unknown }) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}
