import { describeError } from './describe-error.js';
import { StartupError } from './startup-error.js';

/** An error, for whoever runs a program: what they can mend is said to them; of a defect, no more than where it is. */
export function explain(error: unknown): string {
  if (error instanceof StartupError) return error.problems.join('\n');
  return JSON.stringify(describeError(error), undefined, 2);
}
