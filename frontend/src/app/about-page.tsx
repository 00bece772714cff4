import styles from './about-page.module.css';

/** What it protects and what it does not, in plain words. */
export function AboutPage() {
  return (
    <article className={styles['prose']}>
      <h1 tabIndex={-1}>What this protects, and what it does not</h1>
      <p>
        Pastenym keeps a text for a while, under a link. Your browser encrypts it before it leaves,
        and both the paste and its readers reach the service through the Nym mixnet: a chain of
        gateways and mix nodes in which messages of the same size are delayed and change places.
      </p>
      <p className={styles['warning']}>
        This is experimental software that nobody independent has audited. Do not rely on it for
        strong anonymity yet, least of all where your safety depends on it.
      </p>

      <h2>Protected</h2>
      <ul>
        <li>
          <strong>The text.</strong> It is encrypted with a fresh key (AES-256-GCM). The key stands
          in the link behind the #, a part that browsers send to nobody. The service keeps what it
          cannot read, unless you switch encryption off.
        </li>
        <li>
          <strong>Who you are.</strong> The service sees no network address, only reply envelopes
          that work once. Every load of this page is a new client on the mixnet, with new keys.
        </li>
        <li>
          <strong>Your traces here.</strong> The page stores nothing in the browser: no cookies, no
          history of pastes, no keys. Once it has loaded, it talks to the directory of the Nym
          network and to one gateway, and to nobody else; but if the service does not answer, it
          asks its own server whether the service has moved.
        </li>
      </ul>

      <h2>Not protected</h2>
      <ul>
        <li>
          <strong>Loading this page is visible</strong> to its server and to your network, as any
          page is. Use Tor Browser or a VPN if that matters.
        </li>
        <li>
          <strong>This page could be replaced.</strong> Whoever runs the server that sends it could
          send one that steals keys. Use an instance that you trust, or run your own.
        </li>
        <li>
          <strong>The link is the key.</strong> Whoever gets hold of it can read the paste, and it
          stays in the address bar and in the history of your browser. Send it over a channel that
          you trust.
        </li>
        <li>
          <strong>Sizes and times.</strong> The service sees roughly how long a paste is, when it
          comes, and when it is read. Two requests of one page load can be told to belong together.
        </li>
        <li>
          <strong>Destroying is a promise.</strong> The service deletes a paste that has expired or
          been read often enough, but nothing can force it to, and a reader can keep a copy.
        </li>
        <li>
          <strong>A local test network hides nobody.</strong> The page says so at its top wherever
          one is in use.
        </li>
      </ul>
    </article>
  );
}
