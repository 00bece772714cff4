import type { Handler } from './handler.js';

/** `deletePaste`: destroys a paste, claims and all. */
export const deletePaste: Handler<'deletePaste'> = async (
  { pasteId, deleteProof },
  { pastes },
  id,
) => {
  await pastes.remove(id, pasteId, deleteProof);
  return {};
};
