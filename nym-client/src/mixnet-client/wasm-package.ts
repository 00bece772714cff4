import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const WASM_PACKAGE = '@nymproject/nym-client-wasm';
/** The one build whose memory layout is known (sender-tag.ts). */
export const WASM_VERSION = '1.4.1';
export const WASM_SHA256 = '9d624b63a5510ceab95e624158e639776303a31cf64f272365d91bb78165503e';

/** What is used here of a global whose types come only with the whole DOM's. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

const packageJson = z.object({ name: z.string(), version: z.string() });

/** Where npm put the package. */
export function wasmPackageDirectory(): string {
  return dirname(createRequire(import.meta.url).resolve(WASM_PACKAGE));
}

/**
 * Reads the WASM client, and refuses any build but the one that this program was made for.
 * @throws Error
 */
export async function readVerifiedWasm(directory = wasmPackageDirectory()): Promise<Uint8Array> {
  const { version } = packageJson.parse(
    JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')),
  );
  if (version !== WASM_VERSION) {
    throw new Error(
      `${WASM_PACKAGE} is version ${version}, but this client only works with ${WASM_VERSION}: it reads sender tags from the memory of that build.`,
    );
  }
  const wasm = await readFile(join(directory, 'nym_client_wasm_bg.wasm'));
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  if (sha256 !== WASM_SHA256) {
    throw new Error(
      `${WASM_PACKAGE} ${version} is not the published build: its .wasm has SHA-256 ${sha256} instead of ${WASM_SHA256}.`,
    );
  }
  return wasm;
}

/**
 * The same, compiled: threads share the result.
 * @throws Error
 */
export async function compileVerifiedWasm(): Promise<object> {
  return WebAssembly.compile(await readVerifiedWasm());
}
