import { describeProgress, type PasteProgress } from '../pastes/progress.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { ProgressPanel } from '../ui/progress-panel.js';
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
  return (
    <div className={styles['stack']}>
      <ProgressPanel text={describeProgress(progress)} startedAt={startedAt}>
        <Button onClick={onCancel}>Cancel</Button>
      </ProgressPanel>
      {progress.stage === 'queued' && view.state === 'failed' && (
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
