import { useId, useState } from 'react';
import type { Failure } from '../pastes/failures.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import styles from './key-form.module.css';

/** The paste is here, but sealed: asks for a key, as often as it takes. */
export function KeyForm({
  failure,
  onKey,
}: {
  failure: Failure | undefined;
  onKey: (key: string) => void;
}) {
  const [key, setKey] = useState('');
  const id = useId();
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        onKey(key.trim());
      }}
    >
      {failure === undefined ? (
        <p>
          The paste has been fetched, and is encrypted. The link carries no key: whoever sent it has
          one for you.
        </p>
      ) : (
        <ErrorMessage what={failure.what} next={failure.next} />
      )}
      <label htmlFor={id}>Key</label>
      <div className={styles['row']}>
        <input
          id={id}
          value={key}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => {
            setKey(event.target.value);
          }}
        />
        <Button kind="primary" type="submit" disabled={key.trim() === ''}>
          Open
        </Button>
      </div>
    </form>
  );
}
