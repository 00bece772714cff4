import { appendFile } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** Of a line that never ends, so many characters are kept to be shown. */
const MAX_LINE_LENGTH = 2000;

export interface PartLogOptions {
  file: string;
  /** Gets every line, without its end. */
  onLine: (line: string) => void;
  /** Is told when lines begin to get lost, once until it works again. */
  onTrouble: (error: Error) => void;
}

/**
 * The file that gets what a part prints. A full disk costs lines, never the launcher, and never the part, which would stand still if nobody
 * took what it prints. So each piece opens the file anew, and once there is room again, lines are kept again.
 */
export class PartLog extends Writable {
  readonly #options: PartLogOptions;
  #unfinished = '';
  #inTrouble = false;

  constructor(options: PartLogOptions) {
    super({ decodeStrings: false });
    this.#options = options;
  }

  override _write(text: string, _encoding: unknown, done: () => void): void {
    const [last = '', ...lines] = (this.#unfinished + text).split('\n').reverse();
    this.#unfinished = last.slice(0, MAX_LINE_LENGTH);
    for (const line of lines.reverse()) this.#options.onLine(line);
    void this.#append(text).then(done);
  }

  async #append(text: string): Promise<void> {
    try {
      await appendFile(this.#options.file, text, { mode: 0o600 });
      this.#inTrouble = false;
    } catch (error) {
      if (!this.#inTrouble) this.#options.onTrouble(error as Error); // Node's own
      this.#inTrouble = true;
    }
  }
}
