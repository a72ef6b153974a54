// Stops the real process with kill -9 at every point between a remote call and its write, starts it again and asks:
// one delivered video, no second generation, closed books.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectBot, textOf, videosIn } from '../support/flow.js';
import type { GatePoint } from '../support/gate.js';
import { expectOneVideo, journey, type KillWorld, openKillWorld } from '../support/kill-world.js';

let world: KillWorld;
beforeAll(async () => {
  world = await openKillWorld();
});
afterAll(() => world.endWithClosedBooks());

const POINTS: [string, 'pixverse' | 'telegram', GatePoint['call']][] = [
  ['updates are fetched', 'telegram', /getUpdates/],
  ['a file is looked up', 'telegram', /getFile/],
  ['a file is fetched', 'telegram', /GET \/file\//],
  ['"1 of 2" is sent', 'telegram', /sendMessage/],
  ['the preview is sent', 'telegram', /sendPhoto/],
  ['a photo is uploaded', 'pixverse', /image\/upload/],
  ['a tap is answered', 'telegram', /answerCallbackQuery/],
  ['the card is edited', 'telegram', /editMessageCaption/],
  ['the order is submitted', 'pixverse', /fusion\/generate/],
  ['the generation is looked at', 'pixverse', /video\/result/],
  ['the video file is fetched', 'pixverse', /GET \/media/],
  ['the video is put into the card', 'telegram', /editMessageMedia/],
];

async function expectOneFreeVideo(user: ReturnType<KillWorld['newUser']>): Promise<void> {
  await expectOneVideo(world, user);
  const claims = world.read(
    `select number, used_at is not null as isUsed, released_at as releasedAt from free_claims
     join orders on orders.id = order_id where chat_id = ?`,
    String(user.id),
  );
  expect(claims).toEqual([{ number: 1, isUsed: 1, releasedAt: null }]);
}

describe('killed with -9 when', () => {
  test.each(
    POINTS.flatMap(([name, service, call]) =>
      (['before', 'after'] as const).map((moment) => [name, moment, service, call] as const),
    ),
  )('%s, %s', async (_name, moment, service, call) => {
    const user = world.newUser();
    await Promise.all([world.killAt(service, { call, moment }), journey(user)]);
    await expectOneFreeVideo(user);
  });

  test('the ready line is sent, the video stands once and the line at least once', async () => {
    const user = world.newUser();
    const isReady = user.waitFor((m) => /Your video is ready/.test(textOf(m)), {
      timeoutMs: 20_000,
    });
    await Promise.all([isReady.then(world.restart), journey(user)]);
    await expectOneFreeVideo(user);
  });

  test('the card is gone and the video is sent as a message: at most one more in this one window', async () => {
    const user = world.newUser();
    const edit: GatePoint = { call: /editMessageMedia/, moment: 'before', goesOn: true };
    const deleted = world.gate.telegram.at(edit, () => {
      const card = user.chat().find((m) => m.from === 'bot' && m.photo !== undefined);
      user.deleteMessage(card?.id ?? 0);
      return Promise.resolve();
    });
    const killed = world.killAt('telegram', { call: /sendVideo/, moment: 'after' });
    await Promise.all([journey(user), deleted, killed]);
    await user.waitFor(() => videosIn(user).length >= 2, { timeoutMs: 20_000 });
    expect(videosIn(user)).toHaveLength(2);
    const isDelivered = () =>
      world.read('select status from orders where chat_id = ?', String(user.id));
    await expect.poll(isDelivered).toEqual([{ status: 'delivered' }]);
  });
});

describe('killed at any time', () => {
  test('many times in a row, the order still arrives once', async () => {
    const user = world.newUser();
    const walk = journey(user);
    for (let kills = 0; kills < 6; kills += 1) {
      await user.waitFor(() => true, { timeoutMs: 5_000 });
      await world.restart();
    }
    await walk;
    await expectBot(user, /Your video is ready/);
    await expectOneFreeVideo(user);
  });
});
