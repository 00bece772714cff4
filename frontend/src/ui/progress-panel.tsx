import type { ReactNode } from 'react';
import styles from './progress-panel.module.css';
import { useNow } from './use-now.js';

/** What is being done, since when, and a way out. Nothing moves but the seconds. */
export function ProgressPanel({
  text,
  startedAt,
  children,
}: {
  text: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  children: ReactNode;
}) {
  const seconds = Math.max(0, Math.floor((useNow(1000) - startedAt) / 1000));
  return (
    <div className={styles['panel']}>
      <p className={styles['line']}>
        <span role="status">{text}</span>
        <span className={styles['seconds']}>{seconds} s</span>
      </p>
      {children}
    </div>
  );
}
