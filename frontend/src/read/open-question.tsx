import { useState } from 'react';
import { readTypedKey } from '../pastes/paste-link.js';
import { Button } from '../ui/button.js';
import { KeyField } from './key-field.js';
import styles from './open-question.module.css';
import type { Because } from './reader.js';

const QUESTIONS: Record<Because, string> = {
  limited:
    'This paste is destroyed after reading. It can be opened only a set number of times, often just once, and opening it now uses up one of them.',
  cancelled: 'Cancelled. Nothing has been asked of the service.',
  'cancelled-late':
    'Cancelled. The request was on its way already, and the service may have counted it as a read. Opening the paste again on this page counts as the same one.',
};

/** Asks before a read is spent; and for the key, where the link has none, because afterwards may be too late. */
export function OpenQuestion({
  because,
  lacksKey,
  onOpen,
}: {
  because: Because;
  lacksKey: boolean;
  /** @param key empty if there is none */
  onOpen: (key: string) => void;
}) {
  const [key, setKey] = useState('');
  return (
    <form
      className={styles['question']}
      onSubmit={(event) => {
        event.preventDefault();
        onOpen(readTypedKey(key));
      }}
    >
      <p>{QUESTIONS[because]}</p>
      {lacksKey && (
        <>
          <p>
            The link carries no key. If the paste is encrypted, whoever sent the link has one for
            you: enter it before you open the paste. A public paste needs none.
          </p>
          <KeyField value={key} onChange={setKey} />
        </>
      )}
      <div>
        <Button kind="primary" type="submit">
          Open the paste
        </Button>
      </div>
    </form>
  );
}
