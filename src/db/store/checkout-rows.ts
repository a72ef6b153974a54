// Rows of checkouts: how they read, and how open ones close. Used wherever an order leaves its checkout behind.

import { and, eq, isNotNull, type SQL } from 'drizzle-orm';
import type { Checkout } from '../../core/model.js';
import { checkouts } from '../schema/money.js';
import type { Tx } from './transact.js';

export type CheckoutRow = typeof checkouts.$inferSelect;

export function toCheckout(row: CheckoutRow): Checkout {
  const { currency, exponent, amountMinor, credits, tableVersion, ...rest } = row;
  return { ...rest, quote: { currency, exponent, amountMinor, credits, tableVersion } };
}

export function readCheckoutRow(tx: Tx, checkoutId: string): CheckoutRow | undefined {
  return tx.select().from(checkouts).where(eq(checkouts.id, checkoutId)).get();
}

/** Closes open checkouts; one that is shown in a chat becomes due, to be taken away. */
export function closeOpenCheckouts(
  tx: Tx,
  which: SQL,
  now: number,
  status: Exclude<Checkout['status'], 'open'> = 'cancelled',
): void {
  const isOpen = and(which, eq(checkouts.status, 'open'));
  tx.update(checkouts)
    .set({ dueAt: now })
    .where(and(isOpen, isNotNull(checkouts.messageId)))
    .run();
  tx.update(checkouts).set({ status }).where(isOpen).run();
}
