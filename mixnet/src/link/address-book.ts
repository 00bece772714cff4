import { formatNodeAddress } from '../sphinx/node-address.js';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const keyOf = (address: Uint8Array): string => Buffer.from(address).toString('latin1');

/**
 * The nodes of this network, by the 32-byte address that stands in packets. Nobody can make the network connect to
 * anything else.
 */
export class AddressBook {
  readonly #endpoints = new Map<string, Endpoint>();

  add(endpoint: Endpoint): void {
    this.#endpoints.set(keyOf(formatNodeAddress(endpoint.host, endpoint.port)), endpoint);
  }

  find(address: Uint8Array): Endpoint | undefined {
    return this.#endpoints.get(keyOf(address));
  }
}
