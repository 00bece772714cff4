import { useEffect, useRef } from 'react';
import { ComposePage } from '../compose/compose-page.js';
import { ReadPage } from '../read/read-page.js';
import { ErrorMessage } from '../ui/error-message.js';
import { useStore } from '../ui/use-store.js';
import { FAILURES } from '../pastes/failures.js';
import { AboutPage } from './about-page.js';
import styles from './app.module.css';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { LocalNotice } from './local-notice.js';
import type { Route } from './route.js';
import { useServices } from './services.js';

const TITLES: Record<Route['page'], string> = {
  compose: 'New paste',
  read: 'Paste',
  about: 'About',
  'newer-link': 'Unknown link',
  'bad-link': 'Unknown link',
};

export function App() {
  const route = useStore(useServices().route);
  const main = useRef<HTMLElement>(null);
  usePageChange(route, main);
  return (
    <>
      <Header />
      <LocalNotice />
      <main className={styles['main']} ref={main}>
        <Page route={route} />
      </main>
      <Footer />
    </>
  );
}

function Page({ route }: { route: Route }) {
  const { reader } = useServices();
  const current = useStore(reader);
  switch (route.page) {
    case 'compose':
      return <ComposePage />;
    case 'about':
      return <AboutPage />;
    case 'read':
      return current === undefined ? null : <ReadPage key={current.id} reader={current} />;
    case 'newer-link':
      return <UnknownLink {...NEWER} />;
    case 'bad-link':
      return <UnknownLink {...FAILURES['bad-link']} />;
  }
}

const NEWER = {
  what: 'This link was made by a newer version of Pastenym.',
  next: 'Reload the page. If that does not help, ask whoever runs this instance to update it.',
};

function UnknownLink({ what, next }: { what: string; next: string }) {
  return (
    <div className={styles['stack']}>
      <h1 tabIndex={-1}>Unknown link</h1>
      <ErrorMessage what={what} next={next} />
    </div>
  );
}

/** A new page gets its title, and the attention of a screen reader; the first one has that anyway. */
function usePageChange(route: Route, main: React.RefObject<HTMLElement | null>): void {
  const { instance } = useServices();
  const state = useStore(instance);
  const instanceName = state.name === 'ready' ? state.config.instanceName : 'Pastenym';
  useEffect(() => {
    document.title = `${TITLES[route.page]} – ${instanceName}`;
  }, [route, instanceName]);
  const shown = useRef(route);
  useEffect(() => {
    if (shown.current === route) return;
    shown.current = route;
    scrollTo(0, 0);
    main.current?.querySelector('h1')?.focus();
  }, [route, main]);
}
