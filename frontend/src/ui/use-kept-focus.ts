import { useEffect, useRef, type RefObject } from 'react';

/** What takes the focus, if something does; else the heading does, if it can. */
const TAKERS = ['[data-keeps-focus]', 'h1'];

/**
 * A button that is pressed often goes away with what it was about, and the focus of the keyboard and of a screen reader with it: to the top
 * of the page. When `shown` changes and that has happened, the place goes on in what is shown now.
 */
export function useKeptFocus(shown: string, container: RefObject<HTMLElement | null>): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    if (document.activeElement !== document.body) return;
    for (const taker of TAKERS) {
      const element = container.current?.querySelector<HTMLElement>(taker);
      if (element === null || element === undefined) continue;
      element.focus();
      return;
    }
  }, [shown, container]);
}
