import type { Logger } from '../logger.js';

/** What a command takes from the process that it runs in. */
export interface CommandContext {
  env: NodeJS.ProcessEnv;
  /** Results; stdout. */
  print: (text: string) => void;
  /** Everything else; stderr. */
  logger: Logger;
  /** Aborted when the command is to end. */
  stop: AbortSignal;
}
