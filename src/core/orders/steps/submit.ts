// Step: submit an order's generation. Its trace id was stored before, so repeating the same submit is harmless.

import type { Context } from '../../context.js';
import type { Order } from '../../model.js';
import { variantOf } from '../../variants.js';
import { planNextLook } from '../../video/poll-plan.js';
import { compositePrompt, fusionPrompt, SUBJECT_NAMES } from '../../video/prompt.js';
import { readDurationModel } from '../card.js';
import { pollBounds } from './look.js';

async function sendSubmit(ctx: Context, order: Order, traceId: string): Promise<string> {
  const variant = variantOf(order.variant);
  const { resolution: quality, durationSeconds } = variant;
  if (order.route === 'composite') {
    if (order.compositeImageId === null) throw new Error('a submit without its picture');
    const prompt = compositePrompt(variant);
    const imageId = order.compositeImageId;
    return ctx.pixverse.submitImage({ traceId, prompt, quality, durationSeconds, imageId });
  }
  const subjects = order.photos.map((photo) => {
    if (photo.pixverseImageId === null) throw new Error('a submit without its picture');
    return { imageId: photo.pixverseImageId, name: SUBJECT_NAMES[photo.position] };
  });
  const prompt = fusionPrompt(variant);
  return ctx.pixverse.submitFusion({ traceId, prompt, quality, durationSeconds, subjects });
}

/** @throws PixverseError */
export async function submitGeneration(ctx: Context, order: Order): Promise<void> {
  const { traceId, quote } = order;
  if (traceId === null || quote === null) throw new Error('a submit without trace id or quote');
  const pixverseVideoId = await sendSubmit(ctx, order, traceId);
  const variant = variantOf(order.variant);
  const now = ctx.now();
  const model = await readDurationModel(ctx, variant.id);
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['submitting'],
    to: 'generating',
    cause: 'accepted',
    now,
    set: {
      pixverseVideoId,
      slotsRefusedSince: null,
      stepFailures: 0,
      nextAttemptAt: (order.submittedAt ?? now) + planNextLook(model, 0, pollBounds(ctx)),
      cardDueAt: now,
    },
    video: {
      begin: true,
      pixverseVideoId,
      traceId,
      route: order.route,
      variant: variant.id,
      resolution: variant.resolution,
      durationSeconds: variant.durationSeconds,
      amountMinor: order.fundedBy === 'free' ? 0 : quote.amountMinor,
      currency: quote.currency,
    },
  });
  ctx.log.info({ orderId: order.id, pixverseVideoId }, 'generation submitted');
  ctx.wake();
}
