// Step: bring one picture of an order to PixVerse, ahead of the submit.

import { hasConsent } from '../../consent.js';
import type { Context } from '../../context.js';
import type { Order, OrderPhoto } from '../../model.js';
import { renderComposite } from '../../video/photos.js';
import { EDITABLE_STATUSES } from '../status.js';

/** The photo that is to be uploaded next, or null when PixVerse has what the order's route needs. */
export function nextUpload(order: Order): OrderPhoto | 'composite' | null {
  if (order.route === 'composite') {
    return order.compositeImageId === null && order.photos.length === 2 ? 'composite' : null;
  }
  return order.photos.find((photo) => photo.pixverseImageId === null) ?? null;
}

async function uploadPhoto(ctx: Context, order: Order, photo: OrderPhoto): Promise<void> {
  const bytes = await ctx.store.readPhoto(photo.photoId);
  // It was replaced or erased a moment ago: the row knows better than our copy of it.
  if (bytes === null) return;
  const imageId = await ctx.pixverse.uploadImage(bytes);
  await ctx.store.saveImageId(order.id, photo.photoId, imageId);
}

async function uploadComposite(ctx: Context, order: Order): Promise<string | null> {
  const [first, second] = await Promise.all(
    order.photos.map((photo) => ctx.store.readPhoto(photo.photoId)),
  );
  if (first == null || second == null) return null;
  return ctx.pixverse.uploadImage(
    await renderComposite(first, second, ctx.config.pixverse.aspectRatio),
  );
}

/**
 * Uploads one picture and lets the next one follow at once. Nothing leaves without the person's consent.
 * @throws PixverseError
 */
export async function uploadPicture(ctx: Context, order: Order): Promise<void> {
  const from = [...EDITABLE_STATUSES, 'queued'] as const;
  // Who has ordered has agreed to the text of that time, even if there is a newer one by now.
  const mayLeave =
    !EDITABLE_STATUSES.includes(order.status) || (await hasConsent(ctx, order.personId));
  const upload = mayLeave ? nextUpload(order) : null;
  if (upload === null) {
    await ctx.store.changeOrder({
      orderId: order.id,
      from,
      cause: 'nothing_to_upload',
      now: ctx.now(),
      set: { nextAttemptAt: null },
    });
    ctx.wake();
    return;
  }
  const compositeImageId =
    upload === 'composite' ? await uploadComposite(ctx, order) : order.compositeImageId;
  if (upload !== 'composite') await uploadPhoto(ctx, order, upload);
  await ctx.store.changeOrder({
    orderId: order.id,
    from,
    cause: 'uploaded',
    now: ctx.now(),
    set: { compositeImageId, nextAttemptAt: ctx.now(), stepFailures: 0 },
  });
  ctx.wake();
}
