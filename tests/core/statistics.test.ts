import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { readBooksResult, verifyBooks } from '../../src/core/books.js';
import { dayOf, type Statistics, summarize } from '../../src/core/figures.js';
import {
  addBuckets,
  countGeneration,
  emptyBuckets,
  GENERATION_BUCKETS_MS,
  percentileMs,
} from '../../src/core/generation-times.js';
import type { Checkout, Order, Person } from '../../src/core/model.js';
import { openPackCheckout } from '../../src/core/money/checkout.js';
import { settlePayment } from '../../src/core/money/settlement.js';
import { chooseVariant } from '../../src/core/orders/orders.js';
import { CHART_SIZE, drawStatistics, renderStatistics } from '../../src/core/statistics-chart.js';
import { readStatistics, rollUpRecentDays, tellYesterday } from '../../src/core/statistics.js';
import { type CoreWorld, openCoreWorld, START } from '../support/core-world.js';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const DAY = '2027-01-15';

describe('times by bucket', () => {
  test('give the median and the ninth tenth as near as the buckets are wide', () => {
    const buckets = emptyBuckets();
    for (let seconds = 1; seconds <= 100; seconds += 1) countGeneration(buckets, seconds * 1000);
    expect(percentileMs(buckets, 0.5)).toBeCloseTo(50_000, -3);
    expect(percentileMs(buckets, 0.9)).toBeCloseTo(90_000, -3);
  });

  test('of several days add up, and what takes longest is counted too', () => {
    const [one, other] = [emptyBuckets(), emptyBuckets()];
    countGeneration(one, 1);
    countGeneration(other, 10 * HOUR_MS);
    const all = addBuckets([one, other]);
    expect(all.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(percentileMs(all, 1)).toBe(GENERATION_BUCKETS_MS.at(-1));
    expect(percentileMs(emptyBuckets(), 0.5)).toBeNull();
  });
});

describe('figures', () => {
  let world: CoreWorld;
  beforeEach(async () => {
    world = await openCoreWorld();
  });
  afterEach(() => world.close());

  async function pay(person: Person, variant = 'premium'): Promise<Order> {
    const draft = await world.draft(person);
    const chosen = await chooseVariant(world.ctx, person, draft, variant);
    if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
    await settle(chosen.checkout);
    return world.read(draft.id);
  }

  const settle = (checkout: Checkout) =>
    settlePayment(world.ctx, world.bank.pay(checkout), 'telegram');

  /** One person: a free video, a paid one, a paid one that fails. Another: a free one that fails, and a pack. */
  async function runDay(): Promise<void> {
    const { ctx, bank, pixverse } = world;
    const person = await world.newPerson();
    await world.order(person);
    await world.settle();
    await pay(person);
    await world.settle();
    pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 8, times: 2 });
    await pay(person, 'standard');
    await world.settle();
    const other = await world.newPerson();
    pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7, times: 1 });
    await world.order(other, 'standard');
    await world.settle();
    await openPackCheckout(ctx, other, world.addressOf(other), 'c25');
    await world.run();
    const [pack] = [...bank.shown.values()];
    if (pack === undefined) throw new Error('no invoice');
    await settle(pack);
  }

  test('tell of a day what happened on it', async () => {
    await runDay();
    const statistics = await readStatistics(world.ctx, 1);
    expect(statistics).toMatchObject({ fromDay: DAY, toDay: DAY, started: 2, firstPaid: 2 });
    expect(statistics.total).toMatchObject({
      queued: 4,
      paid: 2,
      made: 2,
      gifts: 0,
      failed: 2,
      successRate: 0.5,
    });
    expect(statistics.total.meanMs).toBeGreaterThan(35_000);
    expect(statistics.total.p90Ms).toBeGreaterThanOrEqual(statistics.total.p50Ms ?? Infinity);
    expect(statistics.revenue).toEqual([
      {
        currency: 'XTR',
        exponent: 0,
        payments: 3,
        refunds: 1,
        refundedMinor: 150,
        netMinor: 250 + 1190,
        perVideoMinor: 720,
      },
    ]);
    expect(statistics.variants).toMatchObject([
      { variant: 'premium', made: 2, failed: 0, revenue: [{ netMinor: 250, perVideoMinor: 125 }] },
      { variant: 'standard', made: 0, failed: 2, revenue: [{ netMinor: 0, perVideoMinor: null }] },
    ]);
    expect(statistics.offers).toEqual([
      { offerFirst: 'premium', started: 2, firstPaid: 2, conversion: 1 },
    ]);
  });

  test('counted twice are the same', async () => {
    await runDay();
    const once = await readStatistics(world.ctx, 7);
    await rollUpRecentDays(world.ctx);
    await rollUpRecentDays(world.ctx);
    expect(await readStatistics(world.ctx, 7)).toEqual(once);
    expect(once.byDay).toHaveLength(7);
    expect(once.byDay[0]).toMatchObject({ made: 0, successRate: null, p50Ms: null });
  });

  test('put each thing on the UTC day on which it happened, to the millisecond', async () => {
    const { ctx, clock } = world;
    const midnight = START + 12 * HOUR_MS;
    clock.now = midnight - 1;
    await world.newPerson();
    clock.now = midnight;
    await world.newPerson();
    await rollUpRecentDays(ctx);
    const { byDay, started } = await readStatistics(ctx, 2);
    expect(started).toBe(2);
    expect(byDay.map(({ day }) => day)).toEqual([DAY, '2027-01-16']);
    const { offers } = await ctx.store.readDays(DAY, DAY);
    expect(offers).toEqual([{ day: DAY, offerFirst: 'premium', started: 1, firstPaid: 0 }]);
  });

  test('count a first payment once, and a later one of the same person not', async () => {
    const person = await world.newPerson();
    await world.order(person);
    await world.settle();
    await pay(person);
    await world.settle();
    world.clock.now += DAY_MS;
    await pay(person);
    await world.settle();
    await rollUpRecentDays(world.ctx);
    const days = await world.ctx.store.readDays(DAY, '2027-01-16');
    expect(days.offers.map(({ day, started, firstPaid }) => [day, started, firstPaid])).toEqual([
      [DAY, 1, 1],
    ]);
    expect(days.revenue.map(({ day, payments }) => [day, payments])).toEqual([
      [DAY, 1],
      ['2027-01-16', 1],
    ]);
  });

  test('a late gift takes the place of its failure', async () => {
    world.pixverse.setGenerationMs(2 * HOUR_MS);
    await world.order(await world.newPerson());
    await world.settle(HOUR_MS);
    expect((await readStatistics(world.ctx, 1)).total).toMatchObject({ failed: 1, made: 0 });
    await world.settle(5 * HOUR_MS);
    const { total } = await readStatistics(world.ctx, 1);
    expect(total).toMatchObject({ failed: 0, made: 1, gifts: 1, successRate: 0 });
  });

  test('yesterday is told once, in the language of the admin, and only if there was something', async () => {
    const { ctx, clock, messenger } = world;
    await tellYesterday(ctx);
    await world.run();
    expect(messenger.notices).toEqual([]);
    const admin = await world.newPerson('1');
    await ctx.store.setPerson(admin.id, { locale: 'es', isLocaleChosen: true });
    clock.now += DAY_MS;
    await tellYesterday(ctx);
    await tellYesterday(ctx);
    const [due, ...others] = await ctx.store.claimDueNotices(clock.now, 1, 10);
    expect(others).toEqual([]);
    expect(due).toMatchObject({
      locale: 'es',
      content: { kind: 'daily_summary', statistics: { fromDay: DAY, toDay: DAY, started: 1 } },
    });
  });

  test('the daily look at the books is kept, and alarms only when something is off', async () => {
    const { ctx, messenger, clock } = world;
    expect(await readBooksResult(ctx)).toBeNull();
    await verifyBooks(ctx);
    await world.run();
    expect(messenger.notices).toEqual([]);
    world.database.db.$client.exec(
      `insert into inbox (source, event_id, person_key, payload, received_at)
      values ('telegram', '1', '1', '{}', 1)`,
    );
    await verifyBooks(ctx);
    await world.run();
    expect(messenger.notices).toEqual([
      { kind: 'admin_alert', alert: 'books_open', detail: 'inbox_pending 1' },
    ]);
    expect(await readBooksResult(ctx)).toMatchObject({
      checkedAt: clock.now,
      violations: { inbox_pending: 1, balance_below_zero: 0 },
    });
    expect(world.errors).toEqual(['the books are open undefined']);
  });
});

describe('the picture', () => {
  /** Figures of so many days, the same each day. */
  function sample(days: number, delivered: number): Statistics {
    const generationBuckets = emptyBuckets();
    for (let i = 0; i < delivered; i += 1) countGeneration(generationBuckets, 30_000 + i * 500);
    const first = START - (days - 1) * DAY_MS;
    const names = Array.from({ length: days }, (_, index) => dayOf(first + index * DAY_MS));
    const row = { queued: delivered, paid: 0, delivered, gifts: 0, failed: 1 };
    const variants = names.map((day) => ({
      ...{ day, variant: 'premium', ...row },
      ...{ generations: delivered, generationMsSum: 30_000 * delivered, generationBuckets },
    }));
    const offers = names.map((day) => ({ day, offerFirst: 'premium', started: 9, firstPaid: 2 }));
    return summarize({ variants, revenue: [], offers }, dayOf(first), DAY);
  }

  test.each([
    [1, 0],
    [1, 1],
    [7, 40],
    [92, 20_000],
  ])('of %i days with %i videos each is drawn without a font', async (days, delivered) => {
    const statistics = sample(days, delivered);
    const svg = drawStatistics(statistics);
    expect(svg).not.toMatch(/<text|NaN|Infinity|undefined/);
    expect(svg.match(/ (x|y|width|height)="-/g)).toBeNull();
    const { format, width, height } = await sharp(await renderStatistics(statistics)).metadata();
    expect({ format, width, height }).toEqual({ format: 'png', ...CHART_SIZE });
  });

  test('of nothing at all is drawn, too', async () => {
    const empty = summarize({ variants: [], revenue: [], offers: [] }, DAY, DAY);
    expect(drawStatistics(empty)).not.toMatch(/NaN|Infinity/);
    expect((await renderStatistics(empty)).length).toBeGreaterThan(1000);
  });
});
