/** How Rust prints the values that occur in serde_json's messages. */

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  '\\': '\\\\',
};

/** Not printable to Rust: the categories C and Z but the space, and what would join the character before it. */
const UNPRINTABLE = /\p{C}|(?! )\p{Z}|\p{Grapheme_Extend}/u;

function escapeCharacter(character: string): string {
  const escape = ESCAPES[character];
  if (escape !== undefined) return escape;
  if (!UNPRINTABLE.test(character)) return character;
  return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
}

/** A string as `{:?}` prints it (Rust's `impl Debug for str`). */
export function debugString(text: string): string {
  return `"${Array.from(text, (c) => (c === '"' ? '\\"' : escapeCharacter(c))).join('')}"`;
}

/** A character as `{:?}` prints it (Rust's `impl Debug for char`). */
export function debugCharacter(character: string): string {
  return `'${character === "'" ? "\\'" : escapeCharacter(character)}'`;
}

/** Decimal exponents between which serde_json (1.0.150, by the crate zmij) writes a float without one. */
const MIN_PLAIN_EXPONENT = -5;
const MAX_PLAIN_EXPONENT = 15;

/** A finite float as serde_json prints it in its messages: the shortest digits, always with a point or an exponent. */
export function floatText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < MIN_PLAIN_EXPONENT || power > MAX_PLAIN_EXPONENT) return `${mantissa}e${exponent}`;
  if (power < 0) return value.toFixed(digitsAfterPoint(mantissa) - power);
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function digitsAfterPoint(mantissa: string): number {
  return mantissa.split('.')[1]?.length ?? 0;
}
