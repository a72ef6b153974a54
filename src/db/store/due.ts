// Work that is due: orders, cards, notices, checkouts and refunds, by their times. Start and crash are the same case.

import { inArray, isNotNull, lte, min, eq, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Store } from '../../core/ports/store.js';
import { notices } from '../schema/messages.js';
import { checkouts, payments } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { type OrderRow, withPhotos } from './rows.js';
import type { Transact, Tx } from './transact.js';

type DueStore = Pick<Store, 'claimDueOrders' | 'voidLeases' | 'nextDueAt'>;

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

/** The smallest time in a column; `is not null` lets the partial index answer. */
function earliest(tx: Tx, table: SQLiteTable, column: SQLiteColumn): number | null {
  const found =
    tx
      .select({ at: min(column) })
      .from(table)
      .where(isNotNull(column))
      .get()?.at ?? null;
  return typeof found === 'number' ? found : null;
}

export function createDueStore(transact: Transact): DueStore {
  return {
    claimDueOrders: (now, leaseMs, limit) =>
      transact((tx) => withPhotos(tx, leaseDue(tx, now, leaseMs, limit))),

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

    nextDueAt: () =>
      transact((tx) => {
        const times = [
          earliest(tx, orders, orders.nextAttemptAt),
          earliest(tx, orders, orders.cardDueAt),
          earliest(tx, notices, notices.dueAt),
          earliest(tx, checkouts, checkouts.dueAt),
          earliest(tx, payments, payments.nextRefundAt),
        ].filter((at) => at !== null);
        return times.length === 0 ? null : Math.min(...times);
      }),
  };
}
