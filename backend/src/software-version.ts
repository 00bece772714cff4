import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** Of this package: `../package.json`, from `src` as well as from `dist`. */
export const SOFTWARE_VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;
