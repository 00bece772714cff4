import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { MAX_PASTE_BYTES } from '../pastes/limits.js';
import { formatBytes } from '../ui/format.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { useStore } from '../ui/use-store.js';
import { useServices } from '../app/services.js';
import styles from './compose-page.module.css';
import { ComposeActions } from './compose-actions.js';
import { ComposeOptionsRow } from './compose-options.js';
import { PasteResult } from './paste-result.js';

export function ComposePage() {
  const { composer } = useServices();
  const { phase } = useStore(composer);
  return phase.name === 'done' ? <PasteResult {...phase} onNew={composer.clear} /> : <Form />;
}

function Form() {
  const { composer } = useServices();
  const { phase } = useStore(composer);
  const isSending = phase.name === 'sending';
  const form = useRef<HTMLFormElement>(null);
  useKeptFocus(String(isSending), form);
  return (
    <form
      ref={form}
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void composer.create();
      }}
    >
      <h1 tabIndex={-1}>New paste</h1>
      <TextField isSending={isSending} />
      <ComposeOptionsRow isSending={isSending} />
      <ComposeActions />
    </form>
  );
}

/** Uncontrolled: React would read the text back from the page at every key, which takes a browser long where there is much of it. */
function TextField({ isSending }: { isSending: boolean }) {
  const { composer } = useServices();
  const { text, bytes } = useStore(composer);
  const [initialText] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // Where there is a keyboard, one can begin at once; where there is not, one would pop up.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void composer.create();
  };
  const isOver = bytes > MAX_PASTE_BYTES;
  return (
    <div className={styles['field']}>
      <textarea
        ref={field}
        className={styles['text']}
        data-testid="paste-input"
        aria-label="Text of the paste"
        aria-describedby="paste-size"
        aria-invalid={isOver}
        placeholder="Write or paste text here"
        spellCheck={false}
        autoComplete="off"
        defaultValue={initialText}
        readOnly={isSending}
        onChange={(event) => {
          composer.write(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <p id="paste-size" className={styles['size']} data-over={isOver}>
        {formatBytes(bytes)} of {formatBytes(MAX_PASTE_BYTES)}
      </p>
    </div>
  );
}
