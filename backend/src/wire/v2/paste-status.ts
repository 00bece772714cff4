import type { Handler } from './handler.js';
import { describe } from './read-paste.js';

/** `pasteStatus`: what is left of a paste; asking takes nothing of it. */
export const pasteStatus: Handler<'pasteStatus'> = async (key, { pastes }) =>
  describe(await pastes.status(key));
