import { useId } from 'react';
import styles from './key-field.module.css';

/** Where a key is typed or pasted. It is shown: nobody types 64 characters blindly, and it stands in the address bar otherwise. */
export function KeyField({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>Key</label>
      <input
        id={id}
        value={value}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </div>
  );
}
