import { useRef } from 'react';
import { RequestPanel } from '../app/request-panel.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { useStore } from '../ui/use-store.js';
import { KeyForm } from './key-form.js';
import { OpenPaste } from './open-paste.js';
import { OpenQuestion } from './open-question.js';
import type { Reader, ReaderState } from './reader.js';
import styles from './read-page.module.css';

const HEADINGS: Record<ReaderState['name'], string> = {
  asking: 'Open this paste?',
  fetching: 'Opening the paste',
  failed: 'The paste was not opened',
  sealed: 'This paste needs its key',
  open: 'Paste',
};

export function ReadPage({ reader }: { reader: Reader }) {
  const state = useStore(reader);
  const page = useRef<HTMLElement>(null);
  useKeptFocus(state.name, page);
  return (
    <section className={styles['page']} ref={page}>
      <h1 tabIndex={-1}>{HEADINGS[state.name]}</h1>
      <Body reader={reader} state={state} />
    </section>
  );
}

function Body({ reader, state }: { reader: Reader; state: ReaderState }) {
  switch (state.name) {
    case 'asking':
      return <OpenQuestion {...state} onOpen={(key) => void reader.fetch(key)} />;
    case 'fetching':
      return <RequestPanel {...state} onCancel={reader.cancel} />;
    case 'failed':
      return (
        <ErrorMessage {...state.failure}>
          {state.failure.retry && <Button onClick={() => void reader.fetch()}>Try again</Button>}
        </ErrorMessage>
      );
    case 'sealed':
      return <KeyForm {...state} onKey={(key) => void reader.tryKey(key)} />;
    case 'open':
      return <OpenPaste {...state} />;
  }
}
