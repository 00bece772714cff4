import { useRef, type KeyboardEvent } from 'react';
import { describeProgress, type PasteProgress } from '../pastes/progress.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { ProgressPanel } from '../ui/progress-panel.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import styles from './request-panel.module.css';
import { useConnectionView, useRetryConnection } from './use-connection-view.js';

/** How a request is going, and, if it waits for a connection that fails, why, and what can be done. */
export function RequestPanel({
  progress,
  startedAt,
  onCancel,
}: {
  progress: PasteProgress;
  startedAt: number;
  onCancel: () => void;
}) {
  const view = useConnectionView();
  const retry = useRetryConnection();
  const panel = useRef<HTMLDivElement>(null);
  const hasProblem = progress.stage === 'queued' && view.state === 'failed';
  useKeptFocus(String(hasProblem), panel);
  return (
    <div className={styles['stack']} ref={panel}>
      <ProgressPanel text={describeProgress(progress)} startedAt={startedAt}>
        <Button onClick={onCancel} onKeyDown={ignoreHeldKey} data-keeps-focus>
          Cancel
        </Button>
      </ProgressPanel>
      {hasProblem && (
        <ErrorMessage
          what="There is no connection to the mixnet."
          next={`${view.problem ?? ''} It is tried again by itself, and the request then goes on.`}
        >
          <Button onClick={retry}>Try now</Button>
        </ErrorMessage>
      )}
    </div>
  );
}

/** The focus comes here from the button that was pressed to begin; the key may still be down. */
function ignoreHeldKey(event: KeyboardEvent): void {
  if (event.repeat) event.preventDefault();
}
