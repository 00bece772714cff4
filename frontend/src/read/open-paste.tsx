import { Download } from 'lucide-react';
import { isDestroyed, type PasteFacts } from '../pastes/fetch.js';
import type { AttachedFile, PasteDocument } from '../pastes/open.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { safeFileName } from '../ui/file-name.js';
import { formatBytes } from '../ui/format.js';
import { saveFile } from '../ui/save-file.js';
import { Warning } from '../ui/warning.js';
import { describeFacts } from './facts-text.js';
import styles from './open-paste.module.css';

/** The text, as text and nothing else: whatever it says, it is shown and not done. */
export function OpenPaste({
  document: { text, file },
  facts,
}: {
  document: PasteDocument;
  facts: PasteFacts;
}) {
  return (
    <>
      {isDestroyed(facts) && <Destroyed />}
      {(text !== '' || file === undefined) && <Text text={text} />}
      {file !== undefined && <Attachment file={file} />}
      <ul className={styles['facts']} aria-label="About this paste">
        {describeFacts(facts).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </>
  );
}

function Destroyed() {
  return (
    <Warning>
      <strong>This was the last read: the service has destroyed the paste.</strong> Copy or save
      what you need before you leave.
    </Warning>
  );
}

function Text({ text }: { text: string }) {
  return (
    <div className={styles['paste']}>
      <div className={styles['actions']}>
        <CopyButton text={text} label="Copy text" />
        <Button
          onClick={() => {
            saveFile('paste.txt', text);
          }}
        >
          <Download size={18} aria-hidden />
          Save as file
        </Button>
      </div>
      {/* Scrolled by keyboard where it is long. */}
      <pre className={styles['content']} data-testid="paste-content">
        {text}
      </pre>
    </div>
  );
}

function Attachment({ file }: { file: AttachedFile }) {
  const name = safeFileName(file.name);
  return (
    <div className={styles['attachment']}>
      <p>
        Attached: <span className={styles['name']}>{name}</span>, {formatBytes(file.bytes.length)}.
        It comes from whoever made the paste; open it only if you trust them.
      </p>
      <Button
        onClick={() => {
          saveFile(name, file.bytes);
        }}
      >
        <Download size={18} aria-hidden />
        Save
      </Button>
    </div>
  );
}
