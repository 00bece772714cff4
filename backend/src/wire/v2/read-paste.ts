import type { GuardedStatus } from '../../store/store.js';
import type { Handler } from './handler.js';

/** `readPaste`: takes a view. The request's id is the claim by which further chunks are fetched. */
export const readPaste: Handler<'readPaste'> = async (key, { pastes }, id) => {
  const view = await pastes.read(id, key);
  const { expiresInSeconds, chunk } = view;
  return { ...describe(view), expiresInSeconds, content: chunk };
};

/** What both a reader and whoever asks for the status are told. */
export const describe = ({ bytes, maxViews, views, expiresAt }: GuardedStatus) => ({
  size: bytes,
  views: maxViews ?? 0,
  viewsLeft: maxViews === undefined ? null : maxViews - views,
  expiresAt,
});
