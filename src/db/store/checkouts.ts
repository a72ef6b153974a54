// Pages to pay on: opened with the order that waits for them, shown, closed, taken away.

import { and, eq, gte, inArray, isNull, lte, ne } from 'drizzle-orm';
import type { Checkout, Quote } from '../../core/model.js';
import type { MoneyStore, NewCheckout, OpenCheckoutOutcome } from '../../core/ports/money-store.js';
import { checkouts } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { applyChange } from './changes.js';
import { fundable } from './funding.js';
import { closeOpenCheckouts, readCheckoutRow, toCheckout } from './checkout-rows.js';
import { insertNotices } from './notices.js';
import { readOrderRow } from './rows.js';
import type { Transact, Tx } from './transact.js';

type CheckoutStore = Pick<
  MoneyStore,
  | 'openCheckout'
  | 'readCheckout'
  | 'claimDueCheckouts'
  | 'recordCheckoutStep'
  | 'closeCheckout'
  | 'countTries'
>;

function isSameOffer(open: Checkout, wanted: NewCheckout, now: number): boolean {
  const isSameQuote = (a: Quote, b: Quote) =>
    a.currency === b.currency && a.amountMinor === b.amountMinor && a.credits === b.credits;
  const variant = 'variant' in wanted.product ? wanted.product.variant : null;
  return (
    open.provider === wanted.provider &&
    open.variant === variant &&
    open.expiresAt > now &&
    isSameQuote(open.quote, wanted.quote)
  );
}

function insertCheckout(tx: Tx, wanted: NewCheckout, now: number): Checkout {
  const { product, quote, ...rest } = wanted;
  const row = tx
    .insert(checkouts)
    .values({
      ...rest,
      orderId: 'orderId' in product ? product.orderId : null,
      variant: 'variant' in product ? product.variant : null,
      packId: 'packId' in product ? product.packId : null,
      currency: quote.currency,
      exponent: quote.exponent,
      amountMinor: quote.amountMinor,
      credits: quote.credits,
      tableVersion: quote.tableVersion,
      status: 'open',
      dueAt: now,
      createdAt: now,
    })
    .returning()
    .get();
  return toCheckout(row);
}

function openForOrder(
  tx: Tx,
  wanted: NewCheckout & { product: { orderId: string; variant: string } },
  now: number,
): OpenCheckoutOutcome {
  const { orderId, variant } = wanted.product;
  const order = fundable(tx, orderId);
  if (typeof order === 'string') return { outcome: order };
  const open = tx
    .select()
    .from(checkouts)
    .where(and(eq(checkouts.orderId, orderId), eq(checkouts.status, 'open')))
    .get();
  if (open !== undefined && isSameOffer(toCheckout(open), wanted, now)) {
    return { outcome: 'same', checkout: toCheckout(open) };
  }
  closeOpenCheckouts(tx, eq(checkouts.orderId, orderId), now);
  const checkout = insertCheckout(tx, wanted, now);
  tx.update(orders).set({ checkoutId: wanted.id }).where(eq(orders.id, orderId)).run();
  applyChange(tx, {
    orderId,
    from: [order.status],
    ...(order.status === 'draft' && { to: 'awaiting_payment' as const }),
    cause: 'checkout',
    now,
    set: {
      variant,
      quote: wanted.quote,
      replacing: null,
      cardDueAt: now,
      // Uploads of the photos go on while the person pays.
      nextAttemptAt: order.nextAttemptAt ?? now,
    },
  });
  return { outcome: 'opened', checkout };
}

function openForPack(tx: Tx, wanted: NewCheckout, now: number): OpenCheckoutOutcome {
  const otherPacks = and(eq(checkouts.personId, wanted.personId), isNull(checkouts.orderId));
  if (otherPacks !== undefined) closeOpenCheckouts(tx, otherPacks, now);
  return { outcome: 'opened', checkout: insertCheckout(tx, wanted, now) };
}

function closeCheckout(
  tx: Tx,
  checkoutId: string,
  status: 'expired' | 'cancelled',
  now: number,
): boolean {
  const row = readCheckoutRow(tx, checkoutId);
  if (row?.status !== 'open') return false;
  if (status === 'expired' && row.expiresAt > now) return false;
  closeOpenCheckouts(tx, eq(checkouts.id, checkoutId), now, status);
  const order = row.orderId === null ? undefined : readOrderRow(tx, row.orderId);
  if (order?.checkoutId !== checkoutId) return true;
  applyChange(tx, {
    orderId: order.id,
    from: ['awaiting_payment'],
    to: 'draft',
    cause: `checkout_${status}`,
    now,
    set: { cardDueAt: now, nextAttemptAt: order.nextAttemptAt },
  });
  return true;
}

export function createCheckoutStore(transact: Transact): CheckoutStore {
  return {
    openCheckout: (wanted, now) =>
      transact((tx) => {
        const { product } = wanted;
        return 'orderId' in product
          ? openForOrder(tx, { ...wanted, product }, now)
          : openForPack(tx, wanted, now);
      }),

    readCheckout: (checkoutId) =>
      transact((tx) => {
        const row = readCheckoutRow(tx, checkoutId);
        return row === undefined ? null : toCheckout(row);
      }),

    claimDueCheckouts: (now, leaseMs, limit) =>
      transact((tx) => {
        const due = tx
          .select()
          .from(checkouts)
          .where(lte(checkouts.dueAt, now))
          .orderBy(checkouts.dueAt)
          .limit(limit)
          .all();
        const ids = due.map((row) => row.id);
        if (ids.length > 0) {
          tx.update(checkouts)
            .set({ dueAt: now + leaseMs })
            .where(inArray(checkouts.id, ids))
            .run();
        }
        return due.map(toCheckout);
      }),

    recordCheckoutStep: (claimed, step, now) =>
      transact((tx) => {
        const row = readCheckoutRow(tx, claimed.id);
        if (row === undefined) return;
        const isMovedOn = row.status !== claimed.status;
        tx.update(checkouts)
          .set({
            ...(step.messageId !== undefined && { messageId: step.messageId }),
            dueAt: isMovedOn ? now : step.dueAt,
            failures: step.hasFailed === true ? row.failures + 1 : 0,
          })
          .where(eq(checkouts.id, claimed.id))
          .run();
      }),

    closeCheckout: (checkoutId, status, now, notices = []) =>
      transact((tx) => {
        if (closeCheckout(tx, checkoutId, status, now)) insertNotices(tx, notices, now);
      }),

    countTries: (personId, since) =>
      transact((tx) => {
        const opened = tx
          .select({ id: checkouts.id })
          .from(checkouts)
          .where(and(eq(checkouts.personId, personId), gte(checkouts.createdAt, since)))
          .all();
        const queued = tx
          .select({ id: orders.id })
          .from(orders)
          .where(
            and(
              eq(orders.personId, personId),
              // A paid one began with its checkout, and counts as that.
              ne(orders.fundedBy, 'payment'),
              gte(orders.queuedAt, since),
            ),
          )
          .all();
        return opened.length + queued.length;
      }),
  };
}
