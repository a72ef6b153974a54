import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '../../src/core/model.js';
import { openPackCheckout } from '../../src/core/money/checkout.js';
import { areSalesPaused, checkPixverseCredits } from '../../src/core/money/sales.js';
import { chooseCurrency } from '../../src/core/people.js';
import { createPhotoRate, mayOrder, pausedUntil } from '../../src/core/orders/limits.js';
import { chooseVariant } from '../../src/core/orders/orders.js';
import { type CoreWorld, openCoreWorld, START } from '../support/core-world.js';

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

let world: CoreWorld;
let person: Person;
beforeEach(async () => {
  world = await openCoreWorld({
    config: { free: { freeVideos: 9, freeFailures: 9, dailyBudget: 99 } },
  });
  person = await world.newPerson();
});
afterEach(() => world.close());

/** An order that PixVerse's content rules refuse once it is made. */
async function moderated(): Promise<void> {
  world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7, times: 1 });
  const order = await world.order(person);
  await world.settle();
  expect((await world.read(order.id)).failureCode).toBe('moderated');
}

describe('the content rules', () => {
  test('pause a person at the third refused order, until a day after the first of the three', async () => {
    await moderated();
    const first = (await world.ctx.store.listStrikes(person.id, 0))[0] ?? 0;
    world.clock.now += HOUR_MS;
    await moderated();
    expect(await pausedUntil(world.ctx, person.id)).toBeNull();
    await moderated();
    const until = first + DAY_MS;
    const draft = await world.draft(person);
    await expect(chooseVariant(world.ctx, person, draft, 'premium')).rejects.toMatchObject({
      code: 'person_paused',
      reason: String(until),
    });
    const other = await world.newPerson();
    await mayOrder(world.ctx, other.id);
    world.clock.now = until + 1;
    await mayOrder(world.ctx, person.id);
  });

  test('count a refused photo like a refused order', async () => {
    for (let photos = 1; photos <= 3; photos += 1) {
      world.pixverse.faults.add({ on: 'upload', kind: 'moderation', times: 1 });
      await world.draft(person);
      await world.run();
    }
    expect(await pausedUntil(world.ctx, person.id)).toBe(START + DAY_MS);
  });
});

test('a currency is corrected once, and changed to a cheaper one once in 90 days', async () => {
  const choose = async (currency: string) => {
    const { id } = person;
    const now = (await world.ctx.store.readPerson(id)) ?? person;
    return chooseCurrency(world.ctx, now, 'telegram', currency);
  };
  const inTurn: [string, string][] = [
    ['JPY', 'chosen'],
    ['BRL', 'chosen'],
    ['EUR', 'chosen'],
    ['JPY', 'too_soon'],
    ['SEK', 'chosen'],
  ];
  for (const [currency, outcome] of inTurn) expect(await choose(currency)).toBe(outcome);
  world.clock.now += 90 * DAY_MS;
  expect(await choose('JPY')).toBe('chosen');
  expect(await choose('BRL')).toBe('too_soon');
});

describe('tries', () => {
  test('are five a minute, invoices among them', async () => {
    const noFree = { ...world.ctx.config, free: { ...world.ctx.config.free, freeVideos: 0 } };
    const ctx = { ...world.ctx, config: noFree };
    for (const packId of ['c50', 'c25', 'c50', 'c25']) {
      await openPackCheckout(ctx, person, world.addressOf(person), packId);
    }
    const draft = await world.draft(person);
    await chooseVariant(ctx, person, draft, 'premium');
    await expect(chooseVariant(ctx, person, draft, 'standard')).rejects.toMatchObject({
      code: 'rate_limited',
    });
    const sixth = openPackCheckout(ctx, person, world.addressOf(person), 'c25');
    await expect(sixth).rejects.toMatchObject({ code: 'rate_limited' });
    world.clock.now += 60_001;
    const chosen = await chooseVariant(ctx, person, draft, 'standard');
    expect(chosen.outcome).toBe('payment_due');
  });
});

describe('photos', () => {
  test('are thirty a minute for each person', () => {
    const mayTake = createPhotoRate(world.ctx.now);
    for (let photos = 1; photos <= 30; photos += 1) expect(mayTake('a')).toBe(true);
    expect(mayTake('a')).toBe(false);
    expect(mayTake('b')).toBe(true);
    world.clock.now += 60_000;
    expect(mayTake('a')).toBe(true);
  });
});

describe('sales', () => {
  test('pause before money is taken that cannot be served, and resume by themselves', async () => {
    world.pixverse.setCredits(3);
    await checkPixverseCredits(world.ctx);
    expect(await areSalesPaused(world.ctx)).toBe(true);
    const draft = await world.draft(person);
    await expect(chooseVariant(world.ctx, person, draft, 'premium')).rejects.toMatchObject({
      code: 'sales_paused',
    });
    const pack = openPackCheckout(world.ctx, person, world.addressOf(person), 'c25');
    await expect(pack).rejects.toMatchObject({ code: 'sales_paused' });
    world.pixverse.setCredits(100_000);
    await checkPixverseCredits(world.ctx);
    await mayOrder(world.ctx, person.id);
    await world.run();
    const alerts = world.messenger.notices.flatMap((n) => ('alert' in n ? [n.alert] : []));
    expect(alerts).toEqual(['sales_paused', 'sales_resumed']);
  });
});
