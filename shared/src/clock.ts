/** Milliseconds since 1970-01-01T00:00:00Z. An argument wherever time matters, so that tests can hold it still. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
