// The four ways in which a dialogue library loses what a person sent, each shown not to happen here. The bot runs in
// this process, so that its store can be made to fail at one moment.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTelegramBot, type TelegramBot } from '../../src/bots/telegram/bot.js';
import { createTelegramMessenger } from '../../src/bots/telegram/messenger.js';
import type { Context } from '../../src/core/context.js';
import type { Store } from '../../src/core/ports/store.js';
import { createScheduler } from '../../src/core/orders/scheduler.js';
import { Secret } from '../../src/core/secret.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { loadTexts } from '../../src/texts/texts.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';
import { expectBot, hasButton, textOf } from '../support/flow.js';
import { picture } from '../support/pictures.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

let world: CoreWorld;
let telegram: TelegramStandIn;
let user: SandboxUser;
let stopping: AbortController;
let running: { bot: TelegramBot; scheduled: Promise<void> };

/** Starts the bot on the world's store; `store` may fail where a test wants it. */
async function startBot(store: Store): Promise<void> {
  const config = {
    token: new Secret(TOKEN),
    apiRoot: telegram.apiRoot,
    webhook: null,
    providerToken: null,
  };
  const texts = loadTexts();
  const messenger = createTelegramMessenger({
    config,
    texts,
    photoKeepHours: 24,
    log: world.ctx.log,
    botUsername: () => Promise.resolve('a_bot'),
  });
  let wake = (): void => undefined;
  const ctx: Context = {
    ...world.ctx,
    store,
    now: Date.now,
    messengers: new Map([['telegram', messenger]]),
    signal: stopping.signal,
    wake: () => {
      wake();
    },
  };
  const scheduler = createScheduler(ctx);
  wake = scheduler.wake.bind(scheduler);
  const bot = createTelegramBot(ctx, { config, texts, messenger });
  running = { bot, scheduled: scheduler.run() };
  await bot.start();
}

beforeEach(async () => {
  world = await openCoreWorld();
  telegram = await startTelegramStandIn({ token: TOKEN });
  user = telegram.user({ id: 42, first_name: 'Kim', language_code: 'en' });
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await Promise.all([running.scheduled, running.bot.stop()]);
  await telegram.close();
  await world.close();
});

describe('while the dialogue waits for a photo', () => {
  test('what is not for it is not swallowed: buttons, commands and what follows run', async () => {
    await startBot(world.ctx.store);
    await user.sendPhoto(await picture());
    const card = await expectBot(user, /1 of 2/);
    user.sendText('/price');
    await expectBot(user, /What a video costs/);
    const cancel = card.buttons.flat()[0]?.callbackData ?? '';
    await user.press(card.id, cancel).answer;
    await expectBot(user, /Cancelled/);
    user.sendText('hello');
    await expectBot(user, /Send me two photos to begin/);
  });

  test('both photos of an album arrive, although they come at once and their files slowly', async () => {
    await startBot(world.ctx.store);
    telegram.faults.add({ kind: 'download_slow', ms: 150, times: 1 });
    await user.sendAlbum([await picture(), await picture({ color: '#3333cc' })]);
    const card = await expectBot(user, hasButton(/I confirm/));
    expect(textOf(card)).toContain('2 of 2');
  });

  test('a state that could not be written costs nothing: the update is handled again, its photo once', async () => {
    let failures = 1;
    const store: Store = {
      ...world.ctx.store,
      writeDialogue: (key, data, now) => {
        failures -= 1;
        if (failures >= 0) return Promise.reject(new Error('Bad replay: disk full'));
        return world.ctx.store.writeDialogue(key, data, now);
      },
    };
    await startBot(store);
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    const card = await expectBot(user, hasButton(/I confirm/));
    expect(textOf(card)).toContain('2 of 2');
    expect(failures).toBeLessThan(0);
  });

  test('a state of another version of the program is dropped, and the draft goes on from its row', async () => {
    await startBot(world.ctx.store);
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    const key = 'telegram:42';
    const state = await world.ctx.store.readDialogue(key);
    expect(state).not.toBeNull();
    const foreign = (state ?? '').replaceAll('external', 'something-else');
    await world.ctx.store.writeDialogue(key, foreign, Date.now());
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    const card = await expectBot(user, hasButton(/I confirm/));
    expect(textOf(card)).toContain('2 of 2');
  });

  test('an error inside a call does not leave the person mute', async () => {
    await startBot(world.ctx.store);
    telegram.faults.add({ kind: 'server_error', method: 'sendMessage', times: 1 });
    user.sendText('hello');
    await expectBot(user, /Send me two photos to begin/);
    user.sendText('/help');
    await expectBot(user, /How it works/);
  });
});
