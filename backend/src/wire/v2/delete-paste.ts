import type { Handler } from '../v2.js';

/** `deletePaste`: destroys a paste, claims and all. */
export const deletePaste: Handler<'deletePaste'> = async (
  { pasteId, deleteProof },
  { pastes },
  id,
) => {
  await pastes.remove(id, pasteId, deleteProof);
  return {};
};
