import { useId, type ReactNode } from 'react';
import { MAX_VIEWS } from '@pastenym/shared/limits';
import { useServices } from '../app/services.js';
import { EXPIRIES, isExpiry } from '../pastes/lifetime.js';
import { useStore } from '../ui/use-store.js';
import type { ComposeOptions } from './composer.js';
import styles from './compose-options.module.css';

/** How long the paste lives, how often it is read, and whether it is encrypted. */
export function ComposeOptionsRow({ isSending }: { isSending: boolean }) {
  return (
    <fieldset className={styles['row']} disabled={isSending} aria-label="Options">
      <ExpiryField />
      <ReadsField />
      <EncryptionField />
    </fieldset>
  );
}

function ExpiryField() {
  const [{ expiry }, choose] = useOptions();
  return (
    <Labelled label="Expires in">
      {(id) => (
        <select
          id={id}
          value={expiry ?? ''}
          onChange={({ target }) => {
            choose({ expiry: isExpiry(target.value) ? target.value : undefined });
          }}
        >
          {EXPIRIES.map((phrase) => (
            <option key={phrase}>{phrase}</option>
          ))}
          <option value="">never</option>
        </select>
      )}
    </Labelled>
  );
}

function ReadsField() {
  const [{ reads, severalReads }, choose] = useOptions();
  return (
    <div className={styles['pair']}>
      <Labelled label="Destroyed after">
        {(id) => (
          <select
            id={id}
            value={reads}
            onChange={({ target }) => {
              // The values are those of the options below.
              choose({ reads: target.value as ComposeOptions['reads'] });
            }}
          >
            <option value="any">any number of reads</option>
            <option value="one">1 read</option>
            <option value="several">a number of reads</option>
          </select>
        )}
      </Labelled>
      {reads === 'several' && (
        <Labelled label="Reads">
          {(id) => (
            <input
              id={id}
              className={styles['number']}
              type="number"
              inputMode="numeric"
              min={1}
              max={MAX_VIEWS}
              value={Number.isNaN(severalReads) ? '' : severalReads}
              onChange={({ target }) => {
                choose({ severalReads: target.valueAsNumber });
              }}
            />
          )}
        </Labelled>
      )}
    </div>
  );
}

function EncryptionField() {
  const [{ encrypted }, choose] = useOptions();
  return (
    <Labelled label="Encryption">
      {(id) => (
        <span className={styles['check']} data-warning={!encrypted}>
          <input
            id={id}
            type="checkbox"
            checked={encrypted}
            onChange={({ target }) => {
              choose({ encrypted: target.checked });
            }}
          />
          {encrypted ? 'Only the link opens it' : 'Off: the operator can read it too'}
        </span>
      )}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={styles['option']}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function useOptions() {
  const { composer } = useServices();
  return [useStore(composer).options, composer.choose] as const;
}
