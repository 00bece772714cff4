import { createPastes } from './001-pastes.js';
import { createRequests } from './002-requests.js';
import { createImports } from './003-imports.js';

/** In the order in which they are applied. One that has been released is never changed: a change is another one. */
export const MIGRATIONS: readonly string[] = [createPastes, createRequests, createImports];
