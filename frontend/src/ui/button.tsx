import type { ComponentProps } from 'react';
import styles from './button.module.css';

type Kind = 'primary' | 'plain';

/** The primary kind is for the one thing that a page is about. */
export function Button({ kind = 'plain', ...rest }: { kind?: Kind } & ComponentProps<'button'>) {
  return <button type="button" {...rest} className={classOf(kind)} />;
}

/** A link that looks like its neighbours, the buttons. */
export function ButtonLink({ children, ...rest }: ComponentProps<'a'>) {
  return (
    <a {...rest} className={classOf('plain')}>
      {children}
    </a>
  );
}

const classOf = (kind: Kind) =>
  kind === 'primary' ? `${styles['button']} ${styles['primary']}` : styles['button'];
