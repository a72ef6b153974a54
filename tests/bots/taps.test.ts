// Taps that come twice, or so late that Telegram no longer takes an answer.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTaps } from '../../src/bots/telegram/taps.js';
import { Secret } from '../../src/core/secret.js';
import { type BotWorld, openBotWorld } from '../support/bot-world.js';
import { expectBot, textOf } from '../support/flow.js';

const WEBHOOK = { secret: new Secret('s'), url: 'http://127.0.0.1:8443/webhooks/telegram' };

describe('a button that sends something', () => {
  test('sends it once for two taps within a moment, and again later', async () => {
    const clock = { now: 0 };
    const taps = createTaps(() => clock.now);
    const sent: number[] = [];
    const tap = (updateId: number) =>
      taps.actOnce('video:1', updateId, () => {
        sent.push(updateId);
        return Promise.resolve();
      });
    await tap(1);
    clock.now = 9_000;
    await tap(2);
    clock.now = 11_000;
    await tap(3);
    expect(sent).toEqual([1, 3]);
  });

  test('sends nothing when the same update is handled again, and tries again after a failure', async () => {
    const taps = createTaps(() => 0);
    const sent: string[] = [];
    const failing = taps.actOnce('a', 1, () => Promise.reject(new Error('no answer')));
    await expect(failing).rejects.toThrow('no answer');
    for (const button of ['a', 'a', 'b']) {
      await taps.actOnce(button, 1, () => {
        sent.push(button);
        return Promise.resolve();
      });
    }
    expect(sent).toEqual(['a', 'b']);
  });
});

describe('a tap on a language', () => {
  let world: BotWorld;
  beforeEach(async () => {
    world = await openBotWorld();
  });
  afterEach(() => world.close());
  const apologies = () => world.user.chat().filter((m) => textOf(m).startsWith('Sorry'));

  test('is done when the message says so already', async () => {
    await world.createBot().start();
    world.user.sendText('/language');
    const list = await expectBot(world.user, /Which language/);
    const taps = [1, 2].map(() => world.user.press(list.id, 'language:en', { stale: true }).answer);
    const answers = await Promise.all(taps);
    expect(answers.map((answer) => answer?.text)).toEqual(['Done.', 'Done.']);
    expect(apologies()).toEqual([]);
    expect(world.core.errors).toEqual([]);
  });

  test('that is so old that nobody waits for its answer works all the same', async () => {
    const bot = world.createBot({ webhook: WEBHOOK });
    await bot.start();
    const { id, first_name } = world.user.profile;
    const from = { id, is_bot: false, first_name };
    const chat = { id, type: 'private' as const, first_name };
    await bot.receive({
      update_id: 1,
      message: {
        message_id: 1,
        date: 1,
        from,
        chat,
        text: '/language',
        entities: [{ type: 'bot_command', offset: 0, length: 9 }],
      },
    });
    const list = await expectBot(world.user, /Which language/);
    const message = { message_id: list.id, date: 0 as const, chat };
    await bot.receive({
      update_id: 2,
      callback_query: { id: '1', from, message, chat_instance: '1', data: 'language:es' },
    });
    await expectBot(world.user, /Ahora hablo español/);
    const open = () => world.core.ctx.store.pendingUpdates('telegram');
    while ((await open()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(apologies()).toEqual([]);
    expect(world.core.errors).toEqual([]);
  });
});
