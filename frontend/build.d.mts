/** Builds the page into `dist/public`, unless it is there already, made of the same inputs. Tells whether there was anything to do. */
export function buildFrontend(): Promise<{ built: boolean }>;
