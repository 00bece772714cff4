import { describeConnection, type ConnectionView } from '../connection/describe.js';
import { useStore } from '../ui/use-store.js';
import { useServices } from './services.js';

/** The connection as a person sees it, as it changes. */
export function useConnectionView(): ConnectionView {
  const { instance, connection } = useServices();
  return describeConnection(useStore(instance), useStore(connection));
}

/** Does now what would be done later anyway. */
export function useRetryConnection(): () => void {
  const { instance, connection } = useServices();
  return () => {
    instance.load();
    connection.retry();
  };
}
