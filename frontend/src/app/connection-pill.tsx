import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from '../ui/use-store.js';
import { Button } from '../ui/button.js';
import { shorten } from '../ui/format.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import styles from './connection-pill.module.css';
import { useServices } from './services.js';
import { useConnectionView, useRetryConnection } from './use-connection-view.js';

const DETAILS_ID = 'connection-details';

/** The state of the connection in a word; more of it a click away. */
export function ConnectionPill() {
  const view = useConnectionView();
  return (
    <>
      <button
        type="button"
        className={styles['pill']}
        popoverTarget={DETAILS_ID}
        data-testid="connection-status"
        data-state={view.state}
        title="Details of the connection"
      >
        <span className={styles['dot']} />
        <span role="status">{view.label}</span>
        <ChevronDown size={16} aria-hidden />
      </button>
      <ConnectionDetails />
    </>
  );
}

function ConnectionDetails() {
  const view = useConnectionView();
  const retry = useRetryConnection();
  const details = useRef<HTMLDivElement>(null);
  useKeptFocus(view.state, details);
  return (
    <div
      ref={details}
      id={DETAILS_ID}
      popover="auto"
      className={styles['details']}
      role="dialog"
      aria-label="Connection"
    >
      <h2 tabIndex={-1} data-keeps-focus>
        {view.label}
      </h2>
      <p>{view.detail}</p>
      <Facts />
      {view.cause !== undefined && view.cause !== '' && (
        <p className={styles['cause']}>The client says: {view.cause}</p>
      )}
      {view.state === 'failed' && <Button onClick={retry}>Try now</Button>}
    </div>
  );
}

function Facts() {
  const { instance, connection } = useServices();
  const state = useStore(connection);
  const instanceState = useStore(instance);
  const config = instanceState.name === 'ready' ? instanceState.config : undefined;
  const facts = [
    ['Network', config === undefined ? undefined : NETWORKS[config.network]],
    ['Gateway', 'gateway' in state ? state.gateway : undefined],
    ['Your address', 'address' in state ? state.address : undefined],
    ['Service', config?.serviceAddresses[0]],
    ['Failed attempts', 'failures' in state && state.failures > 0 ? state.failures : undefined],
  ] as const;
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={String(value)}>{shorten(String(value), 12)}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

const NETWORKS = { local: 'local, for tests', mainnet: 'Nym mainnet' };
