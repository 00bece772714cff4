/** `npm run docs`: prints into the documentation what stands in the code. Tests fail when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRINTED_FILES, printInto } from '../backend/dist/config-docs.js';
import { fillV2Page } from '../shared/dist/docs/v2-page.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} name of a file, from the root @param {(text: string) => string} print */
function printFile(name, print) {
  const path = join(root, name);
  const before = readFileSync(path, 'utf8');
  const after = print(before);
  if (after === before) return;
  writeFileSync(path, after);
  console.error(`${name} was stale.`);
}

for (const file of PRINTED_FILES) printFile(file.path, (text) => printInto(text, file));
printFile('docs/protocol/v2.md', fillV2Page);
