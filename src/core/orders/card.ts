// What the one card of an order says, read off its row; and the loop's step that makes the chat show it.

import { hasConsent } from '../consent.js';
import type { Context } from '../context.js';
import { UnreachableError, UpstreamError } from '../errors.js';
import type { Order, Person } from '../model.js';
import type { CardContent, CardPicture, MoneyBack, Offer } from '../ports/messenger.js';
import { variantOf, VARIANTS } from '../variants.js';
import { type DurationModel, learnDurations, LEARN_FROM } from '../video/duration-model.js';
import { renderPreview } from '../video/preview.js';
import { expectedQueueMs, progressAt } from '../video/progress.js';
import { offerVariant } from '../money/offers.js';

/** Platforms limit edits; a card that only counts is edited this often at most, late ones half as often. */
const COUNT_EVERY_MS = 10_000;
const COUNT_LATE_EVERY_MS = 20_000;
const RETRY_MS = 2_000;

interface Card {
  content: CardContent;
  /** When it says something new by itself. */
  nextDueAt: number | null;
}

/** How long generations of this variant take, from recent ones. */
export async function readDurationModel(ctx: Context, variantId: string): Promise<DurationModel> {
  return learnDurations(await ctx.store.recentGenerationMs(variantId, LEARN_FROM));
}

async function offersFor(ctx: Context, person: Person, order: Order): Promise<Offer[]> {
  const [balance, free] = await Promise.all([
    ctx.store.balance(person.id),
    ctx.store.freeState(person.id, ctx.config.free, ctx.now()),
  ]);
  const offers = await Promise.all(
    VARIANTS.map(async (variant): Promise<Offer> => {
      const { quote } = await offerVariant(ctx, person, order.platform, variant.id);
      const pay = free === 'available' ? 'free' : balance >= quote.credits ? 'credits' : 'price';
      return { variant: variant.id, quote, pay };
    }),
  );
  // Again and Other quality ask for one; otherwise the person's experiment decides.
  const first = order.variant ?? person.offerFirst;
  return offers.sort((a, b) => Number(b.variant === first) - Number(a.variant === first));
}

async function moneyBack(ctx: Context, order: Order): Promise<MoneyBack> {
  if (order.fundedBy === null) return { way: 'nothing_taken' };
  if (order.fundedBy === 'free') {
    const state = await ctx.store.freeState(order.personId, ctx.config.free, ctx.now());
    const isStillFree = state === 'available' || state === 'budget_used_up';
    return { way: isStillFree ? 'free_returned' : 'free_used_up' };
  }
  const payment = await ctx.store.findPayment({ orderId: order.id });
  if (payment === null) return { way: 'credits_returned' };
  const { currency, exponent, amountMinor, credits, refundStatus } = payment;
  const paid = { currency, exponent, amountMinor };
  if (refundStatus === 'due') return { way: 'payment_due', paid };
  if (refundStatus === 'refunded') return { way: 'payment_returned', paid };
  return { way: 'payment_as_credits', paid, credits };
}

async function describeDraft(ctx: Context, order: Order, person: Person): Promise<Card | null> {
  const missing = ([1, 2] as const).filter(
    (position) => !order.photos.some((photo) => photo.position === position),
  );
  if (missing.length === 2) return null;
  if (missing[0] !== undefined) {
    return { content: { stage: 'one_photo', missing: missing[0] }, nextDueAt: null };
  }
  // A photo that is to be replaced comes first, or nobody would know that it is waited for.
  if (order.replacing === null && !(await hasConsent(ctx, person.id))) {
    return { content: { stage: 'consent' }, nextDueAt: null };
  }
  return {
    content: {
      stage: 'choose',
      offers: await offersFor(ctx, person, order),
      replacing: order.replacing,
      balance: await ctx.store.balance(person.id),
      awaiting:
        order.status === 'awaiting_payment' && order.variant !== null && order.quote !== null
          ? { variant: order.variant, quote: order.quote }
          : null,
    },
    nextDueAt: null,
  };
}

async function describeQueued(ctx: Context, order: Order): Promise<Card> {
  const [position, model] = await Promise.all([
    ctx.store.queuePosition(order.id),
    readDurationModel(ctx, variantOf(order.variant).id),
  ]);
  const waitMs =
    position === 1 ? null : expectedQueueMs(model, position, ctx.config.pixverse.maxConcurrent);
  return {
    content: { stage: 'queued', position, waitMs },
    nextDueAt: ctx.now() + COUNT_EVERY_MS,
  };
}

async function describeMaking(ctx: Context, order: Order): Promise<Card> {
  const now = ctx.now();
  const model = await readDurationModel(ctx, variantOf(order.variant).id);
  const progress = progressAt(model, now - (order.submittedAt ?? now));
  return {
    content: { stage: 'making', ...progress },
    nextDueAt: now + (progress.leftMs === null ? COUNT_LATE_EVERY_MS : COUNT_EVERY_MS),
  };
}

/** The card of an order as its row stands; null where there is nothing to show. */
export async function describeCard(
  ctx: Context,
  order: Order,
  person: Person,
): Promise<Card | null> {
  const arePhotosKept = order.photos.length === 2 && order.photos.every((p) => p.erasedAt === null);
  switch (order.status) {
    case 'draft':
    case 'awaiting_payment':
      return describeDraft(ctx, order, person);
    case 'queued':
      return describeQueued(ctx, order);
    case 'submitting':
    case 'generating':
      return describeMaking(ctx, order);
    case 'generated':
      return order.isGift ? null : { content: { stage: 'uploading' }, nextDueAt: null };
    case 'failed': {
      const failureCode = order.failureCode ?? 'internal';
      const canRetry = arePhotosKept && !['moderated', 'photo_refused'].includes(failureCode);
      const money = await moneyBack(ctx, order);
      return { content: { stage: 'failed', failureCode, money, canRetry }, nextDueAt: null };
    }
    case 'cancelled': {
      // Nothing was taken and no card stands in the chat: there is nothing to say.
      if (order.cardMessageId === null && order.fundedBy === null) return null;
      const money = await moneyBack(ctx, order);
      return {
        content: { stage: 'cancelled', money, canRetry: arePhotosKept },
        nextDueAt: null,
      };
    }
    case 'expired':
      return { content: { stage: 'expired' }, nextDueAt: null };
    case 'delivered':
      return null;
  }
}

/** The picture of both photos, made only when a messenger needs it. */
function pictureOf(ctx: Context, order: Order): CardPicture | null {
  const [first, second] = order.photos;
  if (first === undefined || second === undefined) return null;
  if (first.erasedAt !== null || second.erasedAt !== null) return null;
  return {
    key: `${first.photoId}+${second.photoId}`,
    render: async () => {
      const bytes = await Promise.all([first, second].map((p) => ctx.store.readPhoto(p.photoId)));
      const [left, right] = bytes;
      if (left == null || right == null) throw new Error('a photo was erased while it was shown');
      return renderPreview(left, right);
    },
  };
}

/** A text of what a card says, to leave out edits that would change nothing. Progress counts in steps of 5 %. */
function keyOf(content: CardContent, locale: string): string {
  const rounded =
    content.stage === 'making'
      ? { ...content, percent: Math.floor(content.percent / 5), leftMs: roundLeft(content.leftMs) }
      : content;
  return JSON.stringify([locale, rounded]);
}

function roundLeft(leftMs: number | null): number | null {
  return leftMs === null ? null : Math.ceil(leftMs / 5_000);
}

/**
 * Makes the chat show a card that was claimed. Nothing is lost when it fails: the row still says what to show, and the
 * card is due again.
 * @returns how long this messenger wants to be left alone, in ms, else 0
 */
export async function showCard(ctx: Context, order: Order): Promise<number> {
  const { store } = ctx;
  const messenger = ctx.messengers.get(order.platform);
  const person = await store.readPerson(order.personId);
  const card = person === null ? null : await describeCard(ctx, order, person);
  if (messenger === undefined || person === null || card === null) {
    await store.recordCard(order, null, null);
    return 0;
  }
  const key = keyOf(card.content, person.locale);
  const picture = pictureOf(ctx, order);
  const isPictureSame = picture === null || picture.key === order.cardPictureKey;
  const isSame = key === order.cardShownKey && isPictureSame && !order.isCardRepost;
  if (isSame) {
    await store.recordCard(order, null, card.nextDueAt);
    return 0;
  }
  try {
    const shown = await messenger.showCard({
      orderId: order.id,
      address: { platform: order.platform, chatId: order.chatId },
      locale: person.locale,
      content: card.content,
      picture,
      messageId: order.cardMessageId,
      shownPictureKey: order.cardPictureKey,
      isRepost: order.isCardRepost,
    });
    await store.recordCard(order, { ...shown, key }, card.nextDueAt);
    return 0;
  } catch (error) {
    return postponeCard(ctx, order, error);
  }
}

async function postponeCard(ctx: Context, order: Order, error: unknown): Promise<number> {
  const now = ctx.now();
  if (error instanceof UnreachableError) {
    await ctx.store.setUnreachable({ platform: order.platform, chatId: order.chatId }, now);
    await ctx.store.recordCard(order, null, null);
    return 0;
  }
  const fault = error instanceof UpstreamError ? error.fault : null;
  const isHopeless = fault !== null && !fault.isRetryable;
  const waitMs = fault?.retryAfterMs ?? RETRY_MS;
  const fields = { orderId: order.id, err: error };
  if (isHopeless || fault === null) ctx.log.error(fields, 'a card could not be shown');
  else ctx.log.warn(fields, 'a card is shown later');
  await ctx.store.recordCard(order, null, isHopeless ? null : now + waitMs);
  return fault?.retryAfterMs ?? 0;
}
