// Daily roll-ups summed up to what people are told: videos, times, conversion, revenue. Pure.

import { addBuckets, percentileMs } from './generation-times.js';
import type { DailyFigures, DailyRevenue, DailyVariant } from './ports/statistics-store.js';
import { VARIANTS } from './variants.js';

const DAY_MS = 24 * 60 * 60_000;

/** What became of orders. Rates are shares of one; null where there is nothing to divide by. */
export interface Figures {
  queued: number;
  paid: number;
  /** Videos that reached their chat, late gifts among them. */
  made: number;
  gifts: number;
  failed: number;
  /** Delivered in time, of all that ended. */
  successRate: number | null;
  meanMs: number | null;
  p50Ms: number | null;
  p90Ms: number | null;
}

/** Money of one currency. `net` is what stayed. */
export interface Revenue {
  currency: string;
  exponent: number;
  payments: number;
  refunds: number;
  refundedMinor: number;
  netMinor: number;
  /** Net by all videos made, so that the lines of several currencies add up. */
  perVideoMinor: number | null;
}

/** People by the variant that stands first for them. */
export interface OfferFigures {
  offerFirst: string;
  started: number;
  firstPaid: number;
  conversion: number | null;
}

export interface DayFigures extends Figures {
  day: string;
  variants: { variant: string; made: number; failed: number }[];
}

/** Plain data: it is kept in a notice as JSON. */
export interface Statistics {
  fromDay: string;
  toDay: string;
  total: Figures;
  started: number;
  /** First payments of people, and their share of those who came. */
  firstPaid: number;
  conversion: number | null;
  revenue: Revenue[];
  /** `revenue` is what this variant itself sold for; packs are only in the whole. */
  variants: (Figures & { variant: string; revenue: Revenue[] })[];
  offers: OfferFigures[];
  byDay: DayFigures[];
}

/** The UTC day of a time, as `2027-01-15`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function figuresOf(rows: readonly DailyVariant[]): Figures {
  const sum = (of: (row: DailyVariant) => number) => rows.reduce((all, row) => all + of(row), 0);
  const delivered = sum((row) => row.delivered);
  const gifts = sum((row) => row.gifts);
  const failed = sum((row) => row.failed);
  const generations = sum((row) => row.generations);
  const buckets = addBuckets(rows.map((row) => row.generationBuckets));
  return {
    queued: sum((row) => row.queued),
    paid: sum((row) => row.paid),
    made: delivered + gifts,
    gifts,
    failed,
    successRate: share(delivered, delivered + gifts + failed),
    meanMs: generations === 0 ? null : Math.round(sum((row) => row.generationMsSum) / generations),
    p50Ms: percentileMs(buckets, 0.5),
    p90Ms: percentileMs(buckets, 0.9),
  };
}

function revenueOf(rows: readonly DailyRevenue[], made: number): Revenue[] {
  const currencies = [...new Set(rows.map((row) => row.currency))].sort();
  return currencies.map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    const sum = (of: (row: DailyRevenue) => number) => own.reduce((all, row) => all + of(row), 0);
    const netMinor = sum((row) => row.amountMinor - row.refundedMinor);
    return {
      currency,
      exponent: own[0]?.exponent ?? 0,
      payments: sum((row) => row.payments),
      refunds: sum((row) => row.refunds),
      refundedMinor: sum((row) => row.refundedMinor),
      netMinor,
      perVideoMinor: made === 0 ? null : Math.round(netMinor / made),
    };
  });
}

function daysBetween(fromDay: string, toDay: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(fromDay); at <= Date.parse(toDay); at += DAY_MS) days.push(dayOf(at));
  return days;
}

/** Sums roll-ups up. Pure. Days without any are there with zeros. */
export function summarize(figures: DailyFigures, fromDay: string, toDay: string): Statistics {
  const { variants, revenue, offers } = figures;
  const total = figuresOf(variants);
  const started = offers.reduce((sum, row) => sum + row.started, 0);
  const firstPaid = offers.reduce((sum, row) => sum + row.firstPaid, 0);
  const ids = [...new Set([...VARIANTS.map(({ id }) => id), ...variants.map((r) => r.variant)])];
  const ofVariant = (id: string) => variants.filter((row) => row.variant === id);
  const offered = [...new Set(offers.map((row) => row.offerFirst))].sort();
  return {
    fromDay,
    toDay,
    total,
    started,
    firstPaid,
    conversion: share(firstPaid, started),
    revenue: revenueOf(revenue, total.made),
    variants: ids.map((variant) => {
      const own = figuresOf(ofVariant(variant));
      const sold = revenue.filter((row) => row.product === variant);
      return { variant, ...own, revenue: revenueOf(sold, own.made) };
    }),
    offers: offered.map((offerFirst) => {
      const own = offers.filter((row) => row.offerFirst === offerFirst);
      const came = own.reduce((sum, row) => sum + row.started, 0);
      const paid = own.reduce((sum, row) => sum + row.firstPaid, 0);
      return { offerFirst, started: came, firstPaid: paid, conversion: share(paid, came) };
    }),
    byDay: daysBetween(fromDay, toDay).map((day) => {
      const rows = variants.filter((row) => row.day === day);
      return {
        day,
        ...figuresOf(rows),
        variants: ids.map((variant) => {
          const { made, failed } = figuresOf(rows.filter((row) => row.variant === variant));
          return { variant, made, failed };
        }),
      };
    }),
  };
}
