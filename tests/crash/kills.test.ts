// Stops the real process with kill -9 at every point between a remote call and its write, starts it again and asks:
// one delivered video, no second generation, closed books.

import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  openFlow,
  press,
  textOf,
  videosIn,
} from '../support/flow.js';
import { type Gate, type GatePoint, openGate } from '../support/gate.js';
import { picture } from '../support/pictures.js';

const gates: Gate[] = [];
let flow: Flow | null = null;

afterEach(async () => {
  await flow?.close();
  for (const gate of gates.splice(0)) await gate.close();
  flow = null;
});

interface GatedFlow extends Flow {
  gate: { pixverse: Gate; telegram: Gate };
}

/** The app between gates: the world's variables are pointed at the gates instead of the stand-ins. */
async function openGatedFlow(): Promise<GatedFlow> {
  const opened = await openFlow({
    gate: async ({ pixverse, telegram }) => {
      const pixverseGate = await openGate(new URL(pixverse.baseUrl).origin);
      const telegramGate = await openGate(telegram.apiRoot);
      gates.push(pixverseGate, telegramGate);
      return {
        PIXVERSE_BASE_URL: `${pixverseGate.origin}/openapi/v2/`,
        TELEGRAM_API_ROOT: telegramGate.origin,
      };
    },
  });
  flow = opened;
  const [pixverse, telegram] = gates;
  if (pixverse === undefined || telegram === undefined) throw new Error('no gates');
  return { ...opened, gate: { pixverse, telegram } };
}

/** Kills at a point and starts the app again. Resolves once it runs again. */
function killAt(world: GatedFlow, service: 'pixverse' | 'telegram', point: GatePoint) {
  return world.gate[service].at(point, async () => {
    await world.keeper.kill();
    await world.keeper.start();
  });
}

/** The whole journey of a new person, each step as soon as it is possible. */
async function journey(world: Flow): Promise<void> {
  const { user } = world;
  await user.sendPhoto(await picture({ color: '#cc3333' }));
  await user.sendPhoto(await picture({ color: '#3333cc' }));
  const consent = await expectBot(user, hasButton(/I confirm/));
  await tap(world, consent.id, /I confirm/);
  await expectBot(user, hasButton(/Standard Embrace/));
  const card = await expectBot(user, hasButton(/Standard Embrace/));
  await tap(world, card.id, /Standard Embrace/);
  await expectVideos(user, 1);
}

/** A person taps; when the app dies under the tap they tap again after a while, if the button is still there. */
async function tap(world: Flow, _messageId: number, pattern: RegExp): Promise<void> {
  const { user } = world;
  const stillThere = () => user.chat().some(hasButton(pattern));
  for (let tries = 0; tries < 4; tries += 1) {
    await press(user, pattern).catch(() => null);
    if (!stillThere()) return;
    const gone = user
      .waitFor(() => !stillThere(), { timeoutMs: 3_000 })
      .then(
        () => true,
        () => false,
      );
    if (await gone) return;
  }
}

/** Stops the app and reads its database. */
async function readBooks(world: Flow) {
  await world.keeper.stop();
  const database = openDatabase(`${world.folder}/hug.db`);
  const { $client } = database.db;
  const all = (query: string): Record<string, unknown>[] =>
    $client.prepare(query).all() as Record<string, unknown>[];
  const store = createSqliteStore(database.db);
  const books = {
    orders: all('select id, status, funded_by as fundedBy, is_leased as isLeased from orders'),
    claims: all('select number, used_at as usedAt, released_at as releasedAt from free_claims'),
    videos: all('select status from videos'),
    integrity: $client.pragma('integrity_check', { simple: true }),
    foreignKeys: $client.pragma('foreign_key_check'),
    pending: (await store.pendingUpdates('telegram')).length,
  };
  database.close();
  return books;
}

async function expectOneOfEverything(world: Flow): Promise<void> {
  // What was in flight at the end of the journey may still be written.
  await expectBot(world.user, /Your video is ready/);
  const chatVideos = videosIn(world.user);
  expect(chatVideos).toHaveLength(1);
  const accepted = world.pixverse.generations();
  expect(accepted).toHaveLength(1);
  const books = await readBooks(world);
  expect(books.integrity).toBe('ok');
  expect(books.foreignKeys).toEqual([]);
  expect(books.orders.filter((order) => order['status'] === 'delivered')).toHaveLength(1);
  expect(
    books.orders.every((order) => ['delivered', 'draft'].includes(String(order['status']))),
  ).toBe(true);
  expect(books.claims).toEqual([
    { number: 1, usedAt: expect.any(Number) as number, releasedAt: null },
  ]);
  expect(books.videos).toEqual([{ status: 'done' }]);
  expect(books.pending).toBe(0);
}

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

describe('killed with -9 when', () => {
  test.each(
    POINTS.flatMap(([name, service, call]) =>
      (['before', 'after'] as const).map((moment) => [name, moment, service, call] as const),
    ),
  )('%s, %s', async (_name, moment, service, call) => {
    const world = await openGatedFlow();
    const killed = killAt(world, service, { call, moment });
    await Promise.all([journey(world), killed]);
    await expectOneOfEverything(world);
  });

  test('the ready line is sent, the video stands once and the line at least once', async () => {
    const world = await openGatedFlow();
    const killed = world.user
      .waitFor((m) => /Your video is ready/.test(textOf(m)), { timeoutMs: 20_000 })
      .then(async () => {
        await world.keeper.kill();
        await world.keeper.start();
      });
    await Promise.all([journey(world), killed]);
    await expectOneOfEverything(world);
  });

  test('the card is gone and the video is sent as a message: at most one more in this one window', async () => {
    const world = await openGatedFlow();
    const { user } = world;
    const deleted = world.gate.telegram.at(
      { call: /editMessageMedia/, moment: 'before', goesOn: true },
      () => {
        const card = user.chat().find((m) => m.from === 'bot' && m.photo !== undefined);
        user.deleteMessage(card?.id ?? 0);
        return Promise.resolve();
      },
    );
    const killed = killAt(world, 'telegram', { call: /sendVideo/, moment: 'after' });
    await Promise.all([journey(world), deleted, killed]);
    await user.waitFor(() => videosIn(user).length >= 2, { timeoutMs: 20_000 });
    expect(videosIn(user)).toHaveLength(2);
    expect(world.pixverse.generations()).toHaveLength(1);
    const books = await readBooks(world);
    expect(books.orders).toMatchObject([{ status: 'delivered' }]);
  });
});

describe('killed at any time', () => {
  test('many times in a row, the order still arrives once', async () => {
    const world = await openGatedFlow();
    const walk = journey(world);
    for (let kills = 0; kills < 6; kills += 1) {
      await world.user.waitFor(() => true, { timeoutMs: 5_000 });
      await world.keeper.kill();
      await world.keeper.start();
    }
    await walk;
    await expectOneOfEverything(world);
  });
});
