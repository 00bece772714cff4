import { createContext, useContext } from 'react';
import type { Connection } from '../connection/connection.js';
import { createConnection } from '../connection/connection.js';
import { nymLinkOpener } from '../connection/nym-transport.js';
import { createTransport, TRANSPORT_TIMES } from '../connection/transport.js';
import { createComposer, holdsUnsentText, type Composer } from '../compose/composer.js';
import {
  createInstance,
  serviceAddressesOf,
  type Instance,
  type InstanceConfig,
} from '../instance/instance.js';
import type { Reader } from '../read/reader.js';
import type { Store } from '../store.js';
import { readersOf } from './follow-route.js';
import { routeStore, type Route } from './route.js';

/** Everything that lives as long as the page, made once and handed to the components. */
export interface Services {
  instance: Instance;
  connection: Connection;
  route: Store<Route>;
  composer: Composer;
  reader: Store<Reader | undefined>;
}

/** Wires it up and sets it going: the instance is asked for, and as soon as its network is known, the mixnet client starts. */
export function startServices(): Services {
  const instance = createInstance();
  const connection = createConnection((listener) => nymLinkOpener(configOf(instance))(listener));
  const transport = createTransport({
    connection,
    serviceAddresses: serviceAddressesOf(instance),
    times: () => TRANSPORT_TIMES[configOf(instance).network],
    onUnanswered: instance.refresh,
  });
  const route = routeStore();
  const composer = createComposer(transport);
  instance.subscribe(() => {
    if (instance.get().name === 'ready') connection.start();
  });
  instance.load();
  addEventListener('online', () => {
    instance.load();
    connection.retry();
  });
  const readers = readersOf(route, transport);
  askBeforeLosing(composer, readers.holdsLast);
  return { instance, connection, route, composer, reader: readers.current };
}

/** The connection starts when the configuration is there, and requests are sent when there is a connection. */
function configOf(instance: Instance): InstanceConfig {
  const state = instance.get();
  if (state.name !== 'ready') throw new Error('The instance is not known yet.');
  return state.config;
}

/** The listener is there only while it is needed: with one, browsers keep no page for going back. */
function askBeforeLosing(composer: Composer, holdsLastPaste: Store<boolean>): void {
  const ask = (event: BeforeUnloadEvent) => {
    event.preventDefault();
  };
  const look = () => {
    const wouldLose = holdsUnsentText(composer.get()) || holdsLastPaste.get();
    if (wouldLose) addEventListener('beforeunload', ask);
    else removeEventListener('beforeunload', ask);
  };
  composer.subscribe(look);
  holdsLastPaste.subscribe(look);
}

const Context = createContext<Services | undefined>(undefined);

export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (services === undefined) throw new Error('There is no ServicesProvider.');
  return services;
}
