import type { Handler } from './handler.js';

/** `putChunk`: takes part of a large paste, and tells which parts are missing. */
export const putChunk: Handler<'putChunk'> = async ({ uploadId, index, content }, { pastes }) => ({
  missing: await pastes.putChunk(uploadId, index, content),
});
