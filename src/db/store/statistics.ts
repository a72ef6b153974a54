// Roll-ups of days: each is counted from indexed ranges of the base tables and then read instead of them.

import { and, asc, between, count, eq, gte, inArray, isNotNull, lt, min, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { countGeneration, emptyBuckets } from '../../core/generation-times.js';
import { isEnded, ORDER_STATUSES } from '../../core/orders/status.js';
import type {
  DailyFigures,
  DailyOffer,
  DailyRevenue,
  DailyVariant,
  Load,
  StatisticsStore,
} from '../../core/ports/statistics-store.js';
import { checkouts, payments } from '../schema/money.js';
import { orders, videos } from '../schema/orders.js';
import { people } from '../schema/people.js';
import { dailyOffers, dailyRevenue, dailyVariants } from '../schema/statistics.js';
import type { Transact, Tx } from './transact.js';

const DAY_MS = 24 * 60 * 60_000;
const OPEN_STATUSES = ORDER_STATUSES.filter((status) => !isEnded(status));

/** A UTC day as a half-open range. */
interface Day {
  day: string;
  from: number;
  to: number;
}

function rangeOf(day: string): Day {
  const from = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(from)) throw new Error(`no day: ${day}`);
  return { day, from, to: from + DAY_MS };
}

function within(column: SQLiteColumn, { from, to }: Day) {
  return and(gte(column, from), lt(column, to));
}

function countVariants(tx: Tx, day: Day): DailyVariant[] {
  const rows = new Map<string, DailyVariant>();
  const rowOf = (variant: string | null): DailyVariant => {
    const key = variant ?? '';
    const row = rows.get(key) ?? {
      day: day.day,
      variant: key,
      queued: 0,
      paid: 0,
      delivered: 0,
      gifts: 0,
      failed: 0,
      generations: 0,
      generationMsSum: 0,
      generationBuckets: emptyBuckets(),
    };
    rows.set(key, row);
    return row;
  };
  const { variant } = orders;
  const funded = tx
    .select({ variant, queued: count(), paid: sql<number>`sum(${orders.fundedBy} <> 'free')` })
    .from(orders)
    // All statuses by name, because the index begins with the status.
    .where(and(inArray(orders.status, [...ORDER_STATUSES]), within(orders.queuedAt, day)))
    .groupBy(variant)
    .all();
  for (const { variant: id, queued, paid } of funded) Object.assign(rowOf(id), { queued, paid });
  const delivered = tx
    .select({ variant, videos: count(), gifts: sql<number>`sum(${orders.isGift})` })
    .from(orders)
    .where(within(orders.deliveredAt, day))
    .groupBy(variant)
    .all();
  for (const found of delivered) {
    const { gifts } = found;
    Object.assign(rowOf(found.variant), { delivered: found.videos - gifts, gifts });
  }
  const failed = tx
    .select({ variant, failed: count() })
    .from(orders)
    // The plus keeps the planner from reading every failure there ever was.
    .where(and(within(orders.endedAt, day), sql`+${orders.status} = 'failed'`))
    .groupBy(variant)
    .all();
  for (const found of failed) rowOf(found.variant).failed = found.failed;
  for (const found of listGenerations(tx, day)) {
    const row = rowOf(found.variant);
    const generationMs = found.generationMs ?? 0;
    row.generations += 1;
    row.generationMsSum += generationMs;
    countGeneration(row.generationBuckets, generationMs);
  }
  return [...rows.values()];
}

function listGenerations(tx: Tx, day: Day) {
  return tx
    .select({ variant: orders.variant, generationMs: videos.generationMs })
    .from(orders)
    .innerJoin(
      videos,
      and(eq(videos.orderId, orders.id), eq(videos.pixverseVideoId, orders.pixverseVideoId)),
    )
    .where(and(within(orders.deliveredAt, day), isNotNull(videos.generationMs)))
    .all();
}

/** Payments that became credits, summed up by product, in a range of `at`. */
function sumPayments(tx: Tx, at: SQLiteColumn, day: Day) {
  const product = sql<string>`coalesce(${checkouts.variant}, ${checkouts.packId}, '')`;
  const { currency, exponent } = payments;
  return tx
    .select({
      product,
      currency,
      exponent,
      payments: count(),
      amountMinor: sql<number>`sum(${payments.amountMinor})`,
    })
    .from(payments)
    .leftJoin(checkouts, eq(checkouts.id, payments.checkoutId))
    .where(and(within(at, day), eq(payments.outcome, 'settled')))
    .groupBy(product, currency, exponent)
    .all();
}

function countRevenue(tx: Tx, day: Day): DailyRevenue[] {
  const rows = new Map<string, DailyRevenue>();
  const rowOf = (of: Pick<DailyRevenue, 'product' | 'currency' | 'exponent'>): DailyRevenue => {
    const key = `${of.product} ${of.currency}`;
    const { product, currency, exponent } = of;
    const none = { payments: 0, amountMinor: 0, refunds: 0, refundedMinor: 0 };
    const row = rows.get(key) ?? { day: day.day, product, currency, exponent, ...none };
    rows.set(key, row);
    return row;
  };
  for (const sum of sumPayments(tx, payments.receivedAt, day)) {
    const row = rowOf(sum);
    row.payments += sum.payments;
    row.amountMinor += sum.amountMinor;
  }
  for (const sum of sumPayments(tx, payments.refundedAt, day)) {
    const row = rowOf(sum);
    row.refunds += sum.payments;
    row.refundedMinor += sum.amountMinor;
  }
  return [...rows.values()];
}

function countOffers(tx: Tx, day: Day): DailyOffer[] {
  const { offerFirst } = people;
  const started = tx
    .select({ offerFirst, people: count() })
    .from(people)
    .where(within(people.createdAt, day))
    .groupBy(offerFirst)
    .all();
  const earlier = sql`exists (select 1 from ${payments} earlier
    where earlier.person_id = ${payments.personId} and earlier.outcome = 'settled'
      and earlier.received_at < ${day.from})`;
  const firstPaid = tx
    .select({ offerFirst, people: sql<number>`count(distinct ${payments.personId})` })
    .from(payments)
    .innerJoin(people, eq(people.id, payments.personId))
    .where(
      and(within(payments.receivedAt, day), eq(payments.outcome, 'settled'), sql`not ${earlier}`),
    )
    .groupBy(offerFirst)
    .all();
  const offers = new Set([...started, ...firstPaid].map((row) => row.offerFirst));
  const of = (rows: typeof started, offer: string): number =>
    rows.find((row) => row.offerFirst === offer)?.people ?? 0;
  return [...offers].map((offer) => ({
    day: day.day,
    offerFirst: offer,
    started: of(started, offer),
    firstPaid: of(firstPaid, offer),
  }));
}

/** What no longer happened on this day, because a gift came after a failure, goes with the old rows. */
function rollUpDay(tx: Tx, day: Day): void {
  tx.delete(dailyVariants).where(eq(dailyVariants.day, day.day)).run();
  tx.delete(dailyRevenue).where(eq(dailyRevenue.day, day.day)).run();
  tx.delete(dailyOffers).where(eq(dailyOffers.day, day.day)).run();
  for (const row of countVariants(tx, day)) {
    const generationBuckets = row.generationBuckets.join(',');
    tx.insert(dailyVariants)
      .values({ ...row, generationBuckets })
      .run();
  }
  for (const row of countRevenue(tx, day)) tx.insert(dailyRevenue).values(row).run();
  for (const row of countOffers(tx, day)) tx.insert(dailyOffers).values(row).run();
}

function readDays(tx: Tx, fromDay: string, toDay: string): DailyFigures {
  const variants = tx
    .select()
    .from(dailyVariants)
    .where(between(dailyVariants.day, fromDay, toDay))
    .orderBy(asc(dailyVariants.day), asc(dailyVariants.variant))
    .all();
  return {
    variants: variants.map((row) => ({
      ...row,
      generationBuckets: row.generationBuckets.split(',').map(Number),
    })),
    revenue: tx
      .select()
      .from(dailyRevenue)
      .where(between(dailyRevenue.day, fromDay, toDay))
      .orderBy(asc(dailyRevenue.day))
      .all(),
    offers: tx
      .select()
      .from(dailyOffers)
      .where(between(dailyOffers.day, fromDay, toDay))
      .orderBy(asc(dailyOffers.day))
      .all(),
  };
}

function readLoad(tx: Tx): Load {
  const openOrders = tx
    .select({ status: orders.status, orders: count() })
    .from(orders)
    .where(inArray(orders.status, OPEN_STATUSES))
    .groupBy(orders.status)
    .all();
  const oldest = tx
    .select({ at: min(orders.nextAttemptAt) })
    .from(orders)
    .where(isNotNull(orders.nextAttemptAt))
    .get();
  return { openOrders, oldestDueAt: oldest?.at ?? null };
}

export function createStatisticsStore(
  transact: Transact,
): Pick<StatisticsStore, 'rollUpDay' | 'readDays' | 'readLoad'> {
  return {
    rollUpDay: (day) =>
      transact((tx) => {
        rollUpDay(tx, rangeOf(day));
      }),
    readDays: (fromDay, toDay) => transact((tx) => readDays(tx, fromDay, toDay)),
    readLoad: () => transact(readLoad),
  };
}
