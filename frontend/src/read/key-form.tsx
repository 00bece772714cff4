import { useState } from 'react';
import type { Failure } from '../pastes/failures.js';
import { isDestroyed, type PasteFacts } from '../pastes/fetch.js';
import { readTypedKey } from '../pastes/paste-link.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { Warning } from '../ui/warning.js';
import { KeyField } from './key-field.js';
import styles from './key-form.module.css';

/** The paste is here, but sealed: asks for a key, as often as it takes. */
export function KeyForm({
  facts,
  failure,
  onKey,
}: {
  facts: PasteFacts;
  failure: Failure | undefined;
  onKey: (key: string) => void;
}) {
  const [key, setKey] = useState('');
  const [tries, setTries] = useState(0);
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        setTries(tries + 1);
        onKey(readTypedKey(key));
      }}
    >
      {failure === undefined ? (
        <p>
          The paste has been fetched, and is encrypted. The link carries no key: whoever sent it has
          one for you.
        </p>
      ) : (
        // A new one each time, so that it is read out each time.
        <ErrorMessage key={tries} what={failure.what} next={failure.next} />
      )}
      <Stay facts={facts} />
      <div className={styles['row']}>
        <KeyField value={key} onChange={setKey} />
        <Button kind="primary" type="submit" disabled={key.trim() === ''}>
          Open
        </Button>
      </div>
    </form>
  );
}

/** Why one should not reload: what reading has cost already. */
function Stay({ facts }: { facts: PasteFacts }) {
  if (facts.maxViews === undefined) return null;
  return isDestroyed(facts) ? (
    <Warning>
      <strong>This page holds the only copy.</strong> This was the last read, and the service has
      destroyed the paste. Do not close or reload this page before it is open.
    </Warning>
  ) : (
    <p>Reloading this page would use up another read. Trying keys here does not.</p>
  );
}
