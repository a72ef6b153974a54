// New people, each with a draft that waits for nothing but its last tap or its payment; written through the store.

import { randomUUID } from 'node:crypto';
import { CONSENT_VERSION } from '../../src/core/consent.js';
import { quoteVariant, STARS } from '../../src/core/money/pricing.js';
import type { Checkout } from '../../src/core/model.js';
import type { Store } from '../../src/core/ports/store.js';
import { variantOf } from '../../src/core/variants.js';

export const VARIANT = 'standard';
export const TERMS = { variant: VARIANT, quote: quoteVariant(variantOf(VARIANT), STARS) };
const CHECKOUT_MS = 60 * 60_000;

export interface PreparedDraft {
  orderId: string;
  personId: string;
  /** The person's account and chat at Telegram. */
  chatId: string;
}

/** @param photo.imageId under which PixVerse is said to have both photos */
export async function prepareDraft(
  store: Store,
  chatId: string,
  photo: { bytes: Buffer; imageId: string },
  now: number,
): Promise<PreparedDraft> {
  const address = { platform: 'telegram', chatId } as const;
  const seen = { ...address, platformUserId: chatId, username: null, displayName: null };
  const person = await store.seePerson(
    { ...seen, languageHint: 'en' },
    { locale: 'en', offerFirst: VARIANT, source: null },
    now,
  );
  await store.recordConsent(person.id, CONSENT_VERSION, now);
  const orderId = randomUUID();
  await store.openDraft({ orderId, personId: person.id, address, photosOf: null }, now);
  for (const sourceOrder of [1, 2]) {
    const sourceKey = `${chatId}:${sourceOrder}`;
    const content = { bytes: photo.bytes, width: 900, height: 1120, albumKey: null };
    const place = { sourceKey, sourceOrder };
    await store.addPhoto(orderId, { ...content, ...place }, { cardAt: now, uploadAt: null }, now);
  }
  const order = await store.readOrder(orderId);
  for (const { photoId } of order?.photos ?? []) {
    await store.saveImageId(orderId, photoId, photo.imageId);
  }
  return { orderId, personId: person.id, chatId };
}

/** Lets a draft wait for a payment in Stars. */
export async function prepareCheckout(
  store: Store,
  { orderId, personId, chatId }: PreparedDraft,
  now: number,
): Promise<Checkout> {
  const opened = await store.openCheckout(
    {
      ...{ id: randomUUID(), personId, provider: 'telegram_stars', platform: 'telegram', chatId },
      ...{ product: { orderId, variant: VARIANT }, quote: TERMS.quote },
      expiresAt: now + CHECKOUT_MS,
    },
    now,
  );
  if (!('checkout' in opened)) throw new Error(`no checkout: ${opened.outcome}`);
  return opened.checkout;
}
