import type { ClientBase } from 'pg';
import { createPastes } from './001-pastes.js';
import { createRequests } from './002-requests.js';
import { createImports } from './003-imports.js';
import { respellCids } from './004-cids.js';

/** SQL, or what SQL cannot say. It is run within a transaction. */
export type Migration = string | ((client: ClientBase) => Promise<void>);

/** In the order in which they are applied. One that has been released is never changed: a change is another one. */
export const MIGRATIONS: readonly Migration[] = [
  createPastes,
  createRequests,
  createImports,
  respellCids,
];
