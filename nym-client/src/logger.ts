const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LEVELS)[number];

/**
 * Lines for an operator. They never contain messages, tags, keys, or anyone's address but the client's own.
 *
 * Plain text and not pino's JSON, because supervisors look for the native client's lines, and one of those has quotes
 * in it, which JSON would escape.
 */
export type Logger = Record<LogLevel, (message: string) => void>;

export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** @param write takes one line, newline included */
export function lineLogger(
  write: (line: string) => void,
  level: LogLevel = 'info',
  now: () => Date = () => new Date(),
): Logger {
  const log = (at: LogLevel) => (message: string) => {
    if (LEVELS.indexOf(at) > LEVELS.indexOf(level)) return;
    write(`${now().toISOString()} ${at.toUpperCase().padStart(5)} ${oneLine(message)}\n`);
  };
  return { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
}

export function isLogLevel(text: string): text is LogLevel {
  return LEVELS.some((level) => level === text);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
