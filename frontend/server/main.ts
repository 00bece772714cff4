import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startPageServer } from './page-server.js';
import { describeSettings, readSettings } from './settings.js';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(`${describeSettings()}\n`);
    return;
  }
  const settings = readSettings(process.env);
  const log = pino({ name: 'frontend' });
  const server = await startPageServer(settings, publicFolder, (problem) => {
    log.warn(problem);
  });
  log.info({ url: server.url, network: settings.network }, 'the page is served');
  const stop = () => {
    server.stop().then(
      () => {
        log.info('stopped');
      },
      (error: unknown) => {
        fail(error);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is taken. Set PASTENYM_PORT to a free one.`;
  }
  return error.message;
}

await main().catch(fail);
