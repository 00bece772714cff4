import { JsonError, JsonReader, type JsonValue } from './json-reader.js';
import { debugString, floatText } from './rust-text.js';

/**
 * Reads JSON as serde's internally tagged enums do (`#[serde(tag = "type")]`): an object with the variant's name in
 * `type` and its fields beside it, or, as serde also takes, an array of the name and then the fields in their order.
 * Errors up to the tag carry a position. Errors among the fields carry none, because serde reads those from a copy.
 */

/** One kind of field: its name in messages, and how it is taken from a value. */
export interface Field<T> {
  /** The value of an absent field; a field without it is mandatory. */
  absent?: { value: T };
  /** @throws JsonError */
  take(value: JsonValue): T;
}

export type Fields = Record<string, Field<unknown>>;
export type FieldValues<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

const MAX_U64 = 2n ** 64n - 1n;
const MAX_U32 = 2n ** 32n - 1n;

export const stringField: Field<string> = {
  take: (value) => (value.kind === 'string' ? value.value : wrongType(value, 'a string')),
};

export const u64Field: Field<bigint> = { take: (value) => takeInteger(value, MAX_U64, 'u64') };

export const u32Field: Field<number> = {
  take: (value) => Number(takeInteger(value, MAX_U32, 'u32')),
};

/** A field that may be absent or `null`. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    absent: { value: undefined },
    take: (value) => (value.kind === 'null' ? undefined : field.take(value)),
  };
}

function takeInteger(value: JsonValue, max: bigint, expected: string): bigint {
  if (value.kind !== 'integer') return wrongType(value, expected);
  if (value.value >= 0n && value.value <= max) return value.value;
  throw new JsonError(`invalid value: ${describe(value)}, expected ${expected}`);
}

function wrongType(value: JsonValue, expected: string): never {
  throw new JsonError(`invalid type: ${describe(value)}, expected ${expected}`);
}

/** A value as serde_json names it in its messages. */
function describe(value: JsonValue): string {
  switch (value.kind) {
    case 'boolean':
      return `boolean \`${String(value.value)}\``;
    case 'integer':
      return `integer \`${value.value}\``;
    case 'float':
      return `floating point \`${floatText(value.value)}\``;
    case 'string':
      return `string ${debugString(value.value)}`;
    case 'null':
    case 'sequence':
    case 'map':
      return value.kind;
  }
}

/** An enum: its name in Rust, and the fields of each variant by the variant's name on the wire. */
export interface TaggedEnum<V extends Record<string, Fields>> {
  name: string;
  variants: V;
}

export type TaggedValue<V extends Record<string, Fields>> = {
  [Type in keyof V]: { type: Type } & FieldValues<V[Type]>;
}[keyof V];

const TAG = 'type';

/**
 * Reads one value of `description` from a whole text.
 * @throws JsonError
 */
export function readTagged<V extends Record<string, Fields>>(
  description: TaggedEnum<V>,
  bytes: Uint8Array,
): TaggedValue<V> {
  const reader = new JsonReader(bytes);
  const { type, content } = readTagAndContent(reader, description);
  const fields = description.variants[type] ?? {};
  const values = takeFields(fields, content, `${description.name}::${pascalCase(type)}`);
  reader.end();
  // The fields were taken by the description of this very variant.
  return { type, ...values } as unknown as TaggedValue<V>;
}

interface TagAndContent {
  type: string;
  content: JsonValue;
}

function readTagAndContent(
  reader: JsonReader,
  description: TaggedEnum<Record<string, Fields>>,
): TagAndContent {
  const names = Object.keys(description.variants);
  switch (reader.peek()) {
    case 0x7b:
      return readTaggedMap(reader, names);
    case 0x5b:
      return readTaggedSequence(reader, names);
    default: {
      const value = describe(reader.readValue());
      const expected = `internally tagged enum ${description.name}`;
      return reader.fail(`invalid type: ${value}, expected ${expected}`);
    }
  }
}

function readTaggedMap(reader: JsonReader, names: readonly string[]): TagAndContent {
  let type: string | undefined;
  const entries: (readonly [string, JsonValue])[] = [];
  reader.readMap((key) => {
    if (key !== TAG) {
      entries.push([key, reader.readMember(() => reader.readValue())]);
    } else if (type === undefined) {
      type = reader.readMember(() => readVariantName(reader, names));
    } else {
      reader.failInMap(`duplicate field \`${TAG}\``);
    }
  });
  type ??= reader.fail(`missing field \`${TAG}\``);
  return { type, content: { kind: 'map', entries } };
}

function readTaggedSequence(reader: JsonReader, names: readonly string[]): TagAndContent {
  let type: string | undefined;
  const items: JsonValue[] = [];
  reader.readSequence((index) => {
    if (index === 0) type = readVariantName(reader, names);
    else items.push(reader.readValue());
  });
  type ??= reader.fail(`missing field \`${TAG}\``);
  return { type, content: { kind: 'sequence', items } };
}

function readVariantName(reader: JsonReader, names: readonly string[]): string {
  const next = reader.peek();
  if (next === 0x22) {
    const name = reader.readString();
    if (names.includes(name)) return name;
    const list = names.map((known) => `\`${known}\``).join(', ');
    return reader.fail(`unknown variant \`${name}\`, expected one of ${list}`);
  }
  // serde_json looks no further into an array or object that stands where a name should.
  const found = next === 0x5b ? 'sequence' : next === 0x7b ? 'map' : describe(reader.readValue());
  return reader.fail(`invalid type: ${found}, expected variant identifier`);
}

function takeFields(fields: Fields, content: JsonValue, name: string): Record<string, unknown> {
  if (content.kind === 'sequence') return takeFromSequence(fields, content.items, name);
  return content.kind === 'map' ? takeFromMap(fields, content.entries) : {};
}

function takeFromMap(
  fields: Fields,
  entries: readonly (readonly [string, JsonValue])[],
): Record<string, unknown> {
  const taken = new Map<string, unknown>();
  for (const [key, value] of entries) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) continue;
    if (taken.has(key)) throw new JsonError(`duplicate field \`${key}\``);
    taken.set(key, field.take(value));
  }
  for (const [key, field] of Object.entries(fields)) {
    if (taken.has(key)) continue;
    if (field.absent === undefined) throw new JsonError(`missing field \`${key}\``);
    taken.set(key, field.absent.value);
  }
  return Object.fromEntries(taken);
}

function takeFromSequence(
  fields: Fields,
  items: readonly JsonValue[],
  name: string,
): Record<string, unknown> {
  const list = Object.entries(fields);
  const taken = list.map(([key, field], index) => {
    const item = items[index];
    if (item !== undefined) return [key, field.take(item)] as const;
    const expected = `struct variant ${name} with ${count(list.length, 'element')}`;
    throw new JsonError(`invalid length ${index}, expected ${expected}`);
  });
  if (items.length > list.length) {
    const expected = `${count(list.length, 'element')} in sequence`;
    throw new JsonError(`invalid length ${items.length}, expected ${expected}`);
  }
  return Object.fromEntries(taken);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function pascalCase(camelCase: string): string {
  return camelCase.charAt(0).toUpperCase() + camelCase.slice(1);
}
