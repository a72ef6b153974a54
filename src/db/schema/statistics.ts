// Roll-ups of days, from which statistics are told. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit
// of their currency, credits are our own whole units, ids that PixVerse gives are text.

import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Roll-up of one UTC day (`2027-01-15`) and variant, written by `rollUpDay`. */
export const dailyVariants = sqliteTable(
  'daily_variants',
  {
    day: text('day').notNull(),
    variant: text('variant').notNull(),
    /** Orders that were funded on this day. */
    queued: integer('queued').notNull(),
    /** Of these, funded by payment or credits. */
    paid: integer('paid').notNull(),
    /** Late gifts not among them. */
    delivered: integer('delivered').notNull(),
    failed: integer('failed').notNull(),
    gifts: integer('gifts').notNull(),
    generations: integer('generations').notNull(),
    generationMsSum: integer('generation_ms_sum').notNull(),
    /** Counts per bucket of generation time, comma-separated; the bounds are in core/generation-times.ts. */
    generationBuckets: text('generation_buckets').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.variant] })],
);

/** Money of one UTC day by what was sold: a variant id or a pack id. Refunds count on the day they went back. */
export const dailyRevenue = sqliteTable(
  'daily_revenue',
  {
    day: text('day').notNull(),
    product: text('product').notNull(),
    currency: text('currency').notNull(),
    exponent: integer('exponent').notNull(),
    payments: integer('payments').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    refunds: integer('refunds').notNull(),
    refundedMinor: integer('refunded_minor').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.product, t.currency] })],
);

/** People of one UTC day by the variant that stood first for them. */
export const dailyOffers = sqliteTable(
  'daily_offers',
  {
    day: text('day').notNull(),
    offerFirst: text('offer_first').notNull(),
    /** People first seen on this day. */
    started: integer('started').notNull(),
    /** People whose first settled payment came on this day. */
    firstPaid: integer('first_paid').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.offerFirst] })],
);
