import { resolve } from 'node:path';
import { MAX_V1_TEXT_LENGTH } from '@pastenym/shared/limits';
import * as v2 from '@pastenym/shared/v2/messages';
import { MAX_PUZZLE_DIFFICULTY } from '@pastenym/shared/v2/puzzle';
import * as z from 'zod';
import { MIN_EXPIRY_SECONDS } from './limits.js';
import { LOG_LEVELS } from './logger.js';
import { StartupError } from './startup-error.js';

/** A setting: an environment variable, read once, at the start. */
interface Setting<T> {
  meaning: string;
  /** As an operator would write it; without one, the setting may be left out. */
  default?: string;
  /** Reads what the operator wrote. Its message completes "NAME must be …". */
  schema: z.ZodType<T, string>;
}

const setting = <T>(meaning: string, value: string | undefined, schema: z.ZodType<T, string>) =>
  ({ meaning, ...(value === undefined ? {} : { default: value }), schema }) satisfies Setting<T>;

const integer = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .pipe(z.number(error).min(min, error).max(max, error));
};

const printable = (maxLength: number) => {
  const error = `1 to ${maxLength} printable characters`;
  return z
    .string()
    .max(maxLength, error)
    .regex(/^\P{C}+$/u, error);
};

const onOrOff = z.enum(['on', 'off'], 'on or off').transform((text) => text === 'on');

const A_DAY_SECONDS = 86_400;
const MEBIBYTE = 1024 * 1024;
/** As `integer` reads them. */
const MAX_INTEGER = 999_999_999_999_999;

const HTTP_URL = 'an http:// or https:// URL';
const httpUrl = z
  .url({ protocol: /^https?$/, error: HTTP_URL })
  .transform((text) => new URL(text))
  .refine(({ username, password }) => isDecodable(`${username}:${password}`), {
    error: `${HTTP_URL}, with percent signs for special characters`,
  });

/** The rest of it would go unheeded, or be taken for the path of a proxy. */
const isBeforeApi = ({ pathname, search, hash }: URL) =>
  !/\/api\/v0\/?$/.test(pathname) && search === '' && hash === '';

/** Every setting, in the order of `--help`. */
export const SETTINGS = {
  NYM_CLIENT_URL: setting(
    'where the nym-client is that carries the messages; several, with commas between, make the service reachable at several addresses',
    'ws://127.0.0.1:1977',
    z.string().transform(readWebsocketUrls),
  ),
  DATABASE_URL: setting(
    'where pastes are kept: a file, which is made if it is not there, or PostgreSQL, as postgres://user:password@host/database',
    'file:data/pastes.sqlite',
    z.string().transform(readDatabaseUrl),
  ),
  SERVICE_ADDRESS_FILE: setting(
    "a file that the service's own Nym addresses are written to, one a line, for whoever serves the page",
    undefined,
    z.string().transform((path) => resolve(path)),
  ),
  SELF_PROBE_SECONDS: setting(
    'how often the service asks itself something through the mixnet, to know that it can be reached',
    '300',
    integer(10, A_DAY_SECONDS),
  ),
  MAX_TEXT_BYTES: setting(
    'the longest text of a paste; an encrypted one is a third longer than what was encrypted',
    String(MAX_V1_TEXT_LENGTH),
    integer(1, MAX_V1_TEXT_LENGTH),
  ),
  V1_CREATES: setting(
    'version 1: whether new pastes are taken (on or off); they cost no work, so where others are asked for some, they may take half of CREATE_BURST',
    'on',
    onOrOff,
  ),
  MAX_PASTE_BYTES: setting(
    'version 2: the largest paste, as it is stored: encrypted and padded',
    String(32 * MEBIBYTE),
    integer(1, v2.MAX_PASTE_BYTES),
  ),
  MAX_EXPIRY_SECONDS: setting(
    'version 2: the longest time for which a paste is kept',
    String(366 * A_DAY_SECONDS),
    integer(MIN_EXPIRY_SECONDS, v2.MAX_EXPIRY_SECONDS),
  ),
  MAX_UPLOADS: setting(
    'version 2: how many pastes of more than 64 KiB may be on their way at the same time',
    '64',
    integer(0, 10_000),
  ),
  STORE_QUOTA_BYTES: setting(
    'how much may be stored: the content of all pastes, and 1 KiB more for each',
    String(10 * 1024 * MEBIBYTE),
    integer(1, MAX_INTEGER),
  ),
  CREATES_PER_SECOND: setting(
    'how many new pastes are taken each second, in the long run; 0: as many as come',
    '0',
    integer(0, 1_000_000),
  ),
  CREATE_BURST: setting(
    'how many may come at once after a quiet time, if CREATES_PER_SECOND limits them',
    '100',
    integer(1, 1_000_000),
  ),
  PUZZLE_DIFFICULTY: setting(
    'version 2: how many hashes an author must compute for a new paste; 0: none',
    '0',
    integer(0, MAX_PUZZLE_DIFFICULTY),
  ),
  PUZZLE_MAX_DIFFICULTY: setting(
    'version 2: to how many it rises when more come than CREATES_PER_SECOND allows; not more than PUZZLE_DIFFICULTY: it does not rise',
    '1000000',
    integer(0, MAX_PUZZLE_DIFFICULTY),
  ),
  INSTANCE_NAME: setting('what this service is called', 'Pastenym', printable(60)),
  INSTANCE_NOTICE: setting(
    'what its operator wants its users to read, in up to 2000 characters',
    undefined,
    printable(2000),
  ),
  IPFS_API_URL: setting(
    'version 1: the RPC API of an IPFS (Kubo) node, up to its /api/v0, such as http://127.0.0.1:5001 or https://user:password@host/path; pastes can then be stored on IPFS, for ever',
    undefined,
    httpUrl.refine(isBeforeApi, { error: `${HTTP_URL} that ends before /api/v0` }),
  ),
  BITCOIN_RPC_URL: setting(
    'version 1: the RPC of a Bitcoin node, such as http://user:password@127.0.0.1:8332; pastes can then expire at a block height',
    undefined,
    httpUrl,
  ),
  SWEEP_INTERVAL_SECONDS: setting(
    'how often expired pastes are deleted, and what deleted ones left in files is erased',
    '60',
    integer(1, A_DAY_SECONDS),
  ),
  V1_OUTCOME_SECONDS: setting(
    'version 1: how long an answer is kept in memory for a request that is sent again',
    '600',
    integer(0, A_DAY_SECONDS),
  ),
  OUTCOME_SECONDS: setting(
    'version 2: how long it is remembered, in the database, how a request ended; one that is sent again later is a new one',
    '7200',
    integer(3600, 7 * A_DAY_SECONDS),
  ),
  CLAIM_SECONDS: setting(
    'version 2: how long a reader who has taken a view may fetch what it is a view of',
    '600',
    integer(60, A_DAY_SECONDS),
  ),
  UPLOAD_SECONDS: setting(
    'version 2: after how long without a new chunk an upload is abandoned',
    '3600',
    integer(60, A_DAY_SECONDS),
  ),
  DRAIN_SECONDS: setting(
    'how long the service, asked to stop, may take to answer what it has taken and to hand the answers on',
    '10',
    integer(7, 3600),
  ),
  METRICS_PORT: setting(
    'where /healthz and /metrics are served, for the operator alone; left out: nowhere',
    undefined,
    integer(0, 65_535),
  ),
  METRICS_HOST: setting(
    'the address that they are served on',
    '127.0.0.1',
    z.string().regex(/^[\w.:-]{1,255}$/, 'an IP address or a host name'),
  ),
  LOG_LEVEL: setting(
    `how much is logged: ${LOG_LEVELS.join(', ')}`,
    'info',
    z.enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`),
  ),
};

type SettingName = keyof typeof SETTINGS;

type Optional =
  'SERVICE_ADDRESS_FILE' | 'INSTANCE_NOTICE' | 'IPFS_API_URL' | 'BITCOIN_RPC_URL' | 'METRICS_PORT';

export type Config = {
  [Name in SettingName]:
    z.infer<(typeof SETTINGS)[Name]['schema']> | (Name extends Optional ? undefined : never);
};

/**
 * Reads the settings. An empty one counts as not given, since that is how compose files leave one out.
 * @throws StartupError with everything that is wrong, not only the first
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values = Object.entries(SETTINGS).map(([name, known]: [string, Setting<unknown>]) => {
    const text = env[name] === '' ? known.default : (env[name] ?? known.default);
    if (text === undefined) return [name, undefined];
    const parsed = known.schema.safeParse(text);
    const issues = parsed.error?.issues ?? [];
    problems.push(...issues.map(({ message }) => `${name} must be ${message}.`));
    return [name, parsed.data];
  });
  if (problems.length > 0) throw new StartupError(problems);
  // Every name of the table is there, with what its schema made of it.
  return Object.fromEntries(values) as Config;
}

/** Each wrong entry is a problem of its own. */
function readWebsocketUrls(text: string, context: z.RefinementCtx): string[] {
  const urls = text.split(',').map((entry) => entry.trim());
  urls.forEach((url, index) => {
    const problem = complainAboutUrl(url) ?? complainAboutRepetition(urls, index);
    if (problem === undefined) return;
    const which = urls.length === 1 ? '' : ` (number ${index + 1} of ${urls.length})`;
    context.addIssue({ code: 'custom', message: `${problem}${which}` });
  });
  return urls;
}

function complainAboutUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'ws:' && url?.protocol !== 'wss:') return 'a ws:// or wss:// URL';
  return text.includes('#') ? 'a URL without a fragment, which websockets do not take' : undefined;
}

/** A nym-client serves one application at a time: the second connection would be hung up on, again and again. */
function complainAboutRepetition(urls: string[], index: number): string | undefined {
  const normal = (url = '') => (URL.canParse(url) ? new URL(url).href : url);
  const isThere = urls.slice(0, index).map(normal).includes(normal(urls[index]));
  return isThere ? 'a URL that was not named before' : undefined;
}

/** @returns the absolute path of the file; or the URL as it is, for `openStore` */
function readDatabaseUrl(url: string, context: z.RefinementCtx): string {
  if (/^postgres(ql)?:/.test(url)) return readPostgresUrl(url, context);
  const path = /^file:(.*)$/s.exec(url)?.[1];
  const problem = complainAboutDatabase(path);
  if (problem !== undefined || path === undefined) {
    context.addIssue({ code: 'custom', message: problem ?? FILE_URL });
    return z.NEVER;
  }
  return resolve(path.replace(/^\/\/(?=\/)/, ''));
}

const POSTGRES_URL =
  'postgres://user:password@host:port/database, with percent signs for special characters';

/** What is wrong with it is not said in the words of the parser, which would repeat the password. */
function readPostgresUrl(url: string, context: z.RefinementCtx): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWhole = parsed !== undefined && parsed.host !== '' && /^\/[^/]+$/.test(parsed.pathname);
  if (isWhole && isDecodable(url)) return url;
  context.addIssue({ code: 'custom', message: POSTGRES_URL });
  return z.NEVER;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
}

const FILE_URL = 'file: and a path, such as file:data/pastes.sqlite, or postgres://…';

function complainAboutDatabase(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return FILE_URL;
  if (/^\/\/[^/]/.test(path)) {
    return `${FILE_URL}; file:// wants an absolute path, with three strokes`;
  }
  if (path.startsWith(':')) return `${FILE_URL}; pastes in memory would be lost`;
  return undefined;
}
