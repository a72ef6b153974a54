// What the past costs: the same transactions on a database with a million orders behind it and on one with a thousand.
// A further verb is one more row of `VERBS`.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/core/context.js';
import { dayOf } from '../../src/core/figures.js';
import type { Checkout } from '../../src/core/model.js';
import { refusePayment } from '../../src/core/money/checkout.js';
import { STARS } from '../../src/core/money/pricing.js';
import { settlePayment } from '../../src/core/money/settlement.js';
import { readStatistics } from '../../src/core/statistics.js';
import { LEARN_FROM } from '../../src/core/video/duration-model.js';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { benchContext } from '../context.js';
import { median } from '../numbers.js';
import { atMost, type Benchmark } from '../report.js';
import { prepareCheckout, prepareDraft, type PreparedDraft, TERMS, VARIANT } from './drafts.js';
import { fillPast } from './history-rows.js';

const LONG_PAST = 1_000_000;
const SHORT_PAST = 1_000;
/** How often each verb is timed on either database, and how many people stand ready for it. */
const ROUNDS = 120;
const LIMITS = { freeVideos: 1, freeFailures: 3, dailyBudget: 1_000_000 };
const STATISTICS_DAYS = 7;
const DAY_MS = 24 * 60 * 60_000;
const HALF_DAY_MS = DAY_MS / 2;

/** One database with its people: some of the past, and new ones with a draft that is ready to be funded. */
interface Side {
  ctx: Context;
  database: OpenDatabase;
  folder: string;
  regulars: readonly string[];
  /** One for each round of each way to fund. */
  drafts: Readonly<Record<'free' | 'credits', readonly PreparedDraft[]>>;
  invoices: readonly { checkout: Checkout; chatId: string }[];
}

interface Verb {
  what: string;
  once: (side: Side, round: number) => Promise<unknown>;
}

function at<T>(list: readonly T[], round: number): T {
  const found = list[round];
  if (found === undefined) throw new Error('too few were prepared');
  return found;
}

/** What Telegram asks before a payment and tells after it. */
function receiptOf({ checkout, chatId }: Side['invoices'][number]) {
  const { amountMinor } = checkout.quote;
  const paid = { payload: checkout.id, payerRef: chatId, currency: STARS, amountMinor };
  return { ...paid, provider: 'telegram_stars', chargeId: `charge:${checkout.id}` } as const;
}

/** In the order of an order's life: funding queues what starting takes. */
const VERBS: readonly Verb[] = [
  {
    what: '/videos, first page',
    once: ({ ctx, regulars }, round) =>
      ctx.store.listVideos(at(regulars, round), { offset: 0, limit: 5 }),
  },
  {
    what: `/stats of ${STATISTICS_DAYS} days, today counted anew`,
    once: ({ ctx }) => readStatistics(ctx, STATISTICS_DAYS),
  },
  {
    what: 'claim of a free video',
    once: ({ ctx, drafts }, round) =>
      ctx.store.fundFree(at(drafts.free, round).orderId, { ...TERMS, limits: LIMITS }, ctx.now()),
  },
  {
    what: 'claim with credits',
    once: ({ ctx, drafts }, round) =>
      ctx.store.fundCredits(at(drafts.credits, round).orderId, TERMS, ctx.now()),
  },
  {
    what: 'judging a payment before it is made',
    once: async ({ ctx, invoices }, round) => {
      const refusal = await refusePayment(ctx, receiptOf(at(invoices, round)), 'telegram');
      if (refusal !== null) throw new Error(`refused: ${refusal}`);
    },
  },
  {
    what: 'settling a payment in Stars',
    once: async ({ ctx, invoices }, round) => {
      const receipt = receiptOf(at(invoices, round));
      const { outcome } = await settlePayment(ctx, receipt, 'telegram');
      if (outcome !== 'queued') throw new Error(`settled as ${outcome}`);
    },
  },
  {
    what: 'start of the next queued order',
    once: ({ ctx }) =>
      ctx.store.startNextQueued({
        traceId: randomUUID(),
        maxRunning: 10_000,
        slotHeldMs: 600_000,
        leaseMs: 60_000,
        now: ctx.now(),
      }),
  },
  {
    what: 'claim of due orders',
    once: ({ ctx }, round) => ctx.store.claimDueOrders(ctx.now() + 60_000 + round, 0, 1),
  },
  { what: 'next due time', once: ({ ctx }) => ctx.store.readDueTimes() },
  {
    what: 'durations to learn from',
    once: ({ ctx }) => ctx.store.recentGenerationMs(VARIANT, LEARN_FROM),
  },
];

/** Those who will be funded, written fast: only what is timed is durable. */
async function prepare(ctx: Context): Promise<Pick<Side, 'drafts' | 'invoices'>> {
  const { store } = ctx;
  const now = ctx.now();
  const photo = { bytes: Buffer.alloc(1_000), imageId: '1' };
  const draft = (kind: number, round: number) =>
    prepareDraft(store, String(9_000_000_000 + kind * ROUNDS + round), photo, now);
  const drafts: Record<'free' | 'credits', PreparedDraft[]> = { free: [], credits: [] };
  const invoices: Side['invoices'][number][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    drafts.free.push(await draft(0, round));
    const withCredits = await draft(1, round);
    const { personId, orderId } = withCredits;
    const grant = { delta: 100, kind: 'admin_grant', orderId: null, actor: null } as const;
    await store.bookEntry({ ...grant, personId, cause: `bench:${orderId}`, reason: 'bench' }, now);
    drafts.credits.push(withCredits);
    const paying = await draft(2, round);
    const checkout = await prepareCheckout(store, paying, now);
    invoices.push({ checkout, chatId: paying.chatId });
  }
  return { drafts, invoices };
}

/** Fills a database, then opens it again as the app does. The nights have rolled up the days before today. */
async function openSide(orders: number, now: number): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
  const file = join(folder, 'hug.db');
  const filling = openDatabase(file);
  const regulars = fillPast(filling.db.$client, orders, now, ROUNDS);
  filling.close();
  const database = openDatabase(file);
  const store = createSqliteStore(database.db);
  const stars = { canRefund: true } as NonNullable<ReturnType<Context['paymentProviders']['get']>>;
  const paymentProviders = new Map([['telegram_stars', stars]] as const);
  const ctx = benchContext({ store, paymentProviders, now: () => now });
  database.db.$client.pragma('synchronous = OFF');
  for (let day = 1; day < STATISTICS_DAYS; day += 1) {
    await store.rollUpDay(dayOf(now - day * DAY_MS));
  }
  const prepared = await prepare(ctx);
  database.db.$client.pragma('synchronous = NORMAL');
  database.db.$client.pragma('wal_checkpoint(TRUNCATE)');
  return { ctx, database, folder, regulars, ...prepared };
}

async function timeOnce(verb: Verb, side: Side, round: number): Promise<number> {
  const startedAt = performance.now();
  await verb.once(side, round);
  return performance.now() - startedAt;
}

export const history: Benchmark = {
  name: 'history',
  run: async (tell) => {
    // Noon: an order a minute, so today has as many on either side and only the past differs.
    const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + HALF_DAY_MS;
    const [long, short] = [await openSide(LONG_PAST, noon), await openSide(SHORT_PAST, noon)];
    try {
      for (const verb of VERBS) {
        const longMs: number[] = [];
        const shortMs: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          longMs.push(await timeOnce(verb, long, round));
          shortMs.push(await timeOnce(verb, short, round));
        }
        tell({
          what: `${verb.what}, 1 million orders in the past`,
          unit: 'ms',
          ours: median(longMs),
          baseline: { name: '1 thousand', value: median(shortMs) },
          aim: atMost(2, 'ratio'),
        });
      }
    } finally {
      for (const side of [long, short]) {
        side.database.close();
        await rm(side.folder, { recursive: true });
      }
    }
  },
};
