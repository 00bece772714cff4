/** `npm run docs`: prints into the documentation what stands in the code. Tests fail when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRINTED_FILES, printInto } from '../backend/dist/config-docs.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

for (const file of PRINTED_FILES) {
  const path = join(root, file.path);
  const before = readFileSync(path, 'utf8');
  const after = printInto(before, file);
  if (after === before) continue;
  writeFileSync(path, after);
  console.error(`${file.path} was stale.`);
}
