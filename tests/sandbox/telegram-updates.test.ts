// How updates reach a bot: polling with its offsets and conflicts, and a webhook with its repetitions.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import {
  afterwards,
  call,
  createHandClock,
  createPicture,
  need,
  poll,
  pollMessages,
  start,
  TOKEN,
} from './telegram-setup.js';

const ANNA = { id: 1001, first_name: 'Anna' };

function texts(updates: { message?: { text?: string } }[]): (string | undefined)[] {
  return updates.map(({ message }) => message?.text);
}

describe('getUpdates', () => {
  it('gives updates again until a higher offset confirms them', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    for (const text of ['a', 'b', 'c', 'd']) anna.sendText(text);
    const [first = { update_id: 0 }] = await poll(telegram, { limit: 1 });
    expect(texts(await poll(telegram, { limit: 2 }))).toEqual(['a', 'b']);
    expect(texts(await poll(telegram, { offset: first.update_id }))).toEqual(['a', 'b', 'c', 'd']);
    expect(texts(await poll(telegram, { offset: first.update_id + 2 }))).toEqual(['c', 'd']);
    expect(texts(await poll(telegram))).toEqual(['c', 'd']);
    expect(texts(await poll(telegram, { offset: -1 }))).toEqual(['d']);
    const rest = await poll(telegram);
    expect(texts(rest)).toEqual(['d']);
    expect(rest[0]?.update_id).toBe(first.update_id + 3);
    expect(await poll(telegram, { offset: first.update_id + 4 })).toEqual([]);
  });

  it('gives at most 100 updates at once', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    for (let count = 0; count < 101; count += 1) anna.sendText(String(count));
    expect(await poll(telegram, { limit: 1000 })).toHaveLength(100);
  });

  it('waits for the next update, or for its timeout', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user(ANNA);
    const first = poll(telegram, { timeout: 30 });
    await clock.whenAsleep(30_000);
    anna.sendText('a');
    const [update] = await first;
    expect(update?.message?.text).toBe('a');
    const second = poll(telegram, { timeout: 20, offset: (update?.update_id ?? 0) + 1 });
    await clock.whenAsleep(20_000);
    clock.advance(20_000);
    expect(await second).toEqual([]);
  });

  it('ends with a conflict when another poll begins', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const first = call(telegram, 'getUpdates', { timeout: 30 });
    await clock.whenAsleep(30_000);
    const second = poll(telegram, { timeout: 20 });
    expect(await first).toMatchObject({
      status: 409,
      description:
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    });
    telegram.user(ANNA).sendText('a');
    expect(texts(await second)).toEqual(['a']);
  });

  it('keeps nothing longer than a day', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user(ANNA);
    anna.sendText('old');
    clock.advance(23 * 3600 * 1000);
    anna.sendText('new');
    clock.advance(3600 * 1000);
    expect(texts(await poll(telegram))).toEqual(['new']);
  });

  it('gives only the kinds that were asked for, and keeps that list when none is given', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    const everything = () => {
      anna.sendText('a');
      anna.block();
      anna.unblock();
    };
    const kinds = async (parameters: object) => {
      const updates = await poll(telegram, parameters);
      await poll(telegram, { offset: (updates.at(-1)?.update_id ?? 0) + 1 });
      return updates.map((update) => Object.keys(update)[1]);
    };
    everything();
    expect(await kinds({ allowed_updates: ['message'] })).toHaveLength(3);
    everything();
    expect(await kinds({})).toEqual(['message']);
    everything();
    expect(await kinds({ allowed_updates: [] })).toEqual(['message']);
    everything();
    expect(await kinds({})).toEqual(['message', 'my_chat_member', 'my_chat_member']);
    expect((await call(telegram, 'getUpdates', { allowed_updates: ['hug'] })).ok).toBe(false);
  });

  it('forgets waiting updates when grammY starts with drop_pending_updates', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    anna.sendText('old');
    const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
    bot.on('message:text', (ctx) => ctx.reply(`got ${ctx.message.text}`));
    const started = new Promise<void>((resolve) => {
      void bot.start({
        drop_pending_updates: true,
        onStart: () => {
          resolve();
        },
      });
    });
    afterwards(() => bot.stop());
    await started;
    anna.sendText('new');
    await anna.waitFor(({ text }) => text === 'got new');
    expect(anna.chat().some(({ text }) => text === 'got old')).toBe(false);
  });
});

interface Hook {
  url: string;
  /** What arrived, with the header that proves the sender. */
  received: { text: string; secret: string | undefined }[];
  /** The status code for an update. */
  answer: (text: string) => number;
  /** Settles when so many requests have arrived. */
  whenReceived: (count: number) => Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

async function openHook(): Promise<Hook> {
  const watchers: (() => void)[] = [];
  const hook: Hook = {
    url: '',
    received: [],
    answer: () => 200,
    whenReceived: async (count) => {
      while (hook.received.length < count) {
        await new Promise<void>((resolve) => watchers.push(resolve));
      }
    },
  };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const update = JSON.parse(body) as { message: { text: string } };
      const secret = request.headers['x-telegram-bot-api-secret-token'] as string | undefined;
      response.writeHead(hook.answer(update.message.text)).end();
      hook.received.push({ text: update.message.text, secret });
      watchers.splice(0).forEach((tell) => {
        tell();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return hook;
}

describe('a webhook', () => {
  it('is given waiting and new updates, with the secret, and closes the way by getUpdates', async () => {
    const telegram = await start();
    const hook = await openHook();
    const anna = telegram.user(ANNA);
    anna.sendText('a');
    const set = await call(telegram, 'setWebhook', { url: hook.url, secret_token: 'abc_-1' });
    expect(set).toMatchObject({ result: true, description: 'Webhook was set' });
    anna.sendText('b');
    await hook.whenReceived(2);
    expect(hook.received).toEqual([
      { text: 'a', secret: 'abc_-1' },
      { text: 'b', secret: 'abc_-1' },
    ]);
    expect(await call(telegram, 'getUpdates')).toMatchObject({
      status: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    });
    expect((await call(telegram, 'deleteWebhook')).description).toBe('Webhook was deleted');
    expect((await call(telegram, 'deleteWebhook')).description).toBe('Webhook is already deleted');
    anna.sendText('c');
    expect(texts(await poll(telegram)).at(-1)).toBe('c');
  });

  it('is tried again, later each time, and in the order of each chat', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const hook = await openHook();
    hook.answer = (text) => (text === 'a1' ? 500 : 200);
    await call(telegram, 'setWebhook', { url: hook.url, max_connections: 1000 });
    const anna = telegram.user(ANNA);
    anna.sendText('a1');
    anna.sendText('a2');
    await clock.whenAsleep(1000);
    telegram.user({ id: 1002, first_name: 'Ben' }).sendText('b1');
    await hook.whenReceived(2);
    clock.advance(1000);
    await clock.whenAsleep(2000);
    expect((await call(telegram, 'getWebhookInfo')).result).toMatchObject({
      url: hook.url,
      has_custom_certificate: false,
      max_connections: 100,
      pending_update_count: 2,
      last_error_date: Math.floor(clock.now() / 1000),
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
    });
    hook.answer = () => 200;
    clock.advance(2000);
    await hook.whenReceived(5);
    expect(hook.received.map(({ text }) => text)).toEqual(['a1', 'b1', 'a1', 'a1', 'a2']);
  });

  it('can drop what waits, and ends a poll that is under way', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const hook = await openHook();
    const anna = telegram.user(ANNA);
    const polling = call(telegram, 'getUpdates', { timeout: 30, offset: 1 });
    await clock.whenAsleep(30_000);
    await call(telegram, 'setWebhook', { url: hook.url });
    expect((await polling).description).toBe('Conflict: terminated by setWebhook request');
    await call(telegram, 'deleteWebhook');
    anna.sendText('old');
    await call(telegram, 'setWebhook', { url: hook.url, drop_pending_updates: true });
    anna.sendText('new');
    await hook.whenReceived(1);
    expect(hook.received.map(({ text }) => text)).toEqual(['new']);
  });

  it.each([
    [{ url: 'http://example.org/hook' }, /HTTPS URL must be provided/],
    [{ url: 'https://example.org:444/hook' }, /only on ports 80, 88, 443 or 8443/],
    [{ url: 'nonsense' }, /bad webhook/],
    [{ url: 'https://example.org/', secret_token: 'ä' }, /unallowed characters/],
    [{ url: 'https://example.org/', secret_token: 'a'.repeat(257) }, /too long/],
  ])('with %j is refused', async (parameters, reason) => {
    const telegram = await start();
    expect((await call(telegram, 'setWebhook', parameters)).description).toMatch(reason);
    expect((await call(telegram, 'getWebhookInfo')).result).toEqual({
      url: '',
      has_custom_certificate: false,
      pending_update_count: 0,
    });
  });
});

describe('faults of updates', () => {
  it('deliver a confirmed update once more under the same id', async () => {
    const telegram = await start();
    telegram.faults.add({ kind: 'duplicate_updates', times: 1 });
    const anna = telegram.user(ANNA);
    anna.sendText('a');
    const [update = { update_id: 0 }] = await poll(telegram);
    const offset = update.update_id + 1;
    expect(await poll(telegram, { offset })).toEqual([update]);
    expect(await poll(telegram, { offset })).toEqual([]);
    expect(telegram.faults.list()).toEqual([]);
  });

  it('push an update to a webhook twice', async () => {
    const telegram = await start();
    const hook = await openHook();
    telegram.faults.add({ kind: 'duplicate_updates', times: 1 });
    await call(telegram, 'setWebhook', { url: hook.url });
    telegram.user(ANNA).sendText('a');
    await hook.whenReceived(2);
    expect(hook.received.map(({ text }) => text)).toEqual(['a', 'a']);
  });

  it('send a tap again under a new id', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    const sent = await call(telegram, 'sendMessage', { chat_id: 1001, text: 'x', reply_markup });
    telegram.faults.add({ kind: 'repeat_taps', times: 1 });
    const tap = anna.press(sent.result.message_id, 'Go');
    const updates = await poll(telegram);
    expect(updates).toHaveLength(2);
    const [first, second] = updates;
    expect(second?.update_id).toBe(need(first).update_id + 1);
    expect(second?.callback_query?.data).toBe('go');
    const { id } = need(second?.callback_query);
    expect(id).not.toBe(first?.callback_query?.id);
    await call(telegram, 'answerCallbackQuery', { callback_query_id: id, text: 'ok' });
    expect((await tap.answer)?.text).toBe('ok');
  });

  it('put an update before the one that happened just before it, and never one that was handed out', async () => {
    const telegram = await start();
    const anna = telegram.user(ANNA);
    telegram.faults.add({ kind: 'reordered_updates' });
    anna.sendText('a');
    anna.sendText('b');
    const [first, second] = await poll(telegram);
    expect([first?.message?.text, second?.message?.text]).toEqual(['b', 'a']);
    expect(second?.update_id).toBe(need(first).update_id + 1);
    anna.sendText('c');
    const again = await poll(telegram);
    expect(again.map(({ message }) => message?.text)).toEqual(['b', 'a', 'c']);
  });

  it('turn an album round', async () => {
    const telegram = await start();
    telegram.faults.add({ kind: 'reversed_albums' });
    const photo = await createPicture(100, 100);
    const ids = await telegram.user(ANNA).sendAlbum([photo, photo]);
    const arrived = (await pollMessages(telegram)).map(({ message_id }) => message_id);
    expect(arrived).toEqual(ids.toReversed());
  });
});
