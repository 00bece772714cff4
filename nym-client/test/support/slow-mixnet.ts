import type { Mixnet } from '../../src/daemon/session.js';
import type { MixnetRequest } from '../../src/mixnet-request.js';
import { EXAMPLE_ADDRESS_TEXT } from './arbitraries.js';
import { Waiting } from './waiting.js';

/** A mixnet that is slow, full or broken, which a real one is not when one wants it to be: requests end when the test says so. */
export class SlowMixnet implements Mixnet {
  readonly selfAddress = EXAMPLE_ADDRESS_TEXT;
  readonly requests = new Waiting<{ request: MixnetRequest; settle: (error?: Error) => void }>();

  send(request: MixnetRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
      this.requests.push({ request, settle });
    });
  }
}
