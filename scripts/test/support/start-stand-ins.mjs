/** `npm start` for a root other than this repository, with a patience that a test can wait for. */
import { start } from '../../dist/command.js';

const [root, firstWordMs, everyMs, giveUpMs] = (process.env['STAND_INS'] ?? '').split(' ');
process.exitCode = await start(root ?? '', {
  firstWordMs: Number(firstWordMs),
  everyMs: Number(everyMs),
  giveUpMs: Number(giveUpMs),
});
