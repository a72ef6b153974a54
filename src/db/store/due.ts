// Work that is due: orders, cards, notices, checkouts and refunds, by their times. Start and crash are the same case.

import { inArray, isNotNull, lte, eq, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Store } from '../../core/ports/store.js';
import { notices } from '../schema/messages.js';
import { checkouts, payments } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { preparedOnce } from './prepared.js';
import { type OrderRow, withPhotos } from './rows.js';
import type { Transact, Tx } from './transact.js';

type DueStore = Pick<Store, 'claimDueOrders' | 'voidLeases' | 'readDueTimes'>;

/**
 * Takes due rows: their time becomes the end of the lease. The first submit under a trace id is begun by
 * `startNextQueued`, so one that is found due was sent before, or may have been.
 */
function leaseDue(tx: Tx, now: number, leaseMs: number, limit: number): OrderRow[] {
  const due = tx
    .select({ id: orders.id })
    .from(orders)
    .where(lte(orders.nextAttemptAt, now))
    .orderBy(orders.nextAttemptAt)
    .limit(limit)
    .all();
  if (due.length === 0) return [];
  return tx
    .update(orders)
    .set({
      nextAttemptAt: now + leaseMs,
      isLeased: true,
      isWoken: false,
      isSubmitAmbiguous: sql`${orders.status} = 'submitting'`,
    })
    .where(
      inArray(
        orders.id,
        due.map((row) => row.id),
      ),
    )
    .returning()
    .all();
}

/** The smallest time in a column, as a subquery; `is not null` lets the partial index answer. */
function earliest(table: SQLiteTable, column: SQLiteColumn) {
  return sql<number | null>`(select min(${column}) from ${table} where ${column} is not null)`;
}

const selectDueTimes = preparedOnce((tx) =>
  tx
    .select({
      order: earliest(orders, orders.nextAttemptAt),
      card: earliest(orders, orders.cardDueAt),
      notice: earliest(notices, notices.dueAt),
      checkout: earliest(checkouts, checkouts.dueAt),
      refund: earliest(payments, payments.nextRefundAt),
      queued: sql<number>`exists (select 1 from ${orders} where ${orders.status} = 'queued')`,
    })
    .from(sql`(select 1)`)
    .prepare(),
);

export function createDueStore(transact: Transact): DueStore {
  return {
    claimDueOrders: (now, leaseMs, limit) =>
      transact((tx) => leaseDue(tx, now, leaseMs, limit).map((row) => withPhotos(tx, row))),

    voidLeases: (now) =>
      transact((tx) => {
        tx.update(orders)
          .set({ isLeased: false, nextAttemptAt: now })
          .where(eq(orders.isLeased, true))
          .run();
        tx.update(orders).set({ cardDueAt: now }).where(isNotNull(orders.cardDueAt)).run();
        tx.update(notices).set({ dueAt: now }).where(isNotNull(notices.dueAt)).run();
        tx.update(checkouts).set({ dueAt: now }).where(isNotNull(checkouts.dueAt)).run();
        tx.update(payments)
          .set({ nextRefundAt: now })
          .where(isNotNull(payments.nextRefundAt))
          .run();
      }),

    readDueTimes: () =>
      transact((tx) => {
        const times = selectDueTimes(tx).get();
        if (times === undefined) throw new Error('a query of one row had none');
        const { queued, ...earliestTimes } = times;
        return { ...earliestTimes, hasQueued: queued === 1 };
      }),
  };
}
