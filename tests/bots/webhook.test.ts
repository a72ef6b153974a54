// Updates that Telegram pushes around the start of the process: the HTTP server is open before the bot is connected.

import type { Update } from 'grammy/types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { type BotWorld, openBotWorld } from '../support/bot-world.js';
import { expectBot, textOf } from '../support/flow.js';

const WEBHOOK = { secret: new Secret('s'), url: 'http://127.0.0.1:8443/webhooks/telegram' };

let world: BotWorld;
beforeEach(async () => {
  world = await openBotWorld();
});
afterEach(() => world.close());

function message(updateId: number, text: string): Update {
  const { id, first_name } = world.user.profile;
  const from = { id, is_bot: false, first_name };
  const chat = { id, type: 'private' as const, first_name };
  const entities = [{ type: 'bot_command' as const, offset: 0, length: text.length }];
  return {
    update_id: updateId,
    message: { message_id: updateId, date: 1, from, chat, text, entities },
  };
}

const pending = () => world.core.ctx.store.pendingUpdates('telegram');
const saying = (pattern: RegExp) => world.user.chat().filter((m) => pattern.test(textOf(m)));

test('an update that comes before the bot is connected is kept and handled afterwards, once', async () => {
  const bot = world.createBot({ webhook: WEBHOOK });
  await bot.receive(message(1, '/help'));
  await bot.receive(message(1, '/help'));
  expect(await pending()).toHaveLength(1);
  await bot.start();
  await expectBot(world.user, /How it works/);
  await bot.receive(message(2, '/price'));
  await expectBot(world.user, /What a video costs/);
  while ((await pending()).length > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(saying(/How it works/)).toHaveLength(1);
  expect(world.core.errors).toEqual([]);
});

const answers = () =>
  world.telegram.calls().filter((call) => call.method === 'answerPreCheckoutQuery');

function preCheckout(): Update {
  const from = { id: 42, is_bot: false, first_name: 'Kim' };
  return {
    update_id: 1,
    pre_checkout_query: { id: '7', from, currency: 'XTR', total_amount: 1, invoice_payload: 'x' },
  };
}

test('a payment is judged before the bot is connected: it cannot wait', async () => {
  const bot = world.createBot({ webhook: WEBHOOK });
  await bot.receive(preCheckout());
  while (answers().length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(answers()[0]?.summary).toContain('ok=false');
  await bot.start();
});

test('a payment is refused in time while the database fails: it could not be booked', async () => {
  const broken = () => Promise.reject(new Error('disk full'));
  const store = { ...world.core.ctx.store, readCheckout: broken, seePerson: broken };
  const bot = world.createBot({ webhook: WEBHOOK, store });
  await bot.receive(preCheckout());
  await bot.start();
  while (answers().length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(answers()[0]?.summary).toContain('ok=false');
  expect(world.core.errors).toEqual([expect.stringContaining('a payment could not be judged')]);
});

test('the answer to a payment is given once more when the connection broke', async () => {
  const bot = world.createBot({ webhook: WEBHOOK });
  await bot.start();
  world.telegram.faults.add({ kind: 'cut_before', method: 'answerPreCheckoutQuery', times: 1 });
  await bot.receive(preCheckout());
  while (answers().length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(answers()[1]?.summary).toContain('ok=false');
  await bot.stop();
  // The stand-in does not know this query, just as Telegram does not know one that was answered.
  expect(world.core.errors).toEqual([]);
});

test('payments are asked for by name and what waits is never dropped, by polling and by webhook', async () => {
  await world.createBot().start();
  world.user.sendText('/help');
  await expectBot(world.user, /How it works/);
  await world.createBot({ webhook: WEBHOOK }).start();
  const connecting = world.telegram
    .calls()
    .filter((call) => ['getUpdates', 'setWebhook', 'deleteWebhook'].includes(call.method));
  const asking = connecting.filter((call) => call.method !== 'deleteWebhook');
  expect(new Set(asking.map((call) => call.method))).toEqual(new Set(['getUpdates', 'setWebhook']));
  for (const { summary } of asking) {
    expect(summary).toContain('allowed_updates=["message","callback_query","pre_checkout_query"');
  }
  expect(connecting.map((call) => call.summary).join()).not.toContain('drop_pending_updates');
});

test('a handler does not sleep through a long wait that Telegram asks for: its update comes back', async () => {
  const warn = vi.spyOn(world.core.ctx.log, 'warn');
  await world.createBot().start();
  world.telegram.faults.add({
    kind: 'too_many_requests',
    method: 'sendMessage',
    retryAfter: 60,
    times: 1,
  });
  world.user.sendText('/help');
  const again = () => warn.mock.calls.find(([, said]) => said === 'an update is handled again');
  while (again() === undefined) await new Promise((resolve) => setImmediate(resolve));
  expect(again()?.[0]).toMatchObject({ waitMs: 60_000 });
});
