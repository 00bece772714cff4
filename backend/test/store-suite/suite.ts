import { describe, jest } from '@jest/globals';
import { describeClaims } from './claims.js';
import { useDatabase, type OpenTestDatabase } from './fixtures.js';
import { describeGuardedPastes } from './guarded-pastes.js';
import { describeModel } from './model.js';
import { describeOpenPastes } from './open-pastes.js';
import { describeUpkeep } from './upkeep.js';
import { describeUploads } from './uploads.js';

/** A busy disk may take long for a commit. */
const TIMEOUT_MS = 60_000;

/** What `PasteStore` promises, as tests that every implementation must pass. */
export function describeStore(name: string, openDatabase: OpenTestDatabase): void {
  jest.setTimeout(TIMEOUT_MS);
  describe(name, () => {
    const bench = useDatabase(openDatabase);
    describe('open pastes', () => {
      describeOpenPastes(bench);
    });
    describe('guarded pastes', () => {
      describeGuardedPastes(bench);
    });
    describe('claims', () => {
      describeClaims(bench);
    });
    describe('uploads', () => {
      describeUploads(bench);
    });
    describe('upkeep', () => {
      describeUpkeep(bench);
    });
    describe('whatever is asked for, in whatever order', () => {
      describeModel(bench);
    });
  });
}
