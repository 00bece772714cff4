import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeSecretFile } from './files.js';

/** What `init` was told, for every later `run`. */
const config = z.object({
  format: z.literal(1),
  id: z.string(),
  nymApis: z.array(z.url()).min(1),
  /** The identity key (base58) of the gateway; part of the address. */
  gateway: z.string(),
  forceTlsGateway: z.boolean(),
  host: z.string(),
  port: z.int().min(0).max(65_535),
  noCover: z.boolean(),
  fastMode: z.boolean(),
  extendedPackets: z.boolean(),
});
export type Config = z.infer<typeof config>;

/**
 * Reads a client's settings; undefined if it has not been initialised.
 * @throws Error if they make no sense
 */
export async function loadConfig(path: string): Promise<Config | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return config.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`the settings in ${path} make no sense: ${reason}`);
  }
}

export async function saveConfig(path: string, settings: Config): Promise<void> {
  await writeSecretFile(path, `${JSON.stringify(settings, null, 2)}\n`);
}
