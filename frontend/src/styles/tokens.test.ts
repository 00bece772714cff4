import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const source = join(import.meta.dirname, '..');
const tokens = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const [light = '', dark = ''] = tokens.split('prefers-color-scheme: dark');

function colour(theme: string, name: string): [number, number, number] {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(theme)?.[1];
  if (hex === undefined) throw new Error(`There is no --${name}.`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
}

/** WCAG 2.1, relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.1, contrast ratio. */
function contrast(theme: string, one: string, other: string): number {
  const [high = 0, low = 0] = [one, other]
    .map((name) => luminance(colour(theme, name)))
    .sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const themes = { light, dark };
/** 4.5 for text, 3 for the edges of what can be operated (WCAG 2.1, 1.4.3 and 1.4.11). */
const pairs: [number, string, string[]][] = [
  [4.5, 'ink', ['paper', 'surface', 'sunken', 'bad-ground', 'accent-ground']],
  [4.5, 'ink-soft', ['paper', 'surface']],
  [4.5, 'ink-faint', ['paper', 'surface', 'sunken']],
  [4.5, 'accent', ['paper', 'surface', 'accent-ground']],
  [4.5, 'accent-strong', ['paper', 'surface', 'accent-ground']],
  [4.5, 'on-accent', ['accent', 'accent-strong']],
  [4.5, 'bad', ['paper', 'surface', 'bad-ground']],
  [4.5, 'note-ink', ['note-ground']],
  [3, 'line-strong', ['paper', 'surface']],
  [3, 'good', ['paper', 'surface']],
  [3, 'busy', ['paper', 'surface']],
];

test.each(
  Object.entries(themes).flatMap(([name, theme]) =>
    pairs.flatMap(([atLeast, text, grounds]) =>
      grounds.map((ground) => [name, text, ground, atLeast, theme] as const),
    ),
  ),
)('in the %s theme, %s on %s has a contrast of at least %f', (_, text, ground, atLeast, theme) => {
  expect(contrast(theme, text, ground)).toBeGreaterThanOrEqual(atLeast);
});

const components = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx'))
  .map((name) => join(source, name));

test.each(components)('%s uses only classes that its stylesheet has', (file) => {
  const text = readFileSync(file, 'utf8');
  const sheet = /from '(\.\/[\w-]+\.module\.css)'/.exec(text)?.[1];
  const used = [...text.matchAll(/styles\['(\w+)'\]/g)].map(([, name]) => name);
  const css = sheet === undefined ? '' : readFileSync(join(dirname(file), sheet), 'utf8');
  for (const name of used) expect(css).toContain(`.${name}`);
});

test('every colour, length and font that a stylesheet uses is a token that exists', () => {
  const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.css'))
    .map((name) => readFileSync(join(source, name), 'utf8'))
    .join('\n');
  const used = new Set([...sheets.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  for (const name of used) expect(tokens).toContain(`${name ?? ''}:`);
  const literal = sheets.replace(tokens, '').match(/#[0-9a-f]{3,8}\b|rgb\(/g);
  expect(literal).toBeNull();
});
