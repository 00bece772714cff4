import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Everybody may read it: the addresses are public. */
const FILE_MODE = 0o644;

/** Writes the service's own addresses into a file, one a line. Whoever reads it sees the old ones or the new ones, never a part. */
export function writeAddressFile(path: string, addresses: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  writeFileSync(unfinished, addresses.map((address) => `${address}\n`).join(''), {
    mode: FILE_MODE,
  });
  chmodSync(unfinished, FILE_MODE); // whatever the umask
  renameSync(unfinished, path);
}
