import { AppError } from '@pastenym/shared/errors';
import type { RequestData } from '@pastenym/shared/v2/messages';
import { MIN_EXPIRY_SECONDS } from '../../limits.js';
import type { Created, GuardedDraft } from '../../pastes/guarded-pastes.js';
import type { Handler, Instance, V2Options } from '../v2.js';

/** `createPaste`: stores a paste, or begins to. What has been answered before is answered again, at no further cost. */
export const createPaste: Handler<'createPaste'> = async (data, options, id) => {
  const draft = toDraft(data);
  checkLimits(draft, options.instance);
  const earlier = await options.pastes.findCreated(id, draft);
  return earlier ?? create(id, draft, data.puzzle, options);
};

async function create(
  id: string,
  draft: GuardedDraft,
  puzzle: RequestData<'createPaste'>['puzzle'],
  { pastes, admission, work }: V2Options,
): Promise<Created> {
  work.spend({ request: id, contentHash: draft.contentHash, puzzle });
  const store = () => pastes.create(id, draft);
  return draft.content === undefined
    ? admission.beginUpload(draft.size, store)
    : admission.store(draft.size, store);
}

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
