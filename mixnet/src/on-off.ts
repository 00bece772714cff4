import { MixnetError } from './mixnet-error.js';

/** Something that can be down and up again. Calls wait for each other; what is asked for twice is done once. */
export class OnOff {
  readonly #turnOn: () => Promise<void>;
  readonly #turnOff: () => Promise<void>;
  #isOn = false;
  #hasEnded = false;
  #last: Promise<void> = Promise.resolve();

  constructor(turnOn: () => Promise<void>, turnOff: () => Promise<void>) {
    this.#turnOn = turnOn;
    this.#turnOff = turnOff;
  }

  /** @throws MixnetError `unavailable` after the end */
  on(): Promise<void> {
    if (this.#hasEnded) {
      return Promise.reject(new MixnetError('unavailable', 'the network has been stopped'));
    }
    return this.#become(true, this.#turnOn);
  }

  off(): Promise<void> {
    return this.#become(false, this.#turnOff);
  }

  /** Off, and nobody can turn it on again. */
  end(): Promise<void> {
    this.#hasEnded = true;
    return this.off();
  }

  #become(isOn: boolean, act: () => Promise<void>): Promise<void> {
    const previous = this.#last;
    this.#last = (async () => {
      await Promise.allSettled([previous]);
      if (this.#isOn === isOn) return;
      await act();
      this.#isOn = isOn;
    })();
    return this.#last;
  }
}
