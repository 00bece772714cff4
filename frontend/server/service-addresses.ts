import { readFile } from 'node:fs/promises';
import { isNymAddress } from '@pastenym/shared/nym-address';
import { isMissing } from './public-files.js';
import type { Settings } from './settings.js';

/** Read at every request, so that it is never stale; nobody may make it a large one. */
const MAX_ADDRESSES = 64;

/**
 * Where the paste service can be reached. A file may not be there yet: the service writes it once it has learnt its own address.
 * @param report is told once about a file that holds anything else
 */
export function serviceAddressReader(
  service: Settings['service'],
  report: (problem: string) => void,
): () => Promise<readonly string[]> {
  if ('addresses' in service) return () => Promise.resolve(service.addresses);
  let reported = '';
  return async () => {
    const text = await readText(service.addressFile);
    const lines = text.split(/[\s,]+/).filter((line) => line !== '');
    if (lines.length <= MAX_ADDRESSES && lines.every(isNymAddress)) return lines;
    if (reported !== text) report(`${service.addressFile} holds something else than Nym addresses`);
    reported = text;
    return [];
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
