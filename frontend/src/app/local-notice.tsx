import { useStore } from '../ui/use-store.js';
import styles from './local-notice.module.css';
import { useServices } from './services.js';

/** A network on one machine must never be taken for one that protects somebody. */
export function LocalNotice() {
  const state = useStore(useServices().instance);
  if (state.name !== 'ready' || state.config.network !== 'local') return null;
  return (
    <aside className={styles['notice']} aria-label="Local test network">
      <p>
        <strong>Local test network.</strong> All of its nodes run on one machine, so it hides
        nobody.
      </p>
    </aside>
  );
}
