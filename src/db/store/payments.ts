// Payments that providers report, each booked once with its effect: credits, an order in the queue, or its way back.

import { randomUUID } from 'node:crypto';
import { and, desc, eq } from 'drizzle-orm';
import type { Payment } from '../../core/model.js';
import type { MoneyStore, SettleOutcome } from '../../core/ports/money-store.js';
import type { Receipt } from '../../core/ports/payment-provider.js';
import { checkouts, payments } from '../schema/money.js';
import { applyChange } from './changes.js';
import { type CheckoutRow, readCheckoutRow, toCheckout } from './checkout-rows.js';
import { fundable, queue, spendCredits } from './funding.js';
import { balanceOf, insertEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { beginRefund, findCharge, readPayment } from './refund-rows.js';
import { readOrder, readOrderRow } from './rows.js';
import type { Transact, Tx } from './transact.js';

type PaymentStore = Pick<MoneyStore, 'settlePayment' | 'findPayment' | 'listPayments'>;

interface SettleTerms {
  payerPersonId: string | null;
  exponent: number;
  isRefundable: boolean;
}

function insertPayment(
  tx: Tx,
  receipt: Receipt,
  terms: SettleTerms,
  checkout: CheckoutRow | undefined,
  outcome: Payment['outcome'],
  now: number,
): Payment {
  const { provider, chargeId, payerRef, currency, amountMinor } = receipt;
  return tx
    .insert(payments)
    .values({
      id: randomUUID(),
      provider,
      chargeId,
      checkoutId: checkout?.id ?? null,
      personId: terms.payerPersonId ?? checkout?.personId ?? null,
      orderId: checkout?.orderId ?? null,
      payerRef,
      currency,
      exponent: checkout?.exponent ?? terms.exponent,
      amountMinor,
      credits: checkout?.credits ?? 0,
      outcome,
      isRefundable: terms.isRefundable,
      receivedAt: now,
    })
    .returning()
    .get();
}

/** Is this the payment that the checkout asked for? More than that is taken, and told to the admins. */
function classify(
  receipt: Receipt,
  terms: SettleTerms,
  checkout: CheckoutRow | undefined,
): Payment['outcome'] {
  if (checkout?.provider !== receipt.provider) return 'unknown';
  const isRight =
    receipt.currency === checkout.currency &&
    receipt.amountMinor >= checkout.amountMinor &&
    terms.payerPersonId === checkout.personId;
  if (!isRight) return 'mismatch';
  return checkout.status === 'paid' ? 'surplus' : 'settled';
}

function purchase(tx: Tx, payment: Payment, now: number): void {
  if (payment.personId === null || payment.credits <= 0) return;
  insertEntry(
    tx,
    {
      personId: payment.personId,
      delta: payment.credits,
      kind: 'purchase',
      cause: `payment:${payment.id}:purchase`,
      orderId: payment.orderId,
      actor: null,
      reason: null,
    },
    now,
  );
}

/** The order that a paid checkout was for goes into the queue, if it still waits for exactly this. */
function fundOrder(tx: Tx, checkout: CheckoutRow, payment: Payment, now: number): boolean {
  const { orderId, variant } = checkout;
  if (orderId === null || variant === null) return false;
  const row = fundable(tx, orderId);
  const isAwaited = typeof row !== 'string' && row.checkoutId === checkout.id;
  const photos = isAwaited ? readOrder(tx, orderId).photos : [];
  if (isAwaited && photos.length === 2 && photos.every((photo) => photo.erasedAt === null)) {
    spendCredits(tx, row, checkout.credits, now);
    const { quote } = toCheckout(checkout);
    queue(tx, orderId, { fundedBy: 'payment', paymentId: payment.id, variant, quote }, now);
    return true;
  }
  // The credits stay with the person, and the card offers to spend them.
  applyChange(tx, {
    orderId,
    from: ['awaiting_payment'],
    to: 'draft',
    cause: 'paid_as_credits',
    now,
    set: { cardDueAt: now, nextAttemptAt: now },
  });
  return false;
}

function settleRight(
  tx: Tx,
  checkout: CheckoutRow,
  payment: Payment,
  now: number,
): SettleOutcome['outcome'] {
  tx.update(checkouts)
    .set({ status: 'paid', ...(checkout.messageId !== null && { dueAt: now }) })
    .where(eq(checkouts.id, checkout.id))
    .run();
  purchase(tx, payment, now);
  if (fundOrder(tx, checkout, payment, now)) return 'queued';
  return checkout.packId === null ? 'late' : 'credited';
}

/** A payment that buys nothing goes back; where that cannot be, it is credits of who paid. */
function settleWrong(tx: Tx, receipt: Receipt, payment: Payment, now: number): void {
  if (payment.isRefundable) {
    const cause = payment.outcome === 'surplus' ? 'surplus' : 'mismatch';
    beginRefund(tx, payment, { cause, actor: null, reason: null }, now);
    return;
  }
  const checkout = readCheckoutRow(tx, receipt.payload);
  const isFullPrice =
    receipt.currency === checkout?.currency && receipt.amountMinor >= checkout.amountMinor;
  if (isFullPrice) purchase(tx, payment, now);
}

/** Without the balance, which is read when everything is booked. */
type Settled = Omit<SettleOutcome, 'balance'>;

function settlePayment(tx: Tx, receipt: Receipt, terms: SettleTerms, now: number): Settled {
  const known = findCharge(tx, receipt.provider, receipt.chargeId);
  if (known !== undefined) return { outcome: 'already', payment: known, order: null };
  const checkout = readCheckoutRow(tx, receipt.payload);
  const kind = classify(receipt, terms, checkout);
  const payment = insertPayment(
    tx,
    receipt,
    terms,
    kind === 'unknown' ? undefined : checkout,
    kind,
    now,
  );
  if (kind === 'settled' && checkout !== undefined) {
    const outcome = settleRight(tx, checkout, payment, now);
    const order = outcome === 'queued' ? readOrder(tx, checkout.orderId ?? '') : null;
    return { outcome, payment, order };
  }
  if (kind !== 'unknown') settleWrong(tx, receipt, payment, now);
  const outcome = kind === 'settled' ? 'unknown' : kind;
  return { outcome, payment: readPayment(tx, payment.id) ?? payment, order: null };
}

export function createPaymentStore(transact: Transact): PaymentStore {
  return {
    settlePayment: (receipt, terms, now, noticesFor) =>
      transact((tx) => {
        const booked = settlePayment(tx, receipt, terms, now);
        const { personId } = booked.payment;
        const settled = { ...booked, balance: personId === null ? 0 : balanceOf(tx, personId) };
        if (settled.outcome !== 'already') insertNotices(tx, noticesFor(settled), now);
        return settled;
      }),

    findPayment: (by) =>
      transact((tx) => {
        if ('id' in by) return readPayment(tx, by.id) ?? null;
        if ('chargeId' in by) return findCharge(tx, by.provider, by.chargeId) ?? null;
        const order = readOrderRow(tx, by.orderId);
        if (order?.paymentId == null) return null;
        return readPayment(tx, order.paymentId) ?? null;
      }),

    listPayments: (personId, limit) =>
      transact((tx) =>
        tx
          .select()
          .from(payments)
          .where(and(eq(payments.personId, personId)))
          .orderBy(desc(payments.receivedAt))
          .limit(limit)
          .all(),
      ),
  };
}
