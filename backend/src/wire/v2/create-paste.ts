import { AppError } from '@pastenym/shared/errors';
import type { RequestData } from '@pastenym/shared/v2/messages';
import { MIN_EXPIRY_SECONDS } from '../../limits.js';
import type { GuardedDraft } from '../../pastes/guarded-pastes.js';
import type { Handler, Instance } from './handler.js';

/** `createPaste`: stores a paste, or begins to. What has been answered before is answered again, at no further cost. */
export const createPaste: Handler<'createPaste'> = async (
  data,
  { pastes, admission, work, instance },
  id,
) => {
  const draft = toDraft(data);
  return pastes.create(id, draft, (store) => {
    checkLimits(draft, instance);
    work.spend({ request: id, contentHash: draft.contentHash, puzzle: data.puzzle });
    return draft.content === undefined
      ? admission.beginUpload(draft.size, store)
      : admission.store(draft.size, store);
  });
};

function toDraft(data: RequestData<'createPaste'>): GuardedDraft {
  const { accessHash, deleteHash, views, expiresInSeconds, size, contentHash, content } = data;
  return { accessHash, deleteHash, views, expiresInSeconds, size, contentHash, content };
}

function checkLimits(
  { size, expiresInSeconds }: GuardedDraft,
  { maxPasteBytes, maxExpirySeconds }: Instance,
): void {
  if (size > maxPasteBytes) {
    throw new AppError('paste-too-large', { detail: `It may have ${maxPasteBytes} bytes.` });
  }
  if (expiresInSeconds < MIN_EXPIRY_SECONDS) {
    throw new AppError('bad-expiry', { detail: `It must be ${MIN_EXPIRY_SECONDS} s or more.` });
  }
  if (expiresInSeconds > maxExpirySeconds) {
    throw new AppError('expiry-too-far', { detail: `It may be ${maxExpirySeconds} s.` });
  }
}
