// What moves an order into the queue once it is paid for, whichever way.

import { and, eq, inArray } from 'drizzle-orm';
import type { Quote } from '../../core/model.js';
import { EDITABLE_STATUSES, RUNNING_STATUSES } from '../../core/orders/status.js';
import type { FundOutcome } from '../../core/ports/money-store.js';
import { orders } from '../schema/orders.js';
import { applyChange } from './changes.js';
import { insertEntry } from './ledger.js';
import { type OrderRow, readOrderRow } from './rows.js';
import type { Tx } from './transact.js';

/** The order that may be funded now, or why not. */
export function fundable(tx: Tx, orderId: string): OrderRow | 'wrong_status' | 'order_open' {
  const row = readOrderRow(tx, orderId);
  if (row === undefined || !EDITABLE_STATUSES.includes(row.status)) return 'wrong_status';
  const running = tx
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.personId, row.personId),
        inArray(orders.status, [...RUNNING_STATUSES]),
        eq(orders.isGift, false),
      ),
    )
    .get();
  return running === undefined ? row : 'order_open';
}

export interface Funding {
  fundedBy: 'free' | 'credits' | 'payment';
  /** The payment whose credits are spent. */
  paymentId?: string;
  variant: string;
  quote: Quote;
}

/** Queues an order whose funding is booked in the same transaction. */
export function queue(
  tx: Tx,
  orderId: string,
  funding: Funding,
  now: number,
): FundOutcome & { funded: true } {
  tx.update(orders)
    .set({ fundedBy: funding.fundedBy, paymentId: funding.paymentId ?? null })
    .where(eq(orders.id, orderId))
    .run();
  const order = applyChange(tx, {
    orderId,
    from: EDITABLE_STATUSES,
    to: 'queued',
    cause: `funded_${funding.fundedBy}`,
    now,
    set: {
      variant: funding.variant,
      quote: funding.quote,
      replacing: null,
      queuedAt: now,
      stepFailures: 0,
      reuploads: 0,
      nextAttemptAt: now,
      cardDueAt: now,
      // An invoice stands between the card and the end of the chat.
      isCardRepost: funding.fundedBy === 'payment',
    },
  });
  if (order === null) throw new Error('the order moved inside a transaction');
  return { funded: true, order };
}

/** Takes the credits of an order from its person. The caller has checked the balance. */
export function spendCredits(
  tx: Tx,
  order: { id: string; personId: string },
  credits: number,
  now: number,
): void {
  insertEntry(
    tx,
    {
      personId: order.personId,
      delta: -credits,
      kind: 'order_spend',
      cause: `order:${order.id}:spend`,
      orderId: order.id,
      actor: null,
      reason: null,
    },
    now,
  );
}
