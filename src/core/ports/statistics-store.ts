// What core asks of the database about figures and books. Part of `Store`: every function is one transaction.

import type { OrderStatus } from '../orders/status.js';

/** One invariant of the books and how often it is broken. */
export interface BookCheck {
  /** Stable, for metrics: `balance_below_zero`. */
  name: string;
  /** What must hold, as a sentence. */
  about: string;
  violations: number;
  /** Up to five ids of what breaks it: orders, payments, people, rows. Never anything personal. */
  samples: string[];
}

/** What became of orders of a variant on a UTC day (`2027-01-15`). */
export interface DailyVariant {
  day: string;
  variant: string;
  /** Orders that were funded on this day, and how many of them by payment or credits. */
  queued: number;
  paid: number;
  /** Videos that reached their chat; late gifts are counted apart. */
  delivered: number;
  gifts: number;
  failed: number;
  /** Delivered videos whose generation time is known, the sum of these times, and their counts by bucket. */
  generations: number;
  generationMsSum: number;
  generationBuckets: number[];
}

/** Settled payments of a UTC day by product (a variant or a pack), and refunds on the day they went back. */
export interface DailyRevenue {
  day: string;
  product: string;
  currency: string;
  exponent: number;
  payments: number;
  amountMinor: number;
  refunds: number;
  refundedMinor: number;
}

/** People of a UTC day by the variant that stands first for them: those who came, those who paid for the first time. */
export interface DailyOffer {
  day: string;
  offerFirst: string;
  started: number;
  firstPaid: number;
}

export interface DailyFigures {
  variants: DailyVariant[];
  revenue: DailyRevenue[];
  offers: DailyOffer[];
}

/** What is under way now. */
export interface Load {
  /** Orders that did not end; a status without any is absent. */
  openOrders: { status: OrderStatus; orders: number }[];
  /** The earliest due time of an order, or null. */
  oldestDueAt: number | null;
}

export interface StatisticsStore {
  /**
   * Checks every invariant of the books. Changes nothing.
   * @param photoKeepMs `PHOTO_KEEP_HOURS`; a day unless told
   */
  checkBooks(now: number, photoKeepMs?: number): Promise<BookCheck[]>;
  /** Counts one UTC day anew from the rows themselves. Safe to repeat. */
  rollUpDay(day: string): Promise<void>;
  /** The roll-ups of these days, both ends included. */
  readDays(fromDay: string, toDay: string): Promise<DailyFigures>;
  readLoad(): Promise<Load>;
}
