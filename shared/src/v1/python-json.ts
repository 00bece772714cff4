/**
 * The JSON of version 1 replies, as Python's `json.dumps` writes it: `", "` and `": "` between things, and everything outside of printable
 * ASCII as `\uXXXX`. A JSON parser sees no difference; clients that compare or search the text do.
 */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function pythonJson(value: JsonValue): string {
  if (typeof value === 'string') return asciiString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (!isJsonObject(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const members = Object.entries(value).map(([k, v]) => `${asciiString(k)}: ${pythonJson(v)}`);
  return `{${members.join(', ')}}`;
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Printable ASCII that needs no escape, as ciphertext in base64 is. To look is a fraction of what JSON.stringify takes for a long text. */
const PLAIN = /^[ !#-[\]-~]*$/;

function asciiString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
