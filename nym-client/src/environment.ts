/** A variable of the environment; an empty one counts as not given, as `NAME=` in a compose file or shell means it. */
export function variableOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
