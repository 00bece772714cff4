/** Where another program's API is, and what every request to it carries. */
export interface ApiAccess {
  /** Without credentials. */
  url: URL;
  headers: Record<string, string>;
}

/**
 * `fetch` takes no URL with a user and a password in it: they go into a header.
 * @param url whose credentials can be decoded, as config.ts makes sure
 */
export function withoutCredentials(url: URL): ApiAccess {
  const { username, password } = url;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  if (username === '' && password === '') return { url: bare, headers: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { url: bare, headers: { authorization } };
}
