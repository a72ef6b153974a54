// The program put together, in this process, with a store that can fail.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createApp } from '../src/app.js';
import { describeFaults, readEnv, toConfig } from '../src/config.js';
import type { Log } from '../src/core/log.js';
import { openDatabase } from '../src/db/sqlite.js';
import { createSqliteStore } from '../src/db/store/store.js';
import { startPixverse } from '../src/sandbox/pixverse/server.js';
import { startTelegramStandIn } from '../src/sandbox/telegram/server.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

test('what cannot be compared at the start because the database fails is told, and stopping is in order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hug-app-'));
  const telegram = await startTelegramStandIn({ token: TOKEN });
  const pixverse = await startPixverse({
    apiKey: 'key',
    render: 'sample',
    mediaFolder: join(folder, 'pixverse'),
  });
  const read = toConfig(
    readEnv({
      PORT: '0',
      DATA_DIR: folder,
      PIXVERSE_API_KEY: 'key',
      PIXVERSE_BASE_URL: pixverse.baseUrl,
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    }),
  );
  if ('faults' in read) throw new Error(describeFaults(read.faults));
  const errors: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_fields, message) => errors.push(message),
    child: () => log,
  };
  const database = openDatabase(':memory:');
  const store = createSqliteStore(database.db);
  const app = createApp(read.settings, log, {
    store: { ...store, readSetting: () => Promise.reject(new Error('disk full')) },
  });
  await app.start();
  while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toContain('housekeeping failed; it is repeated at its next time');
  await app.stop();
  database.close();
  await telegram.close();
  await pixverse.close();
  rmSync(folder, { recursive: true });
});
