import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary directory, and how to remove it. */
export async function ownDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'nym-client-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
