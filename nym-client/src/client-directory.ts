import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { variableOf } from './environment.js';

/**
 * Where a client's files are: `<data>/<id>/`. Not the native client's `~/.nym/clients`, whose files have the same
 * names for other things.
 */
export interface ClientDirectory {
  path: string;
  /** Settings. It is written last: where it is, the client has been initialised. */
  configFile: string;
  /** Keys and registration, as secret as a private key. */
  identityFile: string;
}

const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws Error if the id could lead out of the directory */
export function clientDirectory(data: string, id: string): ClientDirectory {
  if (!CLIENT_ID.test(id)) {
    throw new Error(
      `'${id}' cannot be the id of a client: 1 to 64 letters, digits, dots, dashes and underscores`,
    );
  }
  const path = resolve(data, id);
  return {
    path,
    configFile: join(path, 'config.json'),
    identityFile: join(path, 'identity.json'),
  };
}

/** `--data`, else NYM_CLIENT_DATA, else `.nym/wasm-clients` under NYM_HOME_DIR or the home directory. */
export function dataDirectory(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const home = variableOf(env, 'NYM_HOME_DIR') ?? homedir();
  return flag ?? variableOf(env, 'NYM_CLIENT_DATA') ?? join(home, '.nym', 'wasm-clients');
}
