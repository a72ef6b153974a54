// The four ways in which a dialogue library loses what a person sent, each shown not to happen here. The bot runs in
// this process, so that its store can be made to fail at one moment.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/core/ports/store.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { type BotWorld, openBotWorld } from '../support/bot-world.js';
import type { CoreWorld } from '../support/core-world.js';
import { expectBot, hasButton, textOf } from '../support/flow.js';
import { picture } from '../support/pictures.js';

let bots: BotWorld;
let world: CoreWorld;
let telegram: TelegramStandIn;
let user: SandboxUser;

const startBot = (store: Store): Promise<void> => bots.createBot({ store }).start();

beforeEach(async () => {
  bots = await openBotWorld();
  world = bots.core;
  ({ telegram, user } = bots);
});
afterEach(() => bots.close());

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

  test('a payment is booked and not taken for an answer, and the dialogue goes on', async () => {
    const bot = bots.createBot();
    await bot.start();
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    const { id, first_name } = user.profile;
    await bot.receive({
      update_id: 900_000,
      message: {
        message_id: 900,
        date: 1,
        from: { id, is_bot: false, first_name },
        chat: { id, type: 'private', first_name },
        successful_payment: {
          currency: 'XTR',
          total_amount: 150,
          invoice_payload: 'of-another-checkout',
          telegram_payment_charge_id: 'charge-1',
          provider_payment_charge_id: '',
        },
      },
    });
    const booked = () =>
      world.ctx.store.findPayment({ provider: 'telegram_stars', chargeId: 'charge-1' });
    while ((await booked()) === null) await new Promise((resolve) => setImmediate(resolve));
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    await expectBot(user, hasButton(/I confirm/));
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
    // The card can be seen before the dialogue's state is written.
    let state = await world.ctx.store.readDialogue(key);
    while (state === null) {
      await new Promise((resolve) => setImmediate(resolve));
      state = await world.ctx.store.readDialogue(key);
    }
    const foreign = state.replaceAll('external', 'something-else');
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
