// How a payment begins its way back: the one place that books it, whoever asked for it.

import { and, eq } from 'drizzle-orm';
import type { Payment, ProviderId, RefundCause } from '../../core/model.js';
import { payments } from '../schema/money.js';
import { balanceOf, insertEntry } from './ledger.js';
import type { Tx } from './transact.js';

export function readPayment(tx: Tx, paymentId: string): Payment | undefined {
  return tx.select().from(payments).where(eq(payments.id, paymentId)).get();
}

export function findCharge(tx: Tx, provider: ProviderId, chargeId: string): Payment | undefined {
  return tx
    .select()
    .from(payments)
    .where(and(eq(payments.provider, provider), eq(payments.chargeId, chargeId)))
    .get();
}

/**
 * Books that a payment goes back, before the call: its credits leave, and the refund is due. A payment that became no
 * credits (surplus, mismatch) has none to take.
 * @returns `spent` when the person no longer has the credits; nothing is booked then
 */
export function beginRefund(
  tx: Tx,
  payment: Payment,
  by: { cause: RefundCause; actor: string | null; reason: string | null },
  now: number,
): 'due' | 'already' | 'not_refundable' | 'spent' {
  if (payment.refundStatus !== null) return 'already';
  if (!payment.isRefundable) return 'not_refundable';
  if (payment.outcome === 'settled' && payment.personId !== null) {
    if (balanceOf(tx, payment.personId) < payment.credits) return 'spent';
    insertEntry(
      tx,
      {
        personId: payment.personId,
        delta: -payment.credits,
        kind: 'payment_refund',
        cause: `payment:${payment.id}:refund`,
        orderId: payment.orderId,
        actor: by.actor,
        reason: by.reason,
      },
      now,
    );
  }
  tx.update(payments)
    .set({ refundStatus: 'due', refundCause: by.cause, nextRefundAt: now, refundFailures: 0 })
    .where(eq(payments.id, payment.id))
    .run();
  return 'due';
}

/**
 * An order gives its credits back although its payment went back elsewhere before: what could not be taken then is
 * taken now, or the person would have both.
 */
export function recoverCredits(tx: Tx, payment: Payment, now: number): void {
  if (payment.refundStatus !== 'refunded' || payment.personId === null) return;
  const balance = Math.max(balanceOf(tx, payment.personId), 0);
  const taken = Math.min(balance, payment.unrecoveredCredits);
  if (taken <= 0) return;
  insertEntry(
    tx,
    {
      personId: payment.personId,
      delta: -taken,
      kind: 'payment_refund',
      cause: `payment:${payment.id}:refund_recovered`,
      orderId: payment.orderId,
      actor: null,
      reason: null,
    },
    now,
  );
  tx.update(payments)
    .set({ unrecoveredCredits: payment.unrecoveredCredits - taken })
    .where(eq(payments.id, payment.id))
    .run();
}
