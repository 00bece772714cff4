import type { Handler } from './handler.js';

/** `ackRead`: the reader has everything; if that was the last view, and nobody else is reading, nobody is given the paste from now on. */
export const ackRead: Handler<'ackRead'> = async ({ pasteId, accessProof, claim }, { pastes }) => {
  await pastes.endRead(claim, { pasteId, accessProof });
  return {};
};
