import { BANDWIDTH_GRANT_BYTES } from '../limits.js';
import { claimOfV1, claimOfV2, type Claim, verifyClaim, verifyV2 } from './authentication.js';
import { openForwardRequest } from './client-frames.js';
import { type ClientId, clientIdOf } from './client-store.js';
import {
  type Answer,
  type ControlMessage,
  type EncryptedRequest,
  parseControlMessage,
} from './control-messages.js';
import { openEncryptedRequest, sealAnswer } from './encrypted-requests.js';
import type { GatewayOffice } from './gateway-office.js';
import {
  answerHandshake,
  confirmHandshake,
  HANDSHAKE_DONE,
  type PendingHandshake,
} from './handshake.js';
import { ProtocolError } from './protocol-error.js';

/** A client whose identity is proven, and the key shared with it. */
export interface Client {
  readonly id: ClientId;
  readonly sharedKey: Uint8Array;
}

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'handshaking'; readonly pending: PendingHandshake }
  | { readonly kind: 'authenticated'; readonly client: Client };

export interface DialogueEvents {
  /** An answer for the client. */
  say(answer: Answer): void;
  /** The client is known from now on. What waits for it is handed over before this resolves. */
  onClient(client: Client): Promise<void>;
}

/**
 * What is said between a client and its gateway (Nym's `gateway`, `websocket/connection_handler`): a registration or an
 * authentication, then packets and requests. Messages must come one at a time; each may throw a ProtocolError, and then
 * had no effect. Before the client is known, there is nothing more to say after one.
 */
export class Dialogue {
  readonly #office: GatewayOffice;
  readonly #events: DialogueEvents;
  #state: State = { kind: 'new' };
  #bandwidthBytes: number;

  constructor(
    office: GatewayOffice,
    events: DialogueEvents,
    bandwidthBytes = BANDWIDTH_GRANT_BYTES,
  ) {
    this.#office = office;
    this.#events = events;
    this.#bandwidthBytes = bandwidthBytes;
  }

  /** A binary message: a packet to send on. */
  hearPacket(frame: Uint8Array): void {
    const request = openForwardRequest(frame, this.#client().sharedKey);
    const required = request.packet.length;
    const available = this.#bandwidthBytes;
    if (required > available) {
      const error = { out_of_bandwidth: { required, available } };
      this.#events.say({ type: 'typedError', error });
      return;
    }
    this.#bandwidthBytes -= required;
    this.#office.forward(request);
    this.#events.say({ type: 'send', remaining_bandwidth: this.#bandwidthBytes });
  }

  /** A text message. Resolves when it is answered. */
  hearText(bytes: Uint8Array): Promise<void> | undefined {
    return this.#hear(parseControlMessage(bytes));
  }

  #hear(message: ControlMessage): Promise<void> | undefined {
    switch (message.type) {
      case 'supportedProtocol':
        this.#events.say({ type: message.type, version: this.#office.protocolVersion });
        return undefined;
      case 'registerHandshakeInitRequest':
      case 'handshakePayload': {
        const { data, protocol_version: version } = message;
        return this.#shakeHands(data, version ?? this.#office.protocolVersion);
      }
      case 'handshakeError':
        throw new ProtocolError('the handshake has ended');
      case 'authenticateV2':
        verifyV2(message, this.#office.clock());
        return this.#authenticate(claimOfV2(message));
      case 'authenticate':
        return this.#authenticate(claimOfV1(message));
      case 'claimFreeTestnetBandwidth':
        this.#grantBandwidth();
        return undefined;
      case 'ecashCredential':
      case 'bandwidthCredential':
      case 'bandwidthCredentialV2':
        this.#client();
        this.#events.say({ type: 'error', message: 'this network takes no credentials' });
        return undefined;
      case 'encryptedRequest':
        return this.#answerEncrypted(message);
    }
  }

  async #shakeHands(data: Uint8Array, protocolVersion: number): Promise<void> {
    switch (this.#state.kind) {
      case 'new':
        this.#beginHandshake(data, protocolVersion);
        return;
      case 'handshaking':
        await this.#finishHandshake(this.#state.pending, data, protocolVersion);
        return;
      case 'authenticated':
        throw new ProtocolError('there is nothing to shake hands on');
    }
  }

  #beginHandshake(init: Uint8Array, protocolVersion: number): void {
    const { answer, pending } = answerHandshake(init, this.#office.identity, this.#office.random);
    this.#state = { kind: 'handshaking', pending };
    this.#sayHandshake(answer, protocolVersion);
  }

  async #finishHandshake(
    pending: PendingHandshake,
    confirmation: Uint8Array,
    protocolVersion: number,
  ): Promise<void> {
    confirmHandshake(pending, confirmation);
    const { sharedKey } = pending;
    const id = clientIdOf(pending.clientIdentity);
    await this.#office.register(id, sharedKey);
    this.#sayHandshake(HANDSHAKE_DONE, protocolVersion);
    await this.#welcome({ id, sharedKey });
    this.#events.say({ type: 'register', protocol_version: protocolVersion, status: true });
  }

  async #authenticate(claim: Claim): Promise<void> {
    if (this.#state.kind !== 'new') throw new ProtocolError('the client is already known');
    const id = clientIdOf(claim.identity);
    const sharedKey = this.#office.sharedKey(id);
    verifyClaim(claim, sharedKey);
    await this.#welcome({ id, sharedKey });
    this.#events.say({
      type: 'authenticate',
      protocol_version: this.#office.protocolVersion,
      status: true,
      bandwidth_remaining: this.#bandwidthBytes,
    });
  }

  async #welcome(client: Client): Promise<void> {
    this.#state = { kind: 'authenticated', client };
    await this.#events.onClient(client);
  }

  #grantBandwidth(): void {
    this.#client();
    this.#bandwidthBytes = BANDWIDTH_GRANT_BYTES;
    this.#events.say({ type: 'bandwidth', available_total: this.#bandwidthBytes });
  }

  async #answerEncrypted(message: EncryptedRequest): Promise<void> {
    const { id, sharedKey } = this.#client();
    const request = openEncryptedRequest(message, sharedKey);
    if ('ForgetMe' in request && request.ForgetMe.client) await this.#office.forget(id);
    const answer = 'ForgetMe' in request ? { ForgetMeAck: {} } : { RememberMeAck: {} };
    this.#events.say(sealAnswer(answer, sharedKey, this.#office.random));
  }

  #client(): Client {
    if (this.#state.kind === 'authenticated') return this.#state.client;
    throw new ProtocolError('the client is not authenticated');
  }

  #sayHandshake(bytes: Uint8Array, protocolVersion: number): void {
    const data = [...bytes];
    this.#events.say({ type: 'handshakePayload', protocol_version: protocolVersion, data });
  }
}
