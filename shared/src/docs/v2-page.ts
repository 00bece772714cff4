import * as z from 'zod/mini';
import { encodeBase64Url } from '../base64url.js';
import { ERRORS, type ErrorCode } from '../errors.js';
import { MAX_VIEWS } from '../limits.js';
import { ID_BYTES } from '../v2/id.js';
import {
  CHALLENGE_BYTES,
  events,
  MAX_EXPIRY_SECONDS,
  MAX_LISTED,
  MAX_NAME_LENGTH,
  MAX_NOTICE_LENGTH,
  MAX_PASTE_BYTES,
  type EventName,
  type ReplyData,
} from '../v2/messages.js';
import { MAX_PUZZLE_DIFFICULTY } from '../v2/puzzle.js';
import { RECORD_BYTES } from '../v2/records.js';
import { surbsFor } from '../v2/surbs.js';
import { formatV2Reply } from '../v2/wire.js';
import { fillPage, table } from './markdown.js';
import { errorAdvice, meanings } from './meanings.js';

/** docs/protocol/v2.md, with its tables as the schemas, the error registry and the SURB arithmetic say today. */
export function fillV2Page(page: string): string {
  return fillPage(page, {
    ...Object.fromEntries(
      (Object.keys(events) as EventName[]).map((event) => [event, describeEvent(event)]),
    ),
    errors: describeErrors(),
    'reply blocks': describeReplyBlocks(),
  });
}

/** What `z.toJSONSchema` makes of our schemas, as far as it is read here. */
interface JsonSchema {
  type?: string;
  title?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  leastBytes?: number;
  mostBytes?: number;
}

type MeaningsOf = { readonly [member: string]: string | MeaningsOf };

function describeEvent(event: EventName): string {
  const { does, request, reply } = meanings[event];
  return [
    does,
    describeMembers('Request', events[event].request, request),
    describeMembers('Reply', events[event].reply, reply),
  ].join('\n\n');
}

function describeMembers(title: string, schema: z.ZodMiniType, lines: MeaningsOf): string {
  const rows = listMembers(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, lines, '');
  if (rows.length === 0) return `${title}: \`data\` is \`{}\`.`;
  return table([title, 'what it is', 'what it means'], rows);
}

function listMembers(schema: JsonSchema, lines: MeaningsOf, path: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const isOptional = schema.required?.includes(name) !== true;
    const line = lines[name] ?? '';
    const type = `${describeType(member)}${isOptional ? '; optional' : ''}`;
    const own = typeof line === 'string' ? line : (line[''] ?? '');
    const row = [`\`${path}${name}\``, type, typeof own === 'string' ? own : ''];
    const rest = typeof line === 'string' ? [] : listMembers(member, line, `${path}${name}.`);
    return [row, ...rest];
  });
}

function describeType(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(describeType).join(' or ');
  switch (schema.type) {
    case 'integer':
      return describeInteger(schema);
    case 'string':
      return describeString(schema);
    case 'array':
      return `list of at most ${schema.maxItems ?? '?'}: ${describeType(schema.items ?? {})}`;
    case undefined:
      throw new Error('A member without a type cannot be described.');
    default:
      return schema.type;
  }
}

function describeInteger({ minimum = 0, maximum = 0 }: JsonSchema): string {
  return maximum === Number.MAX_SAFE_INTEGER
    ? `integer, from ${number(minimum)}`
    : `integer, ${number(minimum)} to ${number(maximum)}`;
}

function describeString({ title, maxLength, leastBytes, mostBytes }: JsonSchema): string {
  if (title !== undefined) return title;
  if (leastBytes === undefined || mostBytes === undefined) {
    return `text of at most ${number(maxLength ?? 0)} characters`;
  }
  return leastBytes === mostBytes
    ? `${number(mostBytes)} bytes`
    : `${number(leastBytes)} to ${number(mostBytes)} bytes`;
}

function describeErrors(): string {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => errorAdvice[code] !== null);
  return table(
    ['code', 'means', 'the same request again', 'what a client does'],
    codes.map((code) => [
      `\`${code}\``,
      ERRORS[code].message,
      ERRORS[code].retry ? 'later' : 'no',
      errorAdvice[code] ?? '',
    ]),
  );
}

const ID = encodeBase64Url(new Uint8Array(ID_BYTES));

function describeReplyBlocks(): string {
  const rows = (
    [
      ['anything without content, but `info`', 'ackRead', {}],
      ['the longest `info`, of letters of one byte', 'info', longestInfo('x')],
      ['the longest `info`, of characters that JSON escapes', 'info', longestInfo('\u0001')],
      ['the least content: one chunk of 1,040 bytes', 'readChunk', content(1040)],
      ['a chunk of 16 KiB', 'readChunk', content(16_384)],
      ['a whole chunk: 65,536 bytes', 'readChunk', content(RECORD_BYTES)],
    ] as const
  ).map(([what, event, data]) => [what, ...replyBlocksOf(event, data)]);
  return table(['answer', 'its length, padded', 'reply blocks'], rows);
}

const longestInfo = (character: string): ReplyData<'info'> => ({
  version: character.repeat(MAX_NAME_LENGTH),
  protocols: Array<number>(MAX_LISTED).fill(255),
  name: character.repeat(MAX_NAME_LENGTH),
  notice: character.repeat(MAX_NOTICE_LENGTH),
  limits: {
    maxPasteBytes: MAX_PASTE_BYTES,
    maxViews: MAX_VIEWS,
    minExpirySeconds: MAX_EXPIRY_SECONDS,
    maxExpirySeconds: MAX_EXPIRY_SECONDS,
  },
  expiriesSeconds: Array<number>(MAX_LISTED).fill(MAX_EXPIRY_SECONDS),
  capabilities: { ipfs: false, blockHeight: false },
  puzzle: {
    difficulty: MAX_PUZZLE_DIFFICULTY,
    challenge: new Uint8Array(CHALLENGE_BYTES),
    validForSeconds: Number.MAX_SAFE_INTEGER,
  },
});

const content = (length: number) => ({ content: new Uint8Array(length) });

function replyBlocksOf<E extends EventName>(event: E, data: ReplyData<E>): string[] {
  const { length } = formatV2Reply(ID, event, data);
  return [number(length), number(surbsFor(length))];
}

const number = (value: number) => value.toLocaleString('en');
