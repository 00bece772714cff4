import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { AppError } from './errors.js';
import { isId } from './v2/id.js';
import { LINK_SECRET_BYTES } from './v2/keys.js';
import {
  formatPasswordParameters,
  parsePasswordParameters,
  type PasswordParameters,
} from './v2/password.js';
import { MAX_RECORDS, RECORD_BYTES } from './v2/records.js';

/**
 * Where a paste is and what opens it. Everything stands in the fragment, which browsers send to nobody.
 *
 * * version 1, as the original's: `https://host/#/<id>&key=<key>`; without a key, the paste is public or the key comes apart. Its very first links had their id in the
 *   path, `https://host/<id>`: they are read, and never written.
 * * version 2: `https://host/#/<id>/<secret>`; with `&p=<parameters>` there is a password, too; `&s=<KiB>` is its sealed size.
 *
 * In both, `&burn` says that reading uses the paste up, so a reader is asked first. (Readers of the original ignore what they do not know.)
 */
export type ShareLink = LinkV1 | LinkV2;

export interface LinkV1 {
  version: 1;
  id: string;
  key: string | undefined;
  burn: boolean;
}

export interface LinkV2 {
  version: 2;
  id: string;
  secret: Uint8Array;
  /** How the password was stretched; undefined if there is none. */
  password: PasswordParameters | undefined;
  /** Of all chunks together, rounded up, so that the first request can bring enough reply blocks (`surbsForRead`). */
  sizeKiB: number | undefined;
  burn: boolean;
}

const MAX_LINK_LENGTH = 2048;
/** Ids of version 1 (and of version 2, so that one whose secret is lost is seen to be a link), and IPFS content identifiers, which version 1 uses as ids. */
const ID_V1 = /^[A-Za-z0-9_-]{8,64}$/;
/** The original's clients take no key of a single character. */
const MIN_KEY_LENGTH = 2;
const MAX_SIZE_KIB = (MAX_RECORDS * RECORD_BYTES) / 1024;

/**
 * Parses a whole link, or its fragment alone. What trackers append with `&` is cut.
 * @throws AppError `bad-link`
 */
export function parseShareLink(text: string): ShareLink {
  if (text.length > MAX_LINK_LENGTH) throw new AppError('bad-link', { detail: 'It is too long.' });
  const [path = '', ...parameters] = findFragment(text.trim()).split('&');
  const [id = '', secret, ...more] = path.split('/');
  const isWhole = secret === undefined ? ID_V1.test(id) : isId(id);
  if (!isWhole || more.length > 0) throw new AppError('bad-link');
  return secret === undefined
    ? { version: 1, id, ...readParametersV1(parameters) }
    : { version: 2, id, secret: readSecret(secret), ...readParametersV2(parameters) };
}

/** What stands behind the `#`; without one, the text may be the fragment itself, or a link of the first Pastenym. Without a slash in front. */
function findFragment(text: string): string {
  if (text.includes('#')) return text.slice(text.indexOf('#') + 1).replace(/^\//, '');
  return /^https?:/i.test(text) ? readPath(text) : text.replace(/^\//, '');
}

/** A secret never stands in a path, which servers see: what has more than one part is no link. */
function readPath(link: string): string {
  const path = parseUrl(link).pathname.slice(1).replace(/\/$/, '');
  if (path.includes('/')) throw new AppError('bad-link');
  return path;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new AppError('bad-link', { cause });
  }
}

function readParametersV1(parameters: string[]): Pick<LinkV1, 'key' | 'burn'> {
  const key = find(parameters, 'key');
  return {
    key: key === undefined || key.length < MIN_KEY_LENGTH ? undefined : unescape(key),
    burn: find(parameters, 'burn') !== undefined,
  };
}

function readParametersV2(parameters: string[]): Pick<LinkV2, 'password' | 'sizeKiB' | 'burn'> {
  const password = find(parameters, 'p');
  return {
    password: password === undefined ? undefined : parsePasswordParameters(password),
    sizeKiB: readSize(find(parameters, 's') ?? ''),
    burn: find(parameters, 'burn') !== undefined,
  };
}

/** It only helps, so one that cannot be is taken for none. */
function readSize(text: string): number | undefined {
  const sizeKiB = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return sizeKiB <= MAX_SIZE_KIB ? sizeKiB : undefined;
}

/** The value of `name=value`; empty for `name` alone. */
function find(parameters: string[], name: string): string | undefined {
  const found = parameters.find((p) => p === name || p.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

/** A chat program may have percent-encoded the key. */
function unescape(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function readSecret(text: string): Uint8Array {
  const secret = decodeBase64Url(text);
  if (secret === undefined) throw new AppError('bad-link', { detail: 'Its secret is damaged.' });
  if (secret.length !== LINK_SECRET_BYTES) {
    throw new AppError('bad-link', { detail: 'Its secret is not whole.' });
  }
  return secret;
}

/** The fragment of a link, from its `#` on. */
export function formatShareFragment(link: ShareLink): string {
  const burn = link.burn ? '&burn' : '';
  if (link.version === 1) {
    const key = link.key === undefined ? '' : `&key=${encodeURIComponent(link.key)}`;
    // Before the key: a link that loses its end loses its key and not its warning.
    return `#/${link.id}${burn}${key}`;
  }
  const { id, secret, password, sizeKiB } = link;
  const passwordPart = password === undefined ? '' : `&p=${formatPasswordParameters(password)}`;
  const sizePart = sizeKiB === undefined ? '' : `&s=${sizeKiB}`;
  return `#/${id}/${encodeBase64Url(secret)}${passwordPart}${sizePart}${burn}`;
}

/** @param page the address of the application, without a fragment. */
export function formatShareLink(page: string, link: ShareLink): string {
  return `${page.replace(/#.*$/s, '')}${formatShareFragment(link)}`;
}
