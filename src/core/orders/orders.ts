// The verbs of an order that a person can say: add a photo, arrange, choose, cancel, again. Each is safe to repeat.

import { hasConsent } from '../consent.js';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { newId } from '../ids.js';
import type { ChatAddress, Checkout, Order, Person, PhotoPosition } from '../model.js';
import { openOrderCheckout } from '../money/checkout.js';
import { offerVariant, type SalesOffer } from '../money/offers.js';
import { mayOrder } from './limits.js';
import type { FundOutcome } from '../ports/money-store.js';
import type { AddPhotoOutcome } from '../ports/store.js';
import { preparePhoto } from '../video/photos.js';
import { EDITABLE_STATUSES, isCancellable, isEnded } from './status.js';

/** The sibling of an album's first photo is on its way: its card waits this long before it asks for the second. */
const ALBUM_WAIT_MS = 2_000;

export interface IncomingPhoto {
  bytes: Buffer;
  /** What it was sent in, unique in this chat. */
  sourceKey: string;
  /** Grows with each message of the chat. */
  sourceOrder: number;
  albumKey: string | null;
}

/** The person's order that is being put together in this chat; made when there is none. */
export function openDraft(ctx: Context, person: Person, address: ChatAddress): Promise<Order> {
  return ctx.store.openDraft(
    { orderId: newId(), personId: person.id, address, photosOf: null },
    ctx.now(),
  );
}

/**
 * Takes a photo into the person's draft and lets the card show it. The same message again changes nothing.
 * @throws AppError `photo_rejected`; the draft and its other photo stay as they are
 */
export async function addPhoto(
  ctx: Context,
  person: Person,
  address: ChatAddress,
  photo: IncomingPhoto,
): Promise<{ order: Order; outcome: AddPhotoOutcome }> {
  const ready = await preparePhoto(photo.bytes);
  const mayUpload = await hasConsent(ctx, person.id);
  // A draft can be funded between reading and adding; then the photo begins the next one.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const draft = await openDraft(ctx, person, address);
    const now = ctx.now();
    const isFirstOfAlbum = photo.albumKey !== null && draft.photos.length === 0;
    const added = await ctx.store.addPhoto(
      draft.id,
      { ...photo, ...ready },
      { cardAt: isFirstOfAlbum ? now + ALBUM_WAIT_MS : now, uploadAt: mayUpload ? now : null },
      now,
    );
    if (added === null) continue;
    if (added.outcome === 'extra') await tellExtra(ctx, added.order, photo);
    ctx.wake();
    return added;
  }
  throw new AppError('wrong_status');
}

/** "I use the first two", once per album, with the card below it. */
async function tellExtra(ctx: Context, order: Order, photo: IncomingPhoto): Promise<void> {
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: EDITABLE_STATUSES,
    cause: 'extra_photo',
    now,
    set: { cardDueAt: now, isCardRepost: true },
    notices: [
      {
        key: `order:${order.id}:extra:${photo.albumKey ?? photo.sourceKey}`,
        to: { personId: order.personId },
        content: { kind: 'extra_photo', orderId: order.id },
      },
    ],
  });
}

/** An order of this person. @throws AppError `not_found` or `not_owner`: button data can be anything */
export async function readOwnOrder(
  ctx: Context,
  personId: string,
  orderId: string,
): Promise<Order> {
  const order = await ctx.store.readOrder(orderId);
  if (order === null) throw new AppError('not_found');
  if (order.personId !== personId) throw new AppError('not_owner');
  return order;
}

async function changeDraft(
  ctx: Context,
  order: Order,
  change: { cause: string; replacing: PhotoPosition | null; swapPhotos?: boolean },
): Promise<void> {
  const now = ctx.now();
  const { replacing, ...rest } = change;
  const changed = await ctx.store.changeOrder({
    ...rest,
    orderId: order.id,
    from: EDITABLE_STATUSES,
    now,
    set: { replacing, cardDueAt: now },
  });
  if (changed === null) throw new AppError('wrong_status');
  ctx.wake();
}

/** Swaps both photos. @throws AppError `wrong_status` once the order is funded */
export async function swapPhotos(ctx: Context, order: Order): Promise<void> {
  if (order.photos.length < 2) throw new AppError('photos_missing');
  await changeDraft(ctx, order, { cause: 'swap', replacing: null, swapPhotos: true });
}

/** The next photo takes this place; null keeps both after all. */
export async function replacePhoto(
  ctx: Context,
  order: Order,
  position: PhotoPosition | null,
): Promise<void> {
  await changeDraft(ctx, order, { cause: 'replace', replacing: position });
}

/** Shows the card of a draft below the person's last message. */
export async function showDraftAgain(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: EDITABLE_STATUSES,
    cause: 'shown_again',
    now,
    set: { cardDueAt: now, isCardRepost: true },
  });
  ctx.wake();
}

/**
 * `payment_due`: neither a free video nor enough credits, so a checkout is open; `why` says what became of the free
 * one, `isNew` whether this very tap opened it.
 */
export type ChooseOutcome =
  | { outcome: 'queued'; order: Order }
  | {
      outcome: 'payment_due';
      why: Exclude<FundOutcome, { funded: true }>['why'];
      checkout: Checkout;
      isNew: boolean;
      offer: SalesOffer;
    };

/**
 * The last tap: the price is frozen, and the free video, or else credits, are taken, and the order waits for its slot;
 * or else it waits for its payment.
 *
 * @throws AppError `consent_missing`, `photos_missing`, `photos_erased`, `order_open` (one video at a time),
 *   `wrong_status` (the second of two taps), `sales_paused`, `person_paused`, `rate_limited`
 */
export async function chooseVariant(
  ctx: Context,
  person: Person,
  order: Order,
  variantId: string,
): Promise<ChooseOutcome> {
  if (!(await hasConsent(ctx, person.id))) throw new AppError('consent_missing');
  if (order.photos.length < 2) throw new AppError('photos_missing');
  if (order.photos.some((photo) => photo.erasedAt !== null)) throw new AppError('photos_erased');
  await mayOrder(ctx, person.id);
  const offer = await offerVariant(ctx, person, order.platform, variantId);
  const terms = { variant: variantId, quote: offer.quote, limits: ctx.config.free };
  const free = await ctx.store.fundFree(order.id, terms, ctx.now());
  const funded =
    free.funded || free.why === 'wrong_status' || free.why === 'order_open'
      ? free
      : await ctx.store.fundCredits(order.id, terms, ctx.now());
  if (funded.funded) {
    ctx.log.info({ orderId: order.id, fundedBy: funded.order.fundedBy }, 'order queued');
    ctx.wake();
    return { outcome: 'queued', order: funded.order };
  }
  if (funded.why === 'wrong_status' || funded.why === 'order_open') throw new AppError(funded.why);
  const opened = await openOrderCheckout(ctx, person, order, variantId, offer);
  return {
    outcome: 'payment_due',
    why: free.funded ? funded.why : free.why,
    checkout: opened.checkout,
    isNew: opened.outcome === 'opened',
    offer,
  };
}

/**
 * Cancels an order that has not reached PixVerse; what was taken is given back with it.
 * @returns false when it is too late or already over
 */
export async function cancelOrder(ctx: Context, order: Order): Promise<boolean> {
  if (!isCancellable(order.status)) return false;
  const now = ctx.now();
  const cancelled = await ctx.store.changeOrder({
    orderId: order.id,
    from: [...EDITABLE_STATUSES, 'queued'],
    to: 'cancelled',
    cause: 'person',
    now,
    giveBack: { isFailure: false },
    set: { endedAt: now, cardDueAt: order.photos.length === 0 ? null : now },
  });
  ctx.wake();
  return cancelled !== null;
}

/**
 * A draft with the photos of an earlier order: Again, Other quality, Try again. A second tap answers the same draft.
 * @param firstVariant listed first on its card
 * @throws AppError `photos_erased` when they are no longer kept, `wrong_status` while the order is open
 */
export async function orderAgain(
  ctx: Context,
  person: Person,
  earlier: Order,
  firstVariant: string | null,
): Promise<Order> {
  if (!isEnded(earlier.status)) throw new AppError('wrong_status');
  const isKept = earlier.photos.length === 2 && earlier.photos.every((p) => p.erasedAt === null);
  if (!isKept) throw new AppError('photos_erased');
  const now = ctx.now();
  const draft = await ctx.store.openDraft(
    {
      orderId: newId(),
      personId: person.id,
      address: { platform: earlier.platform, chatId: earlier.chatId },
      photosOf: earlier.id,
    },
    now,
  );
  const shown = { cardDueAt: now, isCardRepost: true, nextAttemptAt: now };
  const change = { orderId: draft.id, cause: 'again', now };
  const begun = await ctx.store.changeOrder({
    ...change,
    from: ['draft'],
    set: { ...shown, variant: firstVariant },
  });
  // What waits for its payment keeps the variant that it is paid for.
  if (begun === null) {
    await ctx.store.changeOrder({ ...change, from: ['awaiting_payment'], set: shown });
  }
  ctx.wake();
  return draft;
}
