/** `npm start`: everything on this machine, until Ctrl-C. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './command.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.exitCode = await start(root);
