// Checkouts: opened when something must be paid, shown by the provider, judged before money moves, closed and taken
// away. The row says which of these comes next.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import { AppError, UnreachableError, UpstreamError } from '../errors.js';
import { newId } from '../ids.js';
import type { ChatAddress, Checkout, Order, Person, Platform } from '../model.js';
import { mayTry } from '../orders/limits.js';
import { EDITABLE_STATUSES } from '../orders/status.js';
import type { OpenCheckoutOutcome } from '../ports/money-store.js';
import type { PaymentProvider, Receipt } from '../ports/payment-provider.js';
import { offerPack, type SalesOffer } from './offers.js';
import { areSalesPaused, mustSalesPause } from './sales.js';

/** An invoice is open this long; a payment that comes later still becomes credits. */
const CHECKOUT_LIFE_MS = 60 * 60_000;
const MAX_RETRY_MS = 60_000;

function newCheckout(person: Person, address: ChatAddress, offer: SalesOffer, now: number) {
  if (offer.provider === null) throw new AppError('sales_paused', 'no_provider');
  return {
    id: newId(),
    personId: person.id,
    provider: offer.provider.id,
    ...address,
    quote: offer.quote,
    expiresAt: now + CHECKOUT_LIFE_MS,
  };
}

/**
 * Opens the checkout of an order whose variant was chosen; the order waits for its payment.
 * @returns `same` when it is open already
 * @throws AppError `order_open`, `wrong_status`, `sales_paused`
 */
export async function openOrderCheckout(
  ctx: Context,
  person: Person,
  order: Order,
  variant: string,
  offer: SalesOffer,
): Promise<OpenCheckoutOutcome & { checkout: Checkout }> {
  const address = { platform: order.platform, chatId: order.chatId };
  const now = ctx.now();
  const opened = await ctx.store.openCheckout(
    {
      ...newCheckout(person, address, offer, now),
      product: { orderId: order.id, variant },
    },
    now,
  );
  if (!('checkout' in opened)) throw new AppError(opened.outcome);
  ctx.wake();
  return opened;
}

/** Opens the checkout of a pack. @throws AppError `not_found`, `sales_paused`, `rate_limited` */
export async function openPackCheckout(
  ctx: Context,
  person: Person,
  address: ChatAddress,
  packId: string,
): Promise<SalesOffer> {
  await mayTry(ctx, person.id);
  if (await mustSalesPause(ctx)) throw new AppError('sales_paused');
  const offer = await offerPack(ctx, person, address.platform, packId);
  const now = ctx.now();
  await ctx.store.openCheckout(
    { ...newCheckout(person, address, offer, now), product: { packId } },
    now,
  );
  ctx.wake();
  return offer;
}

/** Why a payment must not go through. */
export type PaymentRefusal =
  'unknown' | 'not_owner' | 'paid' | 'closed' | 'changed' | 'busy' | 'photos' | 'paused';

/**
 * Judges a payment before it is made, from the database alone: providers give us seconds.
 * @returns null when it may go on
 */
export async function refusePayment(
  ctx: Context,
  asked: Pick<Receipt, 'payload' | 'currency' | 'amountMinor' | 'payerRef'>,
  platform: Platform,
): Promise<PaymentRefusal | null> {
  const { store } = ctx;
  const checkout = await store.readCheckout(asked.payload);
  if (checkout === null) return 'unknown';
  const payer = await store.findIdentity(platform, { platformUserId: asked.payerRef });
  if (payer?.personId !== checkout.personId) return 'not_owner';
  if (checkout.status === 'paid') return 'paid';
  if (checkout.status !== 'open' || checkout.expiresAt <= ctx.now()) return 'closed';
  const { quote } = checkout;
  if (asked.currency !== quote.currency || asked.amountMinor !== quote.amountMinor)
    return 'changed';
  if (await areSalesPaused(ctx)) return 'paused';
  if (checkout.orderId === null) return null;
  const order = await store.readOrder(checkout.orderId);
  if (order === null || !EDITABLE_STATUSES.includes(order.status)) return 'closed';
  if (order.checkoutId !== checkout.id) return 'closed';
  const arePhotosThere =
    order.photos.length === 2 && order.photos.every((photo) => photo.erasedAt === null);
  if (!arePhotosThere) return 'photos';
  const running = await store.findRunning(checkout.personId);
  return running === null || running.isGift ? null : 'busy';
}

async function presentOpen(
  ctx: Context,
  checkout: Checkout,
  provider: PaymentProvider,
): Promise<void> {
  const now = ctx.now();
  if (checkout.expiresAt <= now) {
    await ctx.store.closeCheckout(checkout.id, 'expired', now);
    const closed = await ctx.store.readCheckout(checkout.id);
    // Nothing is shown that would have to be taken away.
    if (closed?.messageId === null) {
      await ctx.store.recordCheckoutStep(closed, { dueAt: null }, now);
    }
    return;
  }
  if (checkout.messageId !== null) {
    await ctx.store.recordCheckoutStep(checkout, { dueAt: checkout.expiresAt }, now);
    return;
  }
  const person = await ctx.store.readPerson(checkout.personId);
  const { messageId } = await provider.presentCheckout(checkout, person?.locale ?? 'en');
  await ctx.store.recordCheckoutStep(checkout, { messageId, dueAt: checkout.expiresAt }, ctx.now());
  ctx.log.info({ checkoutId: checkout.id, orderId: checkout.orderId }, 'invoice shown');
}

async function retireClosed(
  ctx: Context,
  checkout: Checkout,
  provider: PaymentProvider | undefined,
): Promise<void> {
  if (checkout.messageId !== null && provider !== undefined) {
    await provider.retireCheckout(checkout, checkout.messageId);
  }
  await ctx.store.recordCheckoutStep(checkout, { messageId: null, dueAt: null }, ctx.now());
}

/** The invoice cannot be shown as it is: the person chooses again, and the operator looks into it. */
async function giveUpCheckout(ctx: Context, checkout: Checkout, code: string): Promise<void> {
  const now = ctx.now();
  if (checkout.status !== 'open') {
    await ctx.store.recordCheckoutStep(checkout, { messageId: null, dueAt: null }, now);
    return;
  }
  await ctx.store.closeCheckout(checkout.id, 'cancelled', now, [
    {
      key: `checkout:${checkout.id}:failed`,
      to: { personId: checkout.personId },
      content: { kind: 'invoice_failed' },
    },
    ...adminAlert(ctx, 'invoice_refused', `${checkout.id} ${checkout.quote.currency} ${code}`),
  ]);
  await ctx.store.recordCheckoutStep({ ...checkout, status: 'cancelled' }, { dueAt: null }, now);
}

async function settleFault(ctx: Context, checkout: Checkout, error: unknown): Promise<void> {
  const now = ctx.now();
  const log = ctx.log.child({ checkoutId: checkout.id });
  if (error instanceof UnreachableError) {
    const dueAt = checkout.status === 'open' ? checkout.expiresAt : null;
    await ctx.store.recordCheckoutStep(checkout, { dueAt }, now);
    return;
  }
  if (error instanceof UpstreamError && !error.fault.isRetryable) {
    log.error({ err: error }, 'an invoice could not be shown or taken away');
    await giveUpCheckout(ctx, checkout, String(error.fault.upstreamCode ?? ''));
    return;
  }
  log.warn({ err: error }, 'a checkout is tried again');
  const retryAfterMs = error instanceof UpstreamError ? error.fault.retryAfterMs : undefined;
  const waitMs = Math.min(backoffMs(ctx, checkout.failures + 1, retryAfterMs), MAX_RETRY_MS);
  const dueAt = now + Math.max(waitMs, retryAfterMs ?? 0);
  await ctx.store.recordCheckoutStep(checkout, { dueAt, hasFailed: true }, now);
}

/** Does what a claimed checkout is due for. Never throws: what goes wrong is planned again. */
export async function stepCheckout(ctx: Context, checkout: Checkout): Promise<void> {
  const provider = ctx.paymentProviders.get(checkout.provider);
  try {
    if (checkout.status !== 'open') await retireClosed(ctx, checkout, provider);
    else if (provider === undefined) await giveUpCheckout(ctx, checkout, 'no provider');
    else await presentOpen(ctx, checkout, provider);
  } catch (error) {
    if (!ctx.signal.aborted) await settleFault(ctx, checkout, error);
  }
  ctx.wake();
}
