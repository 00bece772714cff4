import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseIdentity } from '../../src/mixnet-client/identity-store.js';

const { address, authenticateV2, identity } = z
  .object({
    address: z.string(),
    authenticateV2: z.looseObject({ nonce: z.string(), requestUnixTimestamp: z.int() }),
    identity: z.unknown(),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../vectors/registered-client.json', import.meta.url), 'utf8')),
  );

/** A client that the official software had registered and logged in, with all its keys. */
export const registeredClient = {
  address,
  /** What it logged in with. */
  authenticateV2,
  identity: parseIdentity('registered-client.json', JSON.stringify(identity)),
};
