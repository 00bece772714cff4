import styles from './footer.module.css';

export function Footer() {
  return (
    <footer className={styles['footer']}>
      <p>
        Experimental: do not rely on it for strong anonymity yet.{' '}
        <a href="#/about">What it protects, and what it does not</a>
      </p>
    </footer>
  );
}
