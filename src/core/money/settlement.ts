// Receipts become entries, and refunds go back: the one way in and out for money, whichever provider it is.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import { UpstreamError } from '../errors.js';
import type { Payment, Platform } from '../model.js';
import type { Money, NewNotice } from '../ports/messenger.js';
import type { RefundRequestOutcome, SettleOutcome } from '../ports/money-store.js';
import type { Receipt, ReportedRefund } from '../ports/payment-provider.js';
import { PRICE_TABLE } from './pricing.js';

const MAX_REFUND_RETRY_MS = 10 * 60_000;
const NO_PROVIDER_RETRY_MS = 10 * 60_000;
/** After this many failures in a row the operator hears of a refund. */
const ALERT_AFTER_FAILURES = 5;

function moneyOf({ currency, exponent, amountMinor }: Payment): Money {
  return { currency, exponent, amountMinor };
}

function toPayer(payment: Payment, what: string, content: NewNotice['content']): NewNotice[] {
  if (payment.personId === null) return [];
  return [{ key: `payment:${payment.id}:${what}`, to: { personId: payment.personId }, content }];
}

/** What the person and the admins hear of a booked payment. */
function settleNotices(ctx: Context, settled: SettleOutcome, askedMinor: number): NewNotice[] {
  const { outcome, payment, balance } = settled;
  const { credits } = payment;
  const paid = moneyOf(payment);
  const isGoingBack = payment.isRefundable;
  const overpaid =
    payment.outcome === 'settled' && payment.amountMinor > askedMinor
      ? adminAlert(ctx, 'payment_overpaid', payment.id, payment.id)
      : [];
  switch (outcome) {
    case 'credited':
      return [
        ...toPayer(payment, 'credited', { kind: 'credits_bought', credits, balance }),
        ...overpaid,
      ];
    case 'late':
      return [...toPayer(payment, 'late', { kind: 'payment_late', credits, balance }), ...overpaid];
    case 'surplus':
      return toPayer(payment, 'surplus', { kind: 'payment_surplus', paid, isGoingBack });
    case 'mismatch':
      return [
        ...toPayer(payment, 'mismatch', { kind: 'payment_mismatch', paid, isGoingBack }),
        ...adminAlert(ctx, 'payment_mismatch', payment.id, payment.id),
      ];
    case 'unknown':
      return adminAlert(ctx, 'payment_unknown', payment.id, payment.id);
    case 'queued':
    case 'already':
      return overpaid;
  }
}

/**
 * Books a payment that a provider reports and gives it its effect: the order is queued, or credits are there, or the
 * money goes back. Safe to repeat: a charge is booked once.
 *
 * @param platform where `receipt.payerRef` is an account
 */
export async function settlePayment(
  ctx: Context,
  receipt: Receipt,
  platform: Platform,
): Promise<SettleOutcome> {
  const { store } = ctx;
  const payer = await store.findIdentity(platform, { platformUserId: receipt.payerRef });
  const checkout = await store.readCheckout(receipt.payload);
  const settled = await store.settlePayment(
    receipt,
    {
      payerPersonId: payer?.personId ?? null,
      exponent: PRICE_TABLE.byCurrency.get(receipt.currency)?.exponent ?? 0,
      isRefundable: ctx.paymentProviders.get(receipt.provider)?.canRefund ?? false,
    },
    ctx.now(),
    (booked) => settleNotices(ctx, booked, checkout?.quote.amountMinor ?? 0),
  );
  const { outcome, payment } = settled;
  if (outcome !== 'already') {
    const fields = { paymentId: payment.id, orderId: payment.orderId, outcome };
    if (payment.outcome === 'settled') ctx.log.info(fields, 'payment booked');
    else ctx.log.warn(fields, 'a payment bought nothing');
  }
  ctx.wake();
  return settled;
}

/** Books a refund that the provider reports, ours or one that began elsewhere. Safe to repeat. */
export async function bookReportedRefund(ctx: Context, refund: ReportedRefund): Promise<void> {
  const { provider, chargeId } = refund;
  const booked = await ctx.store.bookReportedRefund(provider, chargeId, ctx.now(), (payment) =>
    toPayer(payment, 'returned', { kind: 'payment_returned', paid: moneyOf(payment) }),
  );
  if (booked !== null) {
    const { id: paymentId, refundCause, unrecoveredCredits } = booked;
    ctx.metrics.paymentRefunded(refundCause ?? 'elsewhere');
    ctx.log.info({ paymentId, refundCause, unrecoveredCredits }, 'a refund was reported');
  }
  ctx.wake();
}

async function tryRefundLater(ctx: Context, payment: Payment, error: unknown): Promise<void> {
  const now = ctx.now();
  const failures = payment.refundFailures + 1;
  const retryAfterMs = error instanceof UpstreamError ? error.fault.retryAfterMs : undefined;
  const waitMs = Math.min(backoffMs(ctx, failures), MAX_REFUND_RETRY_MS);
  ctx.log.warn({ paymentId: payment.id, failures, err: error }, 'a refund is tried again');
  await ctx.store.finishRefund(
    payment.id,
    { retryAt: now + Math.max(waitMs, retryAfterMs ?? 0) },
    now,
    failures >= ALERT_AFTER_FAILURES ? adminAlert(ctx, 'refund_stuck', payment.id, payment.id) : [],
  );
}

/** Sends a claimed payment back. Never throws; the intent was booked before, and repeating it is safe. */
export async function stepRefund(ctx: Context, payment: Payment): Promise<void> {
  const provider = ctx.paymentProviders.get(payment.provider);
  const now = ctx.now();
  if (provider === undefined) {
    await ctx.store.finishRefund(payment.id, { retryAt: now + NO_PROVIDER_RETRY_MS }, now);
    return;
  }
  try {
    const result = await provider.refundPayment(payment);
    const paid = moneyOf(payment);
    if (result === 'refunded') {
      const done = await ctx.store.finishRefund(
        payment.id,
        'refunded',
        ctx.now(),
        toPayer(payment, 'returned', { kind: 'payment_returned', paid }),
      );
      if (done !== null) ctx.metrics.paymentRefunded(done.refundCause ?? 'elsewhere');
      ctx.log.info({ paymentId: payment.id, orderId: payment.orderId }, 'payment refunded');
    } else {
      await ctx.store.finishRefund(payment.id, 'kept', ctx.now(), [
        ...toPayer(payment, 'kept', { kind: 'payment_kept', paid, credits: payment.credits }),
        ...adminAlert(ctx, 'refund_refused', payment.id, payment.id),
      ]);
      ctx.log.error({ paymentId: payment.id }, 'a refund was refused; it stays as credits');
    }
  } catch (error) {
    if (!ctx.signal.aborted) await tryRefundLater(ctx, payment, error);
  }
  ctx.wake();
}

/** An order id or the id of a payment, ours or the provider's, as an admin copies it. */
async function findRefundable(
  ctx: Context,
  id: string,
): Promise<{ orderId: string } | { paymentId: string } | null> {
  if ((await ctx.store.readOrder(id)) !== null) return { orderId: id };
  const own = await ctx.store.findPayment({ id });
  if (own !== null) return { paymentId: own.id };
  for (const provider of ctx.paymentProviders.keys()) {
    const charged = await ctx.store.findPayment({ provider, chargeId: id });
    if (charged !== null) return { paymentId: charged.id };
  }
  return null;
}

/**
 * An admin gives back what an order or a payment took: credits at once, money as soon as the provider did it.
 * @param id an order, a payment, or a provider's charge
 * @param by.actor the admin, as `platform:id`
 */
export async function refundByAdmin(
  ctx: Context,
  id: string,
  by: { actor: string; reason: string | null },
): Promise<RefundRequestOutcome> {
  const target = await findRefundable(ctx, id);
  if (target === null) return { outcome: 'not_found' };
  const asked = await ctx.store.requestRefund(target, { cause: 'admin', ...by }, ctx.now());
  ctx.log.info({ ...target, outcome: asked.outcome }, 'refund by an admin');
  ctx.wake();
  return asked;
}
