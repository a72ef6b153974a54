// The process: environment, signals, start and stop. Only this file and `commands/` touch `process`.

import { existsSync } from 'node:fs';
import { type App, createApp } from './app.js';
import { describeFaults, hasPlatform, readEnv, secretsOf, toConfig } from './config.js';
import { DatabaseFault } from './db/sqlite.js';
import { createLog } from './log.js';

/** After SIGTERM the process is gone within ten seconds whatever still hangs. */
const MAX_STOP_MS = 9_500;

function exitOnSignals(app: App, flush: () => void): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), MAX_STOP_MS).unref();
    void app
      .stop()
      .catch((error: unknown) => {
        app.context.log.error({ err: error }, 'stopping failed');
      })
      .finally(() => {
        flush();
        process.exit(0);
      });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function startApp(): Promise<void> {
  const read = toConfig(readEnv(process.env));
  if ('faults' in read) {
    process.stderr.write(describeFaults(read.faults));
    process.exitCode = 1;
    return;
  }
  const { settings } = read;
  const config = settings.core;
  const { log, flush } = createLog({
    level: config.logLevel,
    isReadable: !config.isProduction,
    secrets: secretsOf(settings),
  });
  process.on('unhandledRejection', (error) => {
    log.error({ err: error }, 'a promise was left to itself');
  });
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'an error was caught by nobody; the process ends');
    flush();
    process.exit(1);
  });
  try {
    const app = createApp(settings, log);
    exitOnSignals(app, flush);
    const { port } = await app.start();
    process.stdout.write(`NEXORA Hug is ready on http://${config.http.host}:${port}\n`);
  } catch (error) {
    const isPlain =
      error instanceof DatabaseFault || (error as { code?: string }).code === 'EADDRINUSE';
    if (isPlain) process.stderr.write(`${(error as Error).message}\n`);
    else log.error({ err: error }, 'the program could not start');
    flush();
    process.exitCode = 1;
    process.exit();
  }
}

if (existsSync('.env')) process.loadEnvFile('.env');
const isSandbox = process.env['NODE_ENV'] !== 'production' && !hasPlatform(readEnv(process.env));
if (isSandbox) {
  // The sandbox stands apart: it starts this program again, as a child, pointed at its stand-ins.
  const { runSandbox } = await import('./sandbox/main.js');
  await runSandbox();
} else {
  await startApp();
}
