// Fetching updates while Telegram, or our own store, does not answer.

import type { Update } from 'grammy/types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPoller, type Poller } from '../../src/bots/telegram/poller.js';
import { Secret } from '../../src/core/secret.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

let core: CoreWorld;
let telegram: TelegramStandIn;
let stopping: AbortController;
let polling: Promise<void> = Promise.resolve();
beforeEach(async () => {
  // Only what the poller waits for is moved by hand; sockets keep their own time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  core = await openCoreWorld();
  telegram = await startTelegramStandIn({ token: TOKEN });
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await polling;
  vi.useRealTimers();
  await telegram.close();
  await core.close();
});

/** Polls in the background until the test is over. */
function poll(receive: (updates: readonly Update[]) => Promise<void>): Poller {
  const inbox = { receive, resume: () => Promise.resolve(), idle: () => Promise.resolve() };
  const config = {
    token: new Secret(TOKEN),
    apiRoot: telegram.apiRoot,
    webhook: null,
    providerToken: null,
  };
  const ctx = { ...core.ctx, signal: stopping.signal };
  const poller = createPoller(ctx, config, inbox, () => undefined);
  polling = poller.run();
  return poller;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('an update that could not be stored is not confirmed, and comes again', async () => {
  telegram.user({ id: 7, first_name: 'Kim' }).sendText('hello');
  const came: number[] = [];
  const poller = poll((updates) => {
    came.push(...updates.map((update) => update.update_id));
    return came.length === 1 ? Promise.reject(new Error('disk full')) : Promise.resolve();
  });
  await until(() => came.length === 1 && poller.trouble() !== null);
  await vi.advanceTimersByTimeAsync(1_000);
  await until(() => came.length === 2);
  expect(came[1]).toBe(came[0]);
});

test('a poll that is never answered is given up, told, and made anew', async () => {
  telegram.user({ id: 7, first_name: 'Kim' }).sendText('hello');
  telegram.faults.add({ kind: 'hang', method: 'getUpdates', times: 1 });
  const came: Update[] = [];
  const poller = poll((updates) => {
    came.push(...updates);
    return Promise.resolve();
  });
  await until(() => telegram.faults.list().length === 0);
  await vi.advanceTimersByTimeAsync(41_000);
  await until(() => poller.trouble() === 'telegram getUpdates: no answer');
  await vi.advanceTimersByTimeAsync(1_000);
  await until(() => came.length === 1);
  expect(poller.trouble()).toBeNull();
});
