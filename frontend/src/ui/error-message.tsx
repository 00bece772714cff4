import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './error-message.module.css';

/** What happened, what to do next, and the means to do it. */
export function ErrorMessage({
  what,
  next,
  children,
}: {
  what: string;
  next: string;
  /** Buttons, if there is something to press. */
  children?: ReactNode;
}) {
  return (
    <div className={styles['box']} role="alert" data-testid="error-message">
      <TriangleAlert size={20} className={styles['icon']} aria-hidden />
      <div className={styles['text']}>
        <p className={styles['what']}>{what}</p>
        <p>{next}</p>
        {Boolean(children) && <div className={styles['actions']}>{children}</div>}
      </div>
    </div>
  );
}
