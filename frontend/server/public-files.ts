import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/**
 * The built page, read once into memory (20 MB, most of it the Nym worker three times over). So nothing that a browser asks for becomes a
 * path on the disk, no request waits for one, and a build that is made meanwhile cannot tear the running page apart.
 */
export type PublicFiles = ReadonlyMap<string, PublicFile>;

export interface PublicFile {
  contentType: string;
  cacheControl: string;
  plain: Buffer;
  br: Buffer | undefined;
  gzip: Buffer | undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** A name with a hash of its content never means anything else. */
const HASHED_NAME = /\.[0-9a-f]{20}\./;

/** @returns files by the path of their URL; `/` is the page */
export async function readPublicFiles(folder: string): Promise<PublicFiles> {
  const names = (await readdir(folder)).filter((name) => !/\.(?:br|gz)$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => [`/${name}`, await readPublicFile(folder, name)] as const),
  );
  const byPath = new Map(files);
  const page = byPath.get('/index.html');
  if (page === undefined) throw new Error(`There is no page in ${folder}. Build it first.`);
  return byPath.set('/', page);
}

async function readPublicFile(folder: string, name: string): Promise<PublicFile> {
  const [plain, br, gzip] = await Promise.all([
    readFile(join(folder, name)),
    readIfThere(join(folder, `${name}.br`)),
    readIfThere(join(folder, `${name}.gz`)),
  ]);
  return {
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    cacheControl: HASHED_NAME.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    plain,
    br,
    gzip,
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a file could not be read because there is none. */
export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

/** The smallest form of a file that this browser takes (RFC 9110 §12.5.3). */
export function chooseEncoding(
  file: PublicFile,
  acceptEncoding: string,
): { body: Buffer; encoding: 'br' | 'gzip' | undefined } {
  if (file.br !== undefined && accepts(acceptEncoding, 'br')) {
    return { body: file.br, encoding: 'br' };
  }
  if (file.gzip !== undefined && accepts(acceptEncoding, 'gzip')) {
    return { body: file.gzip, encoding: 'gzip' };
  }
  return { body: file.plain, encoding: undefined };
}

function accepts(acceptEncoding: string, coding: string): boolean {
  return acceptEncoding
    .toLowerCase()
    .split(',')
    .map((item) => item.split(';').map((part) => part.trim()))
    .some(([name, quality]) => name === coding && !/^q=0(?:\.0*)?$/.test(quality ?? ''));
}
