import { MAX_VIEWS } from '@pastenym/shared/limits';
import { RequestPanel } from '../app/request-panel.js';
import { useServices } from '../app/services.js';
import { isViewCount } from '../pastes/lifetime.js';
import { MAX_PASTE_BYTES } from '../pastes/limits.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { formatBytes, formatCount } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import { useStore } from '../ui/use-store.js';
import styles from './compose-actions.module.css';
import { lifetimeOf, obstacleOf, type ComposerState } from './composer.js';
import { describeLifetime } from './lifetime-text.js';

/** What will happen, the button that makes it happen, and how it is going. */
export function ComposeActions() {
  const { composer } = useServices();
  const state = useStore(composer);
  if (state.phase.name === 'sending') {
    return <RequestPanel {...state.phase} onCancel={composer.cancel} />;
  }
  const obstacle = obstacleOf(state);
  return (
    <>
      <Outlook state={state} />
      <Complaint state={state} />
      <div className={styles['row']}>
        <Button
          kind="primary"
          type="submit"
          data-testid="create-button"
          data-keeps-focus
          disabled={obstacle !== undefined}
        >
          Create paste
        </Button>
        <span className={styles['keys']}>Ctrl + Enter</span>
      </div>
    </>
  );
}

/** What becomes of the paste, with these options. */
function Outlook({ state: { options } }: { state: ComposerState }) {
  const now = useNow(30_000);
  const lifetime = lifetimeOf(options);
  if (lifetime.views !== undefined && !isViewCount(lifetime.views)) return null;
  return (
    <p className={styles['outlook']}>
      {describeLifetime(lifetime, now)}{' '}
      {options.encrypted
        ? 'Encrypted in this browser before it is sent.'
        : 'Public: not encrypted, so whoever runs the service can read it, and whoever has the link.'}
    </p>
  );
}

function Complaint({ state }: { state: ComposerState }) {
  const { bytes, phase } = state;
  const obstacle = obstacleOf(state);
  if (obstacle === 'too-large') {
    return (
      <ErrorMessage
        what={`The text has ${formatBytes(bytes)}; a paste can have ${formatBytes(MAX_PASTE_BYTES)}.`}
        next="Shorten it, or send it in parts."
      />
    );
  }
  if (obstacle === 'bad-reads') {
    return (
      <ErrorMessage
        what="It is not clear how often the paste can be read."
        next={`Enter a whole number from 1 to ${formatCount(MAX_VIEWS)}.`}
      />
    );
  }
  if (phase.name === 'cancelled') return <Cancelled />;
  if (phase.name !== 'failed') return null;
  const { what, next } = phase.failure;
  return <ErrorMessage what={what} next={`${next} Your text is still here.`} />;
}

/** No failure, but not as if nothing had happened. */
function Cancelled() {
  return (
    <p className={styles['note']} role="status">
      Cancelled. The paste was on its way already, so it may be stored; without its link nobody
      finds it. If you create it again, unchanged, it is not stored twice, and you get the link.
    </p>
  );
}
