import { RequestPanel } from '../app/request-panel.js';
import { Button } from '../ui/button.js';
import { ErrorMessage } from '../ui/error-message.js';
import { useStore } from '../ui/use-store.js';
import { KeyForm } from './key-form.js';
import { OpenPaste } from './open-paste.js';
import type { Reader, ReaderState } from './reader.js';
import styles from './read-page.module.css';

export function ReadPage({ reader }: { reader: Reader }) {
  const state = useStore(reader);
  return (
    <section className={styles['page']}>
      <h1 tabIndex={-1}>Paste</h1>
      <Body reader={reader} state={state} />
    </section>
  );
}

function Body({ reader, state }: { reader: Reader; state: ReaderState }) {
  switch (state.name) {
    case 'asking':
      return <Question because={state.because} onOpen={() => void reader.fetch()} />;
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

const QUESTIONS: Record<Extract<ReaderState, { name: 'asking' }>['because'], string> = {
  burn: 'This paste is destroyed after reading. It can be opened only a set number of times, often just once, and opening it now uses up one of them.',
  cancelled: 'Cancelled. Nothing has been asked of the service.',
  'cancelled-late':
    'Cancelled. The request was on its way already, and the service may have counted it as a read.',
};

function Question({ because, onOpen }: { because: keyof typeof QUESTIONS; onOpen: () => void }) {
  return (
    <div className={styles['question']}>
      <p>{QUESTIONS[because]}</p>
      <div>
        <Button kind="primary" onClick={onOpen}>
          Open the paste
        </Button>
      </div>
    </div>
  );
}
