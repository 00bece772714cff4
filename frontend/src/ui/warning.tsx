import { Flame } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './warning.module.css';

/** Something that cannot be undone. */
export function Warning({ children }: { children: ReactNode }) {
  return (
    <p className={styles['warning']}>
      <Flame size={20} aria-hidden />
      <span>{children}</span>
    </p>
  );
}
