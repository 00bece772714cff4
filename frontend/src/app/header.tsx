import type { MouseEvent } from 'react';
import { useStore } from '../ui/use-store.js';
import { ConnectionPill } from './connection-pill.js';
import styles from './header.module.css';
import { Mark } from './mark.js';
import { useServices } from './services.js';

export function Header() {
  const { instance, route, composer } = useServices();
  const state = useStore(instance);
  const { page } = useStore(route);
  const name = state.name === 'ready' ? state.config.instanceName : 'Pastenym';
  // Where the result is shown, the link leads to the address that is there already.
  const beginNew = (event: MouseEvent) => {
    if (isForThisTab(event)) composer.leaveResult();
  };
  return (
    <header className={styles['header']}>
      <div className={styles['inner']}>
        <a href="#/" className={styles['home']} onClick={beginNew}>
          <Mark />
          <span className={styles['name']}>{name}</span>
        </a>
        <nav className={styles['nav']} aria-label="Pages">
          <a href="#/" aria-current={page === 'compose' ? 'page' : undefined} onClick={beginNew}>
            New
          </a>
          <a href="#/about" aria-current={page === 'about' ? 'page' : undefined}>
            About
          </a>
        </nav>
        <ConnectionPill />
      </div>
    </header>
  );
}

const isForThisTab = ({ ctrlKey, metaKey, shiftKey }: MouseEvent) =>
  !ctrlKey && !metaKey && !shiftKey;
