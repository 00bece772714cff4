import { ExternalLink, Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ShareLink } from '@pastenym/shared/share-link';
import type { Lifetime } from '../pastes/lifetime.js';
import { formatShareLink } from '@pastenym/shared/share-link';
import { Button, ButtonLink } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { describeLifetime } from './lifetime-text.js';
import styles from './paste-result.module.css';

/** The link, and what to do with it. */
export function PasteResult({
  link,
  lifetime,
  createdAt,
  onNew,
}: {
  link: ShareLink;
  lifetime: Lifetime;
  createdAt: number;
  onNew: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const url = formatShareLink(location.href, link);
  const isEncrypted = link.version === 2 || link.key !== undefined;
  return (
    <section className={styles['result']} aria-labelledby="result-heading">
      <h1 id="result-heading" ref={heading} tabIndex={-1}>
        Your paste is stored
      </h1>
      <div className={styles['box']}>
        <a className={styles['link']} href={url} data-testid="paste-link">
          {url}
        </a>
      </div>
      <div className={styles['actions']}>
        <CopyButton kind="primary" text={url} label="Copy link" />
        <ButtonLink href={url} target="_blank" rel="noopener noreferrer">
          <ExternalLink size={18} aria-hidden />
          Open in a new tab
        </ButtonLink>
        <Button onClick={onNew}>
          <Plus size={18} aria-hidden />
          New paste
        </Button>
      </div>
      <div className={styles['notes']}>
        <p>{describeLifetime(lifetime, createdAt)}</p>
        <p>
          {isEncrypted
            ? 'The key is in the link, behind the #. It has not left this browser, and without it nobody can read the paste. The link is not kept here: copy it before you leave.'
            : 'The paste is public: whoever has the link can read it, and so can whoever runs the service. The link is not kept here: copy it before you leave.'}
        </p>
      </div>
    </section>
  );
}
