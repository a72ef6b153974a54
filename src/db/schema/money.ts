// Credits, free videos, checkouts and payments. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit
// of their currency, credits are our own whole units, ids that PixVerse gives are text.

import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type {
  Checkout,
  LedgerEntry,
  Payment,
  Platform,
  ProviderId,
  RefundCause,
} from '../../core/model.js';
import { people } from './people.js';
import { orders } from './orders.js';

/** Free videos that were claimed. A claim is open, used up by delivery, or released. */
export const freeClaims = sqliteTable(
  'free_claims',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** 1 for the first free video of a person, 2 for the second, … */
    number: integer('number').notNull(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    claimedAt: integer('claimed_at').notNull(),
    usedAt: integer('used_at'),
    releasedAt: integer('released_at'),
    /** True when it was released by a failure and not by the person. */
    isFailure: integer('is_failure', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    uniqueIndex('free_claims_number')
      .on(t.personId, t.number)
      .where(sql`${t.releasedAt} is null`),
    uniqueIndex('free_claims_order').on(t.orderId),
    index('free_claims_person').on(t.personId),
    index('free_claims_day').on(t.claimedAt),
  ],
);

/** The append-only ledger of credits. Rows are never changed or deleted (a trigger forbids it). */
export const ledger = sqliteTable(
  'ledger',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** Credits; positive is given, negative is taken. */
    delta: integer('delta').notNull(),
    kind: text('kind').$type<LedgerEntry['kind']>().notNull(),
    /** What caused it: `order:<id>:spend`, `telegram:<update>:grant`, … Each cause is booked once. */
    cause: text('cause').notNull(),
    orderId: text('order_id').references(() => orders.id),
    actor: text('actor'),
    reason: text('reason'),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [uniqueIndex('ledger_cause').on(t.cause), index('ledger_person').on(t.personId, t.id)],
);

/** Pages to pay on. The meaning of each field is `Checkout` in core/model.ts. Written by the checkout store. */
export const checkouts = sqliteTable(
  'checkouts',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    provider: text('provider').$type<ProviderId>().notNull(),
    platform: text('platform').$type<Platform>().notNull(),
    chatId: text('chat_id').notNull(),
    orderId: text('order_id').references(() => orders.id),
    variant: text('variant'),
    packId: text('pack_id'),
    currency: text('currency').notNull(),
    exponent: integer('exponent').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    credits: integer('credits').notNull(),
    tableVersion: text('table_version').notNull(),
    status: text('status').$type<Checkout['status']>().notNull(),
    messageId: text('message_id'),
    dueAt: integer('due_at'),
    failures: integer('failures').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [
    index('checkouts_due')
      .on(t.dueAt)
      .where(sql`${t.dueAt} is not null`),
    index('checkouts_order').on(t.orderId),
    index('checkouts_person').on(t.personId, t.createdAt),
    uniqueIndex('checkouts_one_open')
      .on(t.orderId)
      .where(sql`${t.status} = 'open' and ${t.orderId} is not null`),
  ],
);

/** What providers reported, one row a charge. The meaning of each field is `Payment` in core/model.ts. */
export const payments = sqliteTable(
  'payments',
  {
    id: text('id').primaryKey(),
    provider: text('provider').$type<ProviderId>().notNull(),
    chargeId: text('charge_id').notNull(),
    checkoutId: text('checkout_id').references(() => checkouts.id),
    personId: text('person_id').references(() => people.id),
    orderId: text('order_id').references(() => orders.id),
    payerRef: text('payer_ref'),
    currency: text('currency').notNull(),
    exponent: integer('exponent').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    credits: integer('credits').notNull(),
    outcome: text('outcome').$type<Payment['outcome']>().notNull(),
    isRefundable: integer('is_refundable', { mode: 'boolean' }).notNull(),
    refundStatus: text('refund_status').$type<'due' | 'refunded' | 'kept'>(),
    refundCause: text('refund_cause').$type<RefundCause>(),
    nextRefundAt: integer('next_refund_at'),
    refundFailures: integer('refund_failures').notNull().default(0),
    refundedAt: integer('refunded_at'),
    unrecoveredCredits: integer('unrecovered_credits').notNull().default(0),
    receivedAt: integer('received_at').notNull(),
  },
  (t) => [
    uniqueIndex('payments_charge').on(t.provider, t.chargeId),
    index('payments_refund_due')
      .on(t.nextRefundAt)
      .where(sql`${t.nextRefundAt} is not null`),
    index('payments_person').on(t.personId, t.receivedAt),
    index('payments_checkout').on(t.checkoutId),
    index('payments_order').on(t.orderId),
    index('payments_received').on(t.receivedAt),
    index('payments_refunded')
      .on(t.refundedAt)
      .where(sql`${t.refundedAt} is not null`),
  ],
);

/** Photos or orders of a person that PixVerse's content rules refused; several in a while pause the person. */
export const strikes = sqliteTable(
  'strikes',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    at: integer('at').notNull(),
  },
  (t) => [index('strikes_person').on(t.personId, t.at)],
);
