import type { Handler } from './handler.js';

/** `readChunk`: a further part of what was claimed. */
export const readChunk: Handler<'readChunk'> = async (
  { pasteId, accessProof, claim, index },
  { pastes },
) => ({ content: await pastes.readChunk(claim, { pasteId, accessProof }, index) });
