import { hkdfSync } from 'node:crypto';
import { z } from 'zod';

/**
 * What the WASM client keeps in IndexedDB: its keys, its registration with a gateway, and which gateway is the active
 * one. It is all there is to an address, and it is written during the first start only.
 */
export interface Identity {
  databases: DatabaseRecords[];
}

export interface DatabaseRecords {
  name: string;
  version: number;
  stores: { name: string; records: { key: string; value: unknown }[] }[];
}

/** The stores that a registration with a gateway lives in; the keys lie in others. */
const REGISTRATION_STORES = ['gateway_registrations', 'active_gateway'];

const secretKey = z.array(z.int().min(0).max(255)).length(32);
const keyPairRecord = z.object({ private_key: secretKey });
const activeGatewayRecord = z.object({ active_gateway_id_bs58: z.string() });
const registrationRecord = z.looseObject({
  gateway_id_bs58: z.string(),
  registration_timestamp: z.unknown(),
  derived_aes256_gcm_siv_key: secretKey,
  gateway_listener: z.string(),
});

/** What a client proves to its gateway that it is itself with. All secret. */
export interface GatewayCredentials {
  /** The seed of the Ed25519 identity key, 32 bytes. */
  identitySeed: Uint8Array;
  /** The AES-256-GCM-SIV key that client and gateway agreed on when the client registered, 32 bytes. */
  sharedKey: Uint8Array;
}

/** The identity without its registration: started with it, the client registers anew with the same keys. */
export function withoutRegistration(identity: Identity): Identity {
  return {
    databases: identity.databases.map((database) => ({
      ...database,
      stores: database.stores.map((store) =>
        REGISTRATION_STORES.includes(store.name) ? { ...store, records: [] } : store,
      ),
    })),
  };
}

/** The identity with its gateway's websocket at another URL. The registration itself, a shared key, stays. */
export function withListener(identity: Identity, gateway: string, url: string): Identity {
  const moved = (record: { key: string; value: unknown }) =>
    record.key === gateway
      ? { ...record, value: { ...registrationRecord.parse(record.value), gateway_listener: url } }
      : record;
  return {
    databases: identity.databases.map((database) => ({
      ...database,
      stores: database.stores.map((store) =>
        store.name === 'gateway_registrations'
          ? { ...store, records: store.records.map(moved) }
          : store,
      ),
    })),
  };
}

export interface Registration {
  /** The gateway's identity key in base58. */
  gateway: string;
  /** The URL of its websocket. */
  listener: string;
  /** When it was made, in the notation of Rust's crate `time`. */
  timestamp: unknown;
}

/** The registration with the gateway that the address names, if there is one. */
export function activeRegistration(identity: Identity): Registration | undefined {
  const active = recordsOf(identity, 'active_gateway').map((r) => activeGatewayRecord.parse(r))[0];
  const record = registrations(identity).find(
    ({ gateway_id_bs58 }) => gateway_id_bs58 === active?.active_gateway_id_bs58,
  );
  return (
    record && {
      gateway: record.gateway_id_bs58,
      listener: record.gateway_listener,
      timestamp: record.registration_timestamp,
    }
  );
}

/** The credentials for the gateway whose websocket is at `url`, if the client is registered there. */
export function gatewayCredentials(
  identity: Identity,
  url: string,
): GatewayCredentials | undefined {
  const registration = registrations(identity).find((record) =>
    sameUrl(record.gateway_listener, url),
  );
  if (registration === undefined) return undefined;
  return {
    identitySeed: identitySeed(identity),
    sharedKey: Uint8Array.from(registration.derived_aes256_gcm_siv_key),
  };
}

/** A key of this identity for a purpose of ours; it tells nothing about the keys it comes from (RFC 5869). */
export function deriveKey(identity: Identity, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', identitySeed(identity), '', purpose, 32));
}

function registrations(identity: Identity): z.infer<typeof registrationRecord>[] {
  return recordsOf(identity, 'gateway_registrations').map((record) =>
    registrationRecord.parse(record),
  );
}

function identitySeed(identity: Identity): Uint8Array {
  const pairs = recordsOf(identity, 'keys', 'ed25519_identity_keypair');
  return Uint8Array.from(keyPairRecord.parse(pairs[0]).private_key);
}

function recordsOf(identity: Identity, store: string, key?: string): unknown[] {
  return identity.databases
    .flatMap(({ stores }) => stores)
    .filter(({ name }) => name === store)
    .flatMap(({ records }) => records)
    .filter((record) => key === undefined || record.key === key)
    .map(({ value }) => value);
}

export function sameUrl(a: string, b: string): boolean {
  return new URL(a).href === new URL(b).href;
}
