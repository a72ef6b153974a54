// GET /metrics: what Prometheus reads. Counters of what happens and leaves no row, and gauges read off the database when
// somebody asks. A registry of its own; no label holds anything personal.

import { readdir } from 'node:fs/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { backupsFolder, readBackupName } from '../core/backups.js';
import { readBooksResult } from '../core/books.js';
import type { Context } from '../core/context.js';
import type { Statistics } from '../core/figures.js';
import type { Metrics } from '../core/metrics.js';
import { rememberedAccount } from '../core/money/sales.js';
import { readStatistics } from '../core/statistics.js';

/** Today's figures are counted anew at most this often, however many ask. */
const FIGURES_MAX_AGE_MS = 60_000;
const WAIT_BUCKETS_SECONDS = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 20, 40, 80];

export interface Meters {
  /** What core tells. */
  metrics: Metrics;
  /** The text for Prometheus, as things stand now. */
  read(ctx: Context): Promise<{ contentType: string; body: string }>;
}

/** A request of this very machine that no proxy has passed on: everybody else needs the operator's say. */
export function isFromHere(
  remoteAddress: string | undefined,
  header: (name: string) => string | undefined,
): boolean {
  const address = (remoteAddress ?? '').replace(/^::ffff:/, '');
  const isLoopback = address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
  const wasPassedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some(
    (name) => header(name) !== undefined,
  );
  return isLoopback && !wasPassedOn;
}

/** When the newest backup was made, epoch ms; null where there is none. */
async function newestBackupAt(dataDir: string): Promise<number | null> {
  const names = await readdir(backupsFolder(dataDir)).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  });
  const times = names.map(readBackupName).filter((at) => at !== null);
  return times.length === 0 ? null : Math.max(...times);
}

function createCounters(registry: Registry) {
  const registers = [registry];
  return {
    looks: new Counter({
      name: 'hug_pixverse_looks_total',
      help: 'Times that PixVerse was asked how far a video is; by hug_videos_found_total: polls per video',
      registers,
    }),
    found: new Counter({
      name: 'hug_videos_found_total',
      help: 'Finished videos that were found at PixVerse',
      registers,
    }),
    addedWait: new Histogram({
      name: 'hug_added_wait_seconds',
      help: 'How long a video had been finished when it was found, as estimated',
      buckets: WAIT_BUCKETS_SECONDS,
      registers,
    }),
    errors: new Counter({
      name: 'hug_pixverse_errors_total',
      help: 'Failed calls to PixVerse by what they mean for us',
      labelNames: ['class'] as const,
      registers,
    }),
    refunds: new Counter({
      name: 'hug_refunds_total',
      help: 'Payments that went back, by cause',
      labelNames: ['cause'] as const,
      registers,
    }),
  };
}

function createGauges(registry: Registry) {
  const gauge = <Label extends string = never>(name: string, help: string, labels: Label[] = []) =>
    new Gauge<Label>({ name, help, labelNames: labels, registers: [registry] });
  return {
    orders: gauge('hug_orders', 'Orders that did not end, by status', ['status']),
    queue: gauge('hug_queue_length', 'Funded orders that wait for a slot at PixVerse'),
    oldestDue: gauge('hug_oldest_due_seconds', 'How long the order that is due longest waits'),
    credits: gauge(
      'hug_pixverse_credits',
      'Credits of the PixVerse account when it was last asked',
    ),
    violations: gauge('hug_ledger_imbalance', 'Violations that the last check of the books found', [
      'check',
    ]),
    checkAge: gauge('hug_books_check_age_seconds', 'How long ago the books were checked'),
    backupAge: gauge('hug_backup_age_seconds', 'How old the newest backup is'),
    funded: gauge('hug_day_orders_funded', 'Orders funded on this UTC day', ['variant', 'by']),
    made: gauge('hug_day_videos_made', 'Videos that reached their chat on this UTC day', [
      'variant',
    ]),
    gifts: gauge(
      'hug_day_late_gifts',
      'Of these, videos that came after their order was given back',
    ),
    failed: gauge('hug_day_orders_failed', 'Orders that failed on this UTC day', ['variant']),
    success: gauge('hug_day_success_ratio', 'Delivered in time, of all that ended on this UTC day'),
    generation: gauge(
      'hug_day_generation_seconds',
      'How long videos of this UTC day took: mean, 0.5, 0.9',
      ['variant', 'quantile'],
    ),
    started: gauge('hug_day_people_started', 'People who came on this UTC day', ['offer_first']),
    firstPaid: gauge(
      'hug_day_people_first_paid',
      'People whose first payment came on this UTC day',
      ['offer_first'],
    ),
    conversion: gauge('hug_day_conversion_ratio', 'First payments by people who came', [
      'offer_first',
    ]),
    payments: gauge('hug_day_payments', 'Settled payments of this UTC day', ['currency']),
    revenue: gauge('hug_day_revenue', 'What stayed of this UTC day, in units of the currency', [
      'currency',
    ]),
    perVideo: gauge('hug_day_revenue_per_video', 'The same by videos made', ['currency']),
    refunded: gauge(
      'hug_day_refunded',
      'What went back on this UTC day, in units of the currency',
      ['currency'],
    ),
  };
}

type Gauges = ReturnType<typeof createGauges>;

/** What is not known is not a number: without labels a gauge would say zero. */
function setKnown<Label extends string>(
  gauge: Gauge<Label>,
  labels: Partial<Record<Label, string>>,
  value: number | null,
): void {
  gauge.set(labels, value ?? Number.NaN);
}

async function setState(gauges: Gauges, ctx: Context): Promise<void> {
  const now = ctx.now();
  const load = await ctx.store.readLoad();
  for (const { status, orders } of load.openOrders) gauges.orders.set({ status }, orders);
  gauges.queue.set(load.openOrders.find(({ status }) => status === 'queued')?.orders ?? 0);
  const dueMs = load.oldestDueAt === null ? 0 : Math.max(0, now - load.oldestDueAt);
  gauges.oldestDue.set(dueMs / 1000);
  const account = await rememberedAccount(ctx);
  setKnown(gauges.credits, {}, account?.pixverseCredits ?? null);
  const books = await readBooksResult(ctx);
  for (const [check, violations] of Object.entries(books?.violations ?? {})) {
    gauges.violations.set({ check }, violations);
  }
  setKnown(gauges.checkAge, {}, books === null ? null : (now - books.checkedAt) / 1000);
  const backupAt = await newestBackupAt(ctx.config.dataDir);
  setKnown(gauges.backupAge, {}, backupAt === null ? null : (now - backupAt) / 1000);
}

function setFigures(gauges: Gauges, statistics: Statistics): void {
  for (const row of statistics.variants) {
    const { variant } = row;
    gauges.funded.set({ variant, by: 'money' }, row.paid);
    gauges.funded.set({ variant, by: 'free' }, row.queued - row.paid);
    gauges.made.set({ variant }, row.made);
    gauges.failed.set({ variant }, row.failed);
    const times = { mean: row.meanMs, '0.5': row.p50Ms, '0.9': row.p90Ms };
    for (const [quantile, ms] of Object.entries(times)) {
      setKnown(gauges.generation, { variant, quantile }, ms === null ? null : ms / 1000);
    }
  }
  gauges.gifts.set(statistics.total.gifts);
  setKnown(gauges.success, {}, statistics.total.successRate);
  for (const { offerFirst, started, firstPaid, conversion } of statistics.offers) {
    gauges.started.set({ offer_first: offerFirst }, started);
    gauges.firstPaid.set({ offer_first: offerFirst }, firstPaid);
    setKnown(gauges.conversion, { offer_first: offerFirst }, conversion);
  }
  for (const row of statistics.revenue) {
    const { currency } = row;
    const inUnits = (amountMinor: number): number => amountMinor / 10 ** row.exponent;
    gauges.payments.set({ currency }, row.payments);
    gauges.revenue.set({ currency }, inUnits(row.netMinor));
    gauges.refunded.set({ currency }, inUnits(row.refundedMinor));
    const { perVideoMinor } = row;
    setKnown(gauges.perVideo, { currency }, perVideoMinor === null ? null : inUnits(perVideoMinor));
  }
}

export function createMeters(): Meters {
  const registry = new Registry();
  // Event-loop lag, memory, CPU and the like.
  collectDefaultMetrics({ register: registry });
  const counters = createCounters(registry);
  const gauges = createGauges(registry);
  let figures: { statistics: Statistics; readAt: number } | null = null;

  const figuresOf = async (ctx: Context): Promise<Statistics> => {
    const now = ctx.now();
    if (figures !== null && now - figures.readAt < FIGURES_MAX_AGE_MS) return figures.statistics;
    const statistics = await readStatistics(ctx, 1);
    figures = { statistics, readAt: now };
    return statistics;
  };

  return {
    metrics: {
      generationLooked: () => {
        counters.looks.inc();
      },
      videoFound: (addedWaitMs) => {
        counters.found.inc();
        if (addedWaitMs !== null) counters.addedWait.observe(addedWaitMs / 1000);
      },
      pixverseFailed: (kind) => {
        counters.errors.inc({ class: kind });
      },
      paymentRefunded: (cause) => {
        counters.refunds.inc({ cause });
      },
    },
    read: async (ctx) => {
      const statistics = await figuresOf(ctx);
      for (const gauge of Object.values(gauges)) gauge.reset();
      await setState(gauges, ctx);
      setFigures(gauges, statistics);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
