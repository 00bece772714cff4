/** A table as Prettier sets it, so that a printed page passes its check. Cells hold one line of narrow characters. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map(line)].join('\n');
}

const begin = (name: string) => `<!-- printed: ${name} -->`;
const END = '<!-- end of what is printed -->';

/**
 * Puts each block between its marks.
 * @throws Error when a page lacks a mark, or has one that nobody prints
 */
export function fillPage(page: string, blocks: Readonly<Record<string, string>>): string {
  const marks = Array.from(page.matchAll(/^<!-- printed: (.+) -->$/gm), ([, name = '']) => name);
  const wanted = Object.keys(blocks);
  if ([...marks].sort().join() !== [...wanted].sort().join()) {
    throw new Error(`The page has marks for ${marks.join()}; printed are ${wanted.join()}.`);
  }
  return Object.entries(blocks).reduce((text, [name, block]) => {
    const from = text.indexOf(begin(name)) + begin(name).length;
    const to = text.indexOf(END, from);
    return `${text.slice(0, from)}\n\n${block}\n\n${text.slice(to)}`;
  }, page);
}
