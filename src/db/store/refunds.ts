// Money on its way back: asked for by an admin, done by the provider, or reported from elsewhere.

import { and, eq, inArray, isNotNull, lte } from 'drizzle-orm';
import type { Payment, RefundCause } from '../../core/model.js';
import { RUNNING_STATUSES } from '../../core/orders/status.js';
import type { NoticeContent } from '../../core/ports/messenger.js';
import type { MoneyStore, RefundRequestOutcome } from '../../core/ports/money-store.js';
import { payments } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { applyChange } from './changes.js';
import { balanceOf, hasEntry, insertEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { beginRefund, findCharge, readPayment, recoverCredits } from './refund-rows.js';
import { type OrderRow, readOrderRow } from './rows.js';
import type { Transact, Tx } from './transact.js';

type RefundStore = Pick<
  MoneyStore,
  'claimDueRefunds' | 'finishRefund' | 'bookReportedRefund' | 'requestRefund'
>;

interface Asked {
  cause: RefundCause;
  actor: string;
  reason: string | null;
}

/** The card of an ended order says where its money is: it is due when that changes. */
function showMoneyAgain(tx: Tx, payment: Payment, now: number): void {
  if (payment.orderId === null) return;
  tx.update(orders)
    .set({ cardDueAt: now })
    .where(
      and(
        eq(orders.id, payment.orderId),
        eq(orders.paymentId, payment.id),
        inArray(orders.status, ['failed', 'cancelled']),
        isNotNull(orders.cardMessageId),
      ),
    )
    .run();
}

/** The credits of a payment that cannot go back return to the person, each once. */
function keepAsCredits(tx: Tx, payment: Payment, now: number): void {
  if (payment.personId === null || payment.credits <= 0) return;
  insertEntry(
    tx,
    {
      personId: payment.personId,
      delta: payment.credits,
      kind: payment.outcome === 'settled' ? 'refund_kept' : 'purchase',
      cause: `payment:${payment.id}:kept`,
      orderId: payment.orderId,
      actor: null,
      reason: null,
    },
    now,
  );
}

function finishRefund(
  tx: Tx,
  paymentId: string,
  result: 'refunded' | 'kept' | { retryAt: number },
  now: number,
): Payment | null {
  const payment = readPayment(tx, paymentId);
  if (payment?.refundStatus !== 'due') return null;
  if (typeof result === 'object') {
    tx.update(payments)
      .set({ nextRefundAt: result.retryAt, refundFailures: payment.refundFailures + 1 })
      .where(eq(payments.id, paymentId))
      .run();
    return payment;
  }
  if (result === 'kept') keepAsCredits(tx, payment, now);
  tx.update(payments)
    .set({
      refundStatus: result,
      nextRefundAt: null,
      ...(result === 'refunded' && { refundedAt: now }),
    })
    .where(eq(payments.id, paymentId))
    .run();
  showMoneyAgain(tx, payment, now);
  return readPayment(tx, paymentId) ?? null;
}

/** Credits that are there again are told at once; money that goes back is told when it is back. */
function tellReturn(
  tx: Tx,
  row: OrderRow,
  balanceBefore: number,
  reason: string | null,
  now: number,
): void {
  const balance = balanceOf(tx, row.personId);
  const delta = balance - balanceBefore;
  if (delta <= 0) return;
  const content: NoticeContent = { kind: 'credits_changed', delta, balance, reason };
  const key = `order:${row.id}:returned`;
  insertNotices(tx, [{ key, to: { personId: row.personId }, content }], now);
}

/** Gives back what an order spent, by hand; a payment made for it then goes back too. */
function refundOrder(tx: Tx, row: OrderRow, by: Asked, now: number): RefundRequestOutcome {
  if (row.fundedBy !== 'credits' && row.fundedBy !== 'payment') return { outcome: 'nothing_paid' };
  const payment = row.paymentId === null ? null : (readPayment(tx, row.paymentId) ?? null);
  if (row.status === 'queued') {
    applyChange(tx, {
      orderId: row.id,
      from: ['queued'],
      to: 'cancelled',
      cause: 'admin',
      now,
      giveBack: { isFailure: false, by },
      set: { endedAt: now, cardDueAt: now },
    });
  } else if (RUNNING_STATUSES.includes(row.status)) {
    return { outcome: 'running' };
  } else {
    const cause = `order:${row.id}:return`;
    const unrecovered = payment?.unrecoveredCredits ?? 0;
    const isMoneyBack = unrecovered > 0 && unrecovered >= (row.quoteCredits ?? 0);
    if (hasEntry(tx, cause) || isMoneyBack) return { outcome: 'already', payment };
    const before = balanceOf(tx, row.personId);
    insertEntry(
      tx,
      {
        personId: row.personId,
        delta: row.quoteCredits ?? 0,
        kind: 'order_return',
        cause,
        orderId: row.id,
        actor: by.actor,
        reason: by.reason,
      },
      now,
    );
    if (payment !== null) {
      beginRefund(tx, payment, by, now);
      recoverCredits(tx, payment, now);
    }
    tellReturn(tx, row, before, by.reason, now);
  }
  const isOnItsWay = payment !== null && readPayment(tx, payment.id)?.refundStatus === 'due';
  if (isOnItsWay) return { outcome: 'due', payment };
  return { outcome: 'credits_returned', payment };
}

function requestRefund(
  tx: Tx,
  of: { orderId: string } | { paymentId: string },
  by: Asked,
  now: number,
): RefundRequestOutcome {
  if ('orderId' in of) {
    const row = readOrderRow(tx, of.orderId);
    return row === undefined ? { outcome: 'not_found' } : refundOrder(tx, row, by, now);
  }
  const payment = readPayment(tx, of.paymentId);
  if (payment === undefined) return { outcome: 'not_found' };
  const order = payment.orderId === null ? undefined : readOrderRow(tx, payment.orderId);
  if (payment.refundStatus === null && order?.paymentId === payment.id) {
    return refundOrder(tx, order, by, now);
  }
  const begun = beginRefund(tx, payment, by, now);
  return begun === 'spent'
    ? { outcome: 'spent', balance: balanceOf(tx, payment.personId ?? '') }
    : { outcome: begun, payment };
}

/** The provider gave money back without us: what its credits bought stops if it can, and the rest is taken back. */
function bookReported(tx: Tx, payment: Payment, now: number): void {
  const order = payment.orderId === null ? undefined : readOrderRow(tx, payment.orderId);
  if (order?.paymentId === payment.id && order.status === 'queued') {
    insertEntry(
      tx,
      {
        personId: order.personId,
        delta: order.quoteCredits ?? 0,
        kind: 'order_return',
        cause: `order:${order.id}:return`,
        orderId: order.id,
        actor: null,
        reason: null,
      },
      now,
    );
    applyChange(tx, {
      orderId: order.id,
      from: ['queued'],
      to: 'cancelled',
      cause: 'refunded_elsewhere',
      now,
      set: { endedAt: now, cardDueAt: now },
    });
  }
  const hasCredits =
    payment.outcome === 'settled' ||
    payment.refundStatus === 'kept' ||
    hasEntry(tx, `payment:${payment.id}:purchase`);
  if (!hasCredits || payment.personId === null) return;
  const taken = Math.min(Math.max(balanceOf(tx, payment.personId), 0), payment.credits);
  if (taken > 0) {
    insertEntry(
      tx,
      {
        personId: payment.personId,
        delta: -taken,
        kind: 'payment_refund',
        cause: `payment:${payment.id}:refund_reported`,
        orderId: payment.orderId,
        actor: null,
        reason: null,
      },
      now,
    );
  }
  tx.update(payments)
    .set({ unrecoveredCredits: payment.credits - taken })
    .where(eq(payments.id, payment.id))
    .run();
}

export function createRefundStore(transact: Transact): RefundStore {
  return {
    claimDueRefunds: (now, leaseMs, limit) =>
      transact((tx) => {
        const due = tx
          .select()
          .from(payments)
          .where(lte(payments.nextRefundAt, now))
          .orderBy(payments.nextRefundAt)
          .limit(limit)
          .all();
        const ids = due.map((row) => row.id);
        if (ids.length > 0) {
          tx.update(payments)
            .set({ nextRefundAt: now + leaseMs })
            .where(inArray(payments.id, ids))
            .run();
        }
        return due;
      }),

    finishRefund: (paymentId, result, now, notices = []) =>
      transact((tx) => {
        const payment = finishRefund(tx, paymentId, result, now);
        if (payment !== null) insertNotices(tx, notices, now);
        return payment;
      }),

    bookReportedRefund: (provider, chargeId, now, noticesFor) =>
      transact((tx) => {
        const payment = findCharge(tx, provider, chargeId);
        if (payment === undefined || payment.refundStatus === 'refunded') return null;
        if (payment.refundStatus !== 'due') bookReported(tx, payment, now);
        tx.update(payments)
          .set({
            refundStatus: 'refunded',
            refundCause: payment.refundCause ?? 'elsewhere',
            nextRefundAt: null,
            refundedAt: now,
          })
          .where(eq(payments.id, payment.id))
          .run();
        const booked = readPayment(tx, payment.id) ?? payment;
        insertNotices(tx, noticesFor(booked), now);
        showMoneyAgain(tx, booked, now);
        return booked;
      }),

    requestRefund: (of, by, now) => transact((tx) => requestRefund(tx, of, by, now)),
  };
}
