// Ten thousand updates as odd as Telegram's and odder, through the real bot. FUZZ_SEED repeats or varies the run.

import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { picture } from '../support/pictures.js';
import { type BotWorld, openBotWorld } from '../support/odd-world.js';
import { type Chance, createChance, fuzzSeed, oddString } from './chance.js';
import type { Sender } from './messages.js';
import { type Case, createCase, forgedData, type Surroundings } from './update-kinds.js';

const UPDATES = 10_000;
const PEOPLE = 60;
const PRESSES = 10;
const ADMIN_ID = 1;
/** Enough for a generation and for the card of half an album. */
const TURN_MS = 20_000;
const TIME_LIMIT_MS = 480_000;
const SEED = fuzzSeed();
const LONGEST_SHOWN = 2_000;
/** After so many the run ends: they have one cause or two. */
const MAX_FAULTS = 20;

let world: BotWorld;
beforeAll(async () => {
  world = await openBotWorld();
});
afterAll(async () => {
  await world.close();
});

function createPeople(chance: Chance): Sender[] {
  return Array.from({ length: PEOPLE }, (_, index) => ({
    id: index === 0 ? ADMIN_ID : 9_000 + index,
    is_bot: false,
    first_name: oddString(chance, 64),
    ...(chance.is(0.3) && { last_name: oddString(chance, 64) }),
    ...(chance.is(0.5) && { username: `person_${index}` }),
    ...(chance.is(0.8) && { language_code: chance.pick(['en', 'es', 'pt-br', 'xx', 'x']) }),
  }));
}

/** Files in the stand-in that the updates name: good photos, and documents of which most are none. */
async function sendFiles(world: BotWorld): Promise<Surroundings['files']> {
  const sender = world.telegram.user({ id: 8_999, first_name: 'Files' });
  const small = await picture({ width: 320, height: 400 });
  const blue = await picture({ width: 400, height: 320, color: '#3333cc' });
  const documents = [
    small,
    await sharp(small).resize(100).toBuffer(),
    small.subarray(0, small.length >> 1),
    Buffer.from('%PDF-1.7 0123456789'),
    Buffer.from('no picture at all, only words'),
    Buffer.from([0]),
  ];
  for (const bytes of [small, blue]) await sender.sendPhoto(bytes);
  for (const bytes of documents) {
    await sender.sendDocument(bytes, { fileName: 'a.jpg', mimeType: 'image/jpeg' });
  }
  const sent = sender.chat();
  await world.finished();
  const isFile = (id: string | undefined): id is string => id !== undefined;
  return {
    photos: sent.map((m) => m.photo?.fileId).filter(isFile),
    documents: sent.map((m) => m.document?.fileId).filter(isFile),
  };
}

function readBooks({ core }: BotWorld) {
  const { $client } = core.database.db;
  const count = (query: string) => $client.prepare(query).pluck().get() as number;
  const balances = 'select sum(delta) as balance from ledger group by person_id';
  const claims = 'free_claims join orders on orders.id = order_id';
  return {
    integrity: $client.pragma('integrity_check', { simple: true }),
    foreignKeys: $client.pragma('foreign_key_check'),
    pending: count('select count(*) from inbox where done_at is null'),
    overdrawn: count(`select count(*) from (${balances}) where balance < 0`),
    doubleSpent: count(
      `select count(*) from (select 1 from ledger where kind = 'order_spend' group by order_id having count(*) > 1)`,
    ),
    lostClaims: count(
      `select count(*) from ${claims} where (status = 'delivered' and used_at is null and is_gift = 0)
         or (status in ('failed', 'cancelled') and released_at is null)`,
    ),
  };
}

/** One round: some updates for some people, all finished, and everything due done. Answers what went wrong. */
async function playRound(cases: readonly Case[]): Promise<string[]> {
  const { errors, signs, answered } = world;
  const proper = new Map(cases.filter((c) => c.isProper).map((c) => [c.update.update_id, c]));
  signs.clear();
  errors.length = 0;
  await world.receive(cases.map(({ update }) => update));
  await world.finished();
  await world.turn(TURN_MS);
  const logged = errors.flatMap(({ updateId, text }) => {
    const about = updateId === undefined ? undefined : proper.get(updateId);
    const isFault = updateId === undefined || about !== undefined || /a handler hangs/.test(text);
    return isFault ? [`${text}\n${JSON.stringify(about?.update).slice(0, LONGEST_SHOWN)}`] : [];
  });
  const unanswered = cases
    .filter(({ owes, personId, update }) =>
      owes === 'sign' ? !signs.has(personId) : owes === 'callback' && !answered.has(tapId(update)),
    )
    .map(({ update }) => `no answer: ${JSON.stringify(update).slice(0, LONGEST_SHOWN)}`);
  return [...logged, ...unanswered];
}

function tapId({ update_id }: Case['update']): string {
  return `fuzz${update_id}`;
}

/** Presses that come from the chat itself, on messages of the bot, mostly such as lead to a video, each to be answered. */
async function pressSome(
  chance: Chance,
  people: readonly Sender[],
  around: Surroundings,
): Promise<string[]> {
  const presses = Array.from({ length: PRESSES }, () => {
    const person = chance.pick(people);
    const user = world.telegram.user(person);
    const shown = user.chat().filter(({ from, buttons }) => from === 'bot' && buttons.length > 0);
    const onMessage =
      shown.length === 0 ? null : chance.is(0.6) ? shown.at(-1) : chance.pick(shown);
    const own = (onMessage?.buttons ?? []).flat().flatMap((b) => b.callbackData ?? []);
    const onward = own.filter((one) => /^(agree|choose):/.test(one));
    const likely = onward.length > 0 && chance.is(0.7) ? onward : own;
    const isOwn = likely.length > 0 && chance.is(0.7);
    const data = isOwn ? chance.pick(likely) : forgedData(chance, person, around);
    return { data, answer: user.press(onMessage?.id ?? 1, data, { stale: true }).answer };
  });
  const faults: string[] = [];
  for (const { data, answer } of presses) {
    if ((await answer) === null) faults.push(`no answer to the press of ${data}`);
  }
  await world.finished();
  return faults;
}

test(
  `${UPDATES} odd updates are all finished, people hear an answer, and the books close`,
  async () => {
    const chance = createChance(SEED);
    const people = createPeople(chance);
    for (const person of people) world.openUser(person);
    const [owner] = people.map((person) => world.telegram.user(person));
    if (owner === undefined) throw new Error('nobody');
    const group = world.telegram.group('G', owner);
    const around = {
      files: await sendFiles(world),
      orders: [] as Surroundings['orders'],
      groupId: group.id,
    };
    const listOrders = world.core.database.db.$client.prepare(
      'select id, chat_id as chatId from orders order by chat_id, rowid',
    );
    let updateId = 1;
    const faults: string[] = [];
    for (let done = 0; done < UPDATES && faults.length < MAX_FAULTS;) {
      const cases: Case[] = [];
      for (const person of people) {
        const count = chance.is(0.7) ? 1 : chance.whole(0, 3);
        for (let index = 0; index < count; index += 1) {
          const ids = { updateId, messageId: 1_000_000 + updateId };
          cases.push(createCase(chance, person, around, ids));
          updateId += 1;
        }
      }
      faults.push(...(await playRound(cases)));
      around.orders = listOrders.all() as typeof around.orders;
      faults.push(...(await pressSome(chance, people, around)));
      done += cases.length + PRESSES;
    }
    expect(faults, `FUZZ_SEED=${SEED}`).toEqual([]);
    await world.turn(TURN_MS);
    expect(world.brokenTexts).toEqual([]);
    expect(readBooks(world)).toEqual({
      integrity: 'ok',
      foreignKeys: [],
      pending: 0,
      overdrawn: 0,
      doubleSpent: 0,
      lostClaims: 0,
    });
    // The updates went deep: whole orders were made of them.
    const delivered = world.core.database.db.$client
      .prepare("select count(*) from orders where status = 'delivered'")
      .pluck()
      .get();
    expect(delivered).toBeGreaterThan(5);
  },
  TIME_LIMIT_MS,
);
