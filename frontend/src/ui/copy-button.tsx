import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.js';
import { copyText } from './copy.js';

const SAID_FOR_MS = 2500;

/** A button that copies, and says whether it has. */
export function CopyButton({
  text,
  label,
  kind = 'plain',
}: {
  text: string;
  label: string;
  kind?: 'primary' | 'plain';
}) {
  const [said, setSaid] = useState<'copied' | 'not copied'>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => {
      setSaid(undefined);
    }, SAID_FOR_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);

  const copy = async () => {
    setSaid((await copyText(text)) ? 'copied' : 'not copied');
  };
  return (
    <Button kind={kind} onClick={() => void copy()}>
      {said === 'copied' ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
      <span aria-live="polite">{said === undefined ? label : SAYINGS[said]}</span>
    </Button>
  );
}

const SAYINGS = { copied: 'Copied', 'not copied': 'Select and copy it by hand' };
