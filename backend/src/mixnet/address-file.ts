import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Everybody may read it: the address is public. */
const FILE_MODE = 0o644;

/** Writes the service's own address into a file, one line. Whoever reads it sees the old one or the new one, never a part. */
export function writeAddressFile(path: string, address: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  writeFileSync(unfinished, `${address}\n`, { mode: FILE_MODE });
  chmodSync(unfinished, FILE_MODE); // whatever the umask
  renameSync(unfinished, path);
}
