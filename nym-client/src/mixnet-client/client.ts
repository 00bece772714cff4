import { AppError } from '@pastenym/shared/errors';
import { backoffDelayMs, type Backoff, type Random } from '../connection/backoff.js';
import { errorText } from '../error-text.js';
import type { Logger } from '../logger.js';
import type { MixnetRequest } from '../mixnet-request.js';
import { atMost, pause } from '../pause.js';
import { saysNotRegistered } from './gateway-login.js';
import { Heartbeats } from './heartbeat.js';
import {
  activeRegistration,
  deriveKey,
  sameUrl,
  withListener,
  withoutRegistration,
  type Identity,
} from './identity.js';
import { formatIdentity, loadIdentity, saveIdentity } from './identity-store.js';
import {
  DRAIN_LIMIT_MS,
  REBUILD_BACKOFF,
  RETRIES_BEFORE_ASKING,
  SEND_PATIENCE_MS,
} from './limits.js';
import { explainFailedStart, firstAnsweringNymApi, listEntryGateways } from './nym-api.js';
import { debugOverride, type Profile } from './profile.js';
import { Ready } from './ready.js';
import {
  startWasmWorker,
  type MixnetWorker,
  type StartedWorker,
  type StartWorker,
} from './wasm-worker.js';
import type { GatewayEvent } from './websocket-shim.js';

export interface MixnetClientSettings {
  /** Tried in this order at each start of the official client. */
  nymApis: readonly string[];
  /** The identity key (base58) of the gateway. */
  gateway: string;
  forceTls: boolean;
  profile: Profile;
  heartbeat: HeartbeatSettings;
  /** Where the identity is kept. */
  identityFile: string;
  /** The compiled official client. */
  wasmModule: object;
  logger: Logger;
  received: (message: Uint8Array, senderTag: Uint8Array | undefined) => void;
  /** Gives up the start. */
  signal?: AbortSignal;
  startWorker?: StartWorker;
  /** Waits between attempts to build the official client anew. */
  rebuildBackoff?: Backoff;
  /** How long what is to be sent waits for that. */
  sendPatienceMs?: number;
  random?: Random;
}

export interface HeartbeatSettings {
  /** 0 for none. */
  intervalMs: number;
  timeoutMs: number;
  /** So many in a row may stay without an answer; then the official client is built anew. */
  maxMisses: number;
}

/**
 * A Nym client that stays: the official one, in a thread of its own, which is built anew when it has died or gone deaf.
 * Address and registration survive that; reply blocks, and with them the tags of correspondents, do not. A gateway that
 * was lost is no reason for it: websocket-shim.ts deals with that, and everything survives.
 */
export class MixnetClient {
  readonly #settings: MixnetClientSettings;
  readonly #logger: Logger;
  readonly #startOfficial: StartWorker;
  readonly #closed = new AbortController();
  #identity: Identity | undefined;
  #heartbeats: Heartbeats | undefined;
  #selfAddress = '';
  /** Whether anything but heartbeats was ever to be sent. */
  #hasSent = false;
  #worker: MixnetWorker | undefined;
  /** For those who have to wait for one. */
  #ready = new Ready<MixnetWorker>();
  /** What a thread that is not in use yet has told last of its gateway. */
  #earlyEvent: GatewayEvent | undefined;
  #rebuilding: Promise<void> | undefined;
  /** Starts since the last sign that the way through the mixnet is open. */
  #failures = 0;
  #isGatewayAway = false;
  #onHeartbeat: (nonce: string) => void = () => undefined;
  /** Ends the wait for the heartbeat that is out. */
  #patience = new AbortController();
  #beating: Promise<void> = Promise.resolve();

  /**
   * Starts the official client with the identity of earlier, or a new one, which is on the disk when this resolves.
   * @throws Error with a line for the operator
   */
  static async start(settings: MixnetClientSettings): Promise<MixnetClient> {
    const client = new MixnetClient(settings, await loadIdentity(settings.identityFile));
    const giveUp = () => {
      client.#closed.abort();
    };
    settings.signal?.addEventListener('abort', giveUp);
    if (settings.signal?.aborted) giveUp();
    try {
      await client.#startWorker();
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      settings.signal?.removeEventListener('abort', giveUp);
    }
    client.#beating = client.#beat();
    return client;
  }

  private constructor(settings: MixnetClientSettings, identity: Identity | undefined) {
    this.#settings = settings;
    this.#logger = settings.logger;
    this.#startOfficial = settings.startWorker ?? startWasmWorker;
    this.#identity = identity;
    if (identity !== undefined) this.#listenForHeartbeats(identity);
  }

  get selfAddress(): string {
    return this.#selfAddress;
  }

  /** What the address is made of, secrets and all. */
  get identity(): Identity {
    if (this.#identity === undefined) throw new Error('The client has not started yet.');
    return this.#identity;
  }

  /**
   * Resolves when the official client has queued the message. While that is being built anew it waits, but from the
   * time on that this has lasted too long it is refused at once. Nothing is counted here: whoever calls lets only so
   * many wait.
   * @throws Error, AppError `connection-closed`, `connection-failed` (it is still being built anew)
   */
  async send(request: MixnetRequest): Promise<void> {
    if (this.#isClosed()) throw new AppError('connection-closed');
    const worker = this.#worker ?? (await this.#ready.value);
    this.#hasSent = true;
    await worker.send(request);
  }

  /** Takes nothing more to send, and gives what was taken before a short time to leave. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#patience.abort();
    this.#ready.fail(new AppError('connection-closed'));
    await this.#rebuilding;
    await this.#drain();
    await this.#stopWorker();
    await this.#beating;
  }

  async #drain(): Promise<void> {
    if (this.#worker === undefined || !this.#hasSent) return;
    try {
      await atMost(DRAIN_LIMIT_MS, this.#worker.drain());
    } catch (error) {
      this.#logger.debug(`the mixnet client did not send what it had: ${errorText(error)}`);
    }
  }

  async #startWorker(): Promise<void> {
    const nymApiUrl = await firstAnsweringNymApi(this.#settings.nymApis, this.#closed.signal);
    const { worker, selfAddress, identity } = await this.#launchAnyhow(nymApiUrl);
    try {
      await this.#keep(identity);
      this.#assertUsable(worker);
    } catch (error) {
      await worker.stop();
      throw error;
    }
    this.#noteAddress(selfAddress);
    this.#isGatewayAway = this.#earlyEvent !== undefined && this.#earlyEvent.state !== 'resumed';
    this.#worker = worker;
    this.#ready.resolve(worker);
    void worker.ended.then((reason) => {
      if (this.#worker === worker) this.#rebuild(`the mixnet client died (${errorText(reason)})`);
    });
  }

  /** Much may have happened while the identity was written to the disk. Afterwards, events are dealt with as they come. */
  #assertUsable(worker: MixnetWorker): void {
    if (this.#isClosed()) throw new AppError('connection-closed');
    if (worker.hasEnded) throw new Error('the mixnet client died as soon as it had started');
    if (this.#earlyEvent?.state !== 'forgotten') return;
    this.#forgetRegistration();
    throw new Error('the registration was lost as soon as the mixnet client had started');
  }

  /** Starts the official client; if its registration is in the way, once more with that mended. The address stays. */
  async #launchAnyhow(nymApiUrl: string): Promise<StartedWorker> {
    try {
      return await this.#launch(nymApiUrl);
    } catch (error) {
      if (this.#isClosed()) throw error;
      const isMended = saysNotRegistered(errorText(error))
        ? this.#forgetRegistration()
        : await this.#followGateway();
      if (isMended) return this.#launch(nymApiUrl);
      const { gateway } = this.#settings;
      throw await explainFailedStart(error, nymApiUrl, gateway, this.#closed.signal);
    }
  }

  /** The next start registers again, with the same keys. Returns whether there was anything to forget. */
  #forgetRegistration(): boolean {
    if (this.#identity === undefined) return false;
    this.#logger.warn('the gateway has forgotten this client, which registers again');
    this.#identity = withoutRegistration(this.#identity);
    return true;
  }

  /** Notes where the gateway is, if nym-api tells of another place than is known. Returns whether it did. */
  async #followGateway(): Promise<boolean> {
    const registration = this.#identity && activeRegistration(this.#identity);
    if (this.#identity === undefined || registration === undefined) return false;
    const { gateway } = registration;
    const url = await this.#newUrlOf(gateway, registration.listener);
    if (url === undefined) return false;
    this.#logger.warn(`the gateway has moved to ${url}`);
    this.#identity = withListener(this.#identity, gateway, url);
    return true;
  }

  async #newUrlOf(gateway: string, oldUrl: string): Promise<string | undefined> {
    const { signal } = this.#closed;
    try {
      const nymApiUrl = await firstAnsweringNymApi(this.#settings.nymApis, signal);
      const known = await listEntryGateways(nymApiUrl, signal);
      const urls = known.find(({ identity }) => identity === gateway)?.urls ?? [];
      return urls.some((url) => sameUrl(url, oldUrl)) ? undefined : urls[0];
    } catch (error) {
      this.#logger.warn(errorText(error));
      return undefined;
    }
  }

  #launch(nymApiUrl: string): Promise<StartedWorker> {
    this.#earlyEvent = undefined;
    const { wasmModule, gateway, forceTls, profile } = this.#settings;
    const override = debugOverride(profile);
    const identity = this.#identity;
    return this.#startOfficial(
      { wasmModule, nymApiUrl, gateway, forceTls, override, identity },
      {
        received: (message, senderTag) => {
          this.#received(message, senderTag);
        },
        gateway: (event) => {
          this.#gatewayEvent(event);
        },
      },
      this.#closed.signal,
    );
  }

  async #keep(identity: Identity): Promise<void> {
    const isNew =
      this.#identity === undefined || formatIdentity(this.#identity) !== formatIdentity(identity);
    if (isNew) await saveIdentity(this.#settings.identityFile, identity);
    this.#identity = identity;
    this.#listenForHeartbeats(identity);
  }

  /** A method, since it changes while one waits. */
  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #noteAddress(selfAddress: string): void {
    if (this.#selfAddress !== '' && this.#selfAddress !== selfAddress) {
      this.#logger.error(`the address of this client has changed: ${selfAddress}`);
    }
    this.#selfAddress = selfAddress;
  }

  #listenForHeartbeats(identity: Identity): void {
    const key = deriveKey(identity, 'pastenym nym-client heartbeat');
    this.#heartbeats = new Heartbeats(key, (nonce) => {
      this.#onHeartbeat(nonce);
    });
  }

  #received(message: Uint8Array, senderTag: Uint8Array | undefined): void {
    if (senderTag === undefined && this.#heartbeats?.take(message)) return;
    this.#settings.received(message, senderTag);
  }

  #gatewayEvent(event: GatewayEvent): void {
    if (this.#worker === undefined) {
      this.#earlyEvent = event; // or one of a thread that has been stopped, which the next start forgets
      return;
    }
    this.#isGatewayAway = event.state !== 'resumed';
    switch (event.state) {
      case 'lost':
        this.#logger.warn('the connection to the gateway was lost; making it again');
        break;
      case 'retrying':
        this.#logger.warn(`the gateway cannot be reached yet: ${event.reason}`);
        if (event.tries % RETRIES_BEFORE_ASKING === 0) void this.#rebuildIfMoved();
        break;
      case 'resumed':
        this.#logger.info('connected to the gateway again');
        break;
      case 'forgotten':
        this.#forgetRegistration();
        this.#rebuild('the registration is lost');
        break;
    }
  }

  async #rebuildIfMoved(): Promise<void> {
    if (await this.#followGateway()) this.#rebuild('the gateway is elsewhere');
  }

  #rebuild(reason: string): void {
    if (this.#rebuilding !== undefined || this.#isClosed()) return;
    this.#logger.warn(`${reason}; building the mixnet client anew`);
    const ready = new Ready<MixnetWorker>();
    this.#ready = ready;
    const impatience = setTimeout(() => {
      const detail = 'The mixnet client is being built anew.';
      ready.fail(new AppError('connection-failed', { detail }));
    }, this.#settings.sendPatienceMs ?? SEND_PATIENCE_MS);
    this.#rebuilding = this.#rebuildUntilUp().finally(() => {
      clearTimeout(impatience);
      this.#rebuilding = undefined;
    });
  }

  async #rebuildUntilUp(): Promise<void> {
    const { rebuildBackoff = REBUILD_BACKOFF, random = Math.random } = this.#settings;
    await this.#stopWorker();
    while (!this.#isClosed()) {
      const waitMs = backoffDelayMs(this.#failures++, rebuildBackoff, random);
      await pause(waitMs, this.#closed.signal);
      if (this.#isClosed()) return;
      try {
        await this.#startWorker();
        this.#logger.info('the mixnet client is up again');
        return;
      } catch (error) {
        if (this.#isClosed()) return;
        this.#logger.warn(`the mixnet client does not start yet: ${errorText(error)}`);
      }
    }
  }

  async #stopWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.stop();
  }

  /** Asks itself through the mixnet from time to time, unless the gateway is known to be away. */
  async #beat(): Promise<void> {
    const { intervalMs, maxMisses } = this.#settings.heartbeat;
    if (intervalMs === 0) return;
    for (let misses = 0; !this.#isClosed();) {
      await pause(intervalMs, this.#closed.signal);
      if (this.#isClosed() || this.#worker === undefined || this.#isGatewayAway) {
        misses = 0;
      } else if (await this.#isWayOpen(this.#worker)) {
        this.#logger.debug('a heartbeat came back');
        misses = 0;
        this.#failures = 0;
      } else if (++misses >= maxMisses) {
        misses = 0;
        await this.#rebuildAfterSilence(maxMisses);
      }
    }
  }

  async #isWayOpen(worker: MixnetWorker): Promise<boolean> {
    const heartbeat = this.#heartbeats?.make();
    if (heartbeat === undefined) return true;
    const patience = new AbortController();
    this.#patience = patience;
    const answered = new Set<string>();
    this.#onHeartbeat = (nonce) => {
      answered.add(nonce);
      if (nonce === heartbeat.nonce) patience.abort();
    };
    const { message } = heartbeat;
    worker.send({ type: 'send', recipient: this.#selfAddress, message }).catch((error: unknown) => {
      this.#logger.debug(`a heartbeat was not sent: ${errorText(error)}`);
    });
    await pause(this.#settings.heartbeat.timeoutMs, patience.signal);
    return answered.has(heartbeat.nonce) || this.#isClosed();
  }

  /** Building anew needs a nym-api and costs all reply blocks: while none answers, the client is better left alone. */
  async #rebuildAfterSilence(misses: number): Promise<void> {
    const silence = `${misses} heartbeats through the mixnet stayed without an answer`;
    try {
      await firstAnsweringNymApi(this.#settings.nymApis, this.#closed.signal);
    } catch (error) {
      this.#logger.warn(`${silence}, and ${errorText(error)}`);
      return;
    }
    this.#rebuild(silence);
  }
}
