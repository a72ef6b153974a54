// Step: look at a generation. Fetches the file when it is done; plans the next look when it is not.

import { adminAlert } from '../../alerts.js';
import type { Context } from '../../context.js';
import type { FailureCode, Order, Video } from '../../model.js';
import type { OrderChange } from '../../ports/store.js';
import { variantOf } from '../../variants.js';
import { ageAtShare, type DurationModel, shareDone } from '../../video/duration-model.js';
import type { StoredFile } from '../../video/files.js';
import type { GenerationResult } from '../../video/pixverse.js';
import { planNextLook, type PollBounds } from '../../video/poll-plan.js';
import { readDurationModel } from '../card.js';

/** We stop waiting and give back after this long; PixVerse's own promise is two hours. */
const GIVE_UP_AFTER_MS = 30 * 60_000;
/** After giving up a video is still looked for: it was paid for at PixVerse, and the person wants it. */
const LATE_LOOK_EVERY_MS = 60 * 60_000;
const LATE_LOOK_FOR_MS = 24 * 60 * 60_000;
/** A generation that PixVerse itself failed is submitted anew this often. */
const MAX_RERUNS = 1;
/** The result says done before its address is there, for a moment. */
const URL_WAIT_MS = 2_000;

export function pollBounds(ctx: Context): PollBounds {
  const { pollMinMs, pollMaxMs, webhook } = ctx.config.pixverse;
  return { minGapMs: pollMinMs, maxGapMs: pollMaxMs, hasWebhook: webhook !== null };
}

/**
 * How long a generation took that was not yet done at one look and done at the next: PixVerse's own figure where it
 * fits between the two, else the middle of what the model expects there. Null when the two are too far apart to learn.
 */
export function estimateGenerationMs(
  model: DurationModel,
  notDoneAtAgeMs: number,
  doneAtAgeMs: number,
  reportedMs: number | null,
): number | null {
  const toleranceMs = 2_000;
  if (
    reportedMs !== null &&
    reportedMs >= notDoneAtAgeMs - toleranceMs &&
    reportedMs <= doneAtAgeMs + toleranceMs
  ) {
    return Math.round(Math.min(reportedMs, doneAtAgeMs));
  }
  if (notDoneAtAgeMs > 0 && doneAtAgeMs > 4 * notDoneAtAgeMs) return null;
  const middleShare = (shareDone(model, notDoneAtAgeMs) + shareDone(model, doneAtAgeMs)) / 2;
  const middleMs = ageAtShare(model, middleShare);
  return Math.round(Math.min(Math.max(middleMs, notDoneAtAgeMs), doneAtAgeMs));
}

/** The move of an order that ends without a video: recorded, given back, shown. */
export function failureChange(
  order: Order,
  failureCode: FailureCode,
  now: number,
): OrderChange & { set: object } {
  return {
    orderId: order.id,
    from: [order.status],
    to: 'failed',
    cause: failureCode,
    now,
    giveBack: { isFailure: true },
    ...(failureCode === 'moderated' && { strike: true }),
    // An edit makes no sound, and this the person must hear.
    set: { failureCode, endedAt: now, cardDueAt: now, isCardRepost: true },
  };
}

function videoEnd(order: Order, status: Video['status']): Pick<OrderChange, 'video'> {
  if (order.pixverseVideoId === null) return {};
  return { video: { begin: false, pixverseVideoId: order.pixverseVideoId, set: { status } } };
}

/** True when we no longer wait for a generation. */
export function isOverdue(order: Order, now: number): boolean {
  return now - (order.submittedAt ?? now) >= GIVE_UP_AFTER_MS;
}

/** Gives back and tells the person; the video is still looked for, hourly, as a gift. */
export async function giveUpWaiting(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  const failure = failureChange(order, 'timeout', now);
  await ctx.store.changeOrder({
    ...failure,
    ...videoEnd(order, 'given_up'),
    set: {
      ...failure.set,
      nextAttemptAt: now + LATE_LOOK_EVERY_MS,
      lateLookUntil: (order.submittedAt ?? now) + LATE_LOOK_FOR_MS,
    },
    notices: adminAlert(ctx, 'order_timeout', order.id, order.id),
  });
  ctx.log.warn({ orderId: order.id }, 'gave up waiting for a generation');
  ctx.wake();
}

async function keepLooking(
  ctx: Context,
  order: Order,
  result: GenerationResult,
  model: DurationModel,
): Promise<void> {
  const now = ctx.now();
  const submittedAt = order.submittedAt ?? now;
  if (isOverdue(order, now)) {
    await giveUpWaiting(ctx, order);
    return;
  }
  if (result.status === 'unknown') {
    ctx.log.warn({ orderId: order.id, statusCode: result.statusCode }, 'unknown generation status');
  }
  const nextAttemptAt =
    result.status === 'done'
      ? now + URL_WAIT_MS
      : Math.min(
          submittedAt + planNextLook(model, now - submittedAt, pollBounds(ctx)),
          submittedAt + GIVE_UP_AFTER_MS,
        );
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['generating'],
    cause: 'not_done',
    now,
    set: { nextAttemptAt, lastLookAt: now, stepFailures: 0 },
  });
}

/** PixVerse failed the generation: once more with a new trace id, then no more. */
async function rerunOrFail(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  if (order.reruns >= MAX_RERUNS) {
    await ctx.store.changeOrder({
      ...failureChange(order, 'generation_failed', now),
      ...videoEnd(order, 'failed'),
    });
  } else {
    await ctx.store.changeOrder({
      orderId: order.id,
      from: ['generating'],
      to: 'queued',
      cause: 'generation_failed_once',
      now,
      set: { reruns: order.reruns + 1, nextAttemptAt: now, cardDueAt: now },
      ...videoEnd(order, 'failed'),
    });
  }
  ctx.wake();
}

/** Fetches the file to its place. @throws PixverseError, NotAVideoError */
export async function fetchFile(ctx: Context, order: Order, url: string): Promise<StoredFile> {
  const name = `${order.id}-${order.pixverseVideoId ?? 'none'}.mp4`;
  return ctx.files.store(name, (path) => ctx.pixverse.download(url, path));
}

async function takeVideo(
  ctx: Context,
  order: Order,
  result: GenerationResult & { url: string },
  model: DurationModel,
): Promise<void> {
  const foundAt = ctx.now();
  const file = await fetchFile(ctx, order, result.url);
  const now = ctx.now();
  const isGift = order.status === 'failed';
  const submittedAt = order.submittedAt ?? now;
  const generationMs = isGift
    ? null
    : estimateGenerationMs(
        model,
        (order.lastLookAt ?? submittedAt) - submittedAt,
        now - submittedAt,
        result.reportedMs,
      );
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['generating', 'failed'],
    to: 'generated',
    cause: isGift ? 'late_gift' : 'done',
    now,
    set: {
      generatedAt: now,
      endedAt: null,
      nextAttemptAt: now,
      stepFailures: 0,
      lateLookUntil: null,
      isGift,
      cardDueAt: isGift ? null : now,
    },
    video: {
      begin: false,
      pixverseVideoId: order.pixverseVideoId ?? '',
      set: {
        status: 'done',
        url: result.url,
        filePath: file.name,
        sizeBytes: file.sizeBytes,
        width: file.width,
        height: file.height,
        generationMs,
      },
    },
  });
  ctx.metrics.videoFound(
    generationMs === null ? null : Math.max(0, foundAt - submittedAt - generationMs),
  );
  ctx.log.info({ orderId: order.id, generationMs, isGift }, 'video fetched');
  ctx.wake();
}

/** Looks at a running generation. @throws PixverseError, NotAVideoError */
export async function lookAtGeneration(ctx: Context, order: Order): Promise<void> {
  if (order.pixverseVideoId === null) throw new Error('a generation without its id');
  const model = await readDurationModel(ctx, variantOf(order.variant).id);
  ctx.metrics.generationLooked();
  const result = await ctx.pixverse.fetchResult(order.pixverseVideoId);
  switch (result.status) {
    case 'done':
      if (result.url === null) await keepLooking(ctx, order, result, model);
      else await takeVideo(ctx, order, { ...result, url: result.url }, model);
      return;
    case 'generating':
    case 'unknown':
      await keepLooking(ctx, order, result, model);
      return;
    case 'moderated':
      await ctx.store.changeOrder({
        ...failureChange(order, 'moderated', ctx.now()),
        ...videoEnd(order, 'moderated'),
      });
      break;
    case 'failed':
      await rerunOrFail(ctx, order);
      break;
    case 'deleted':
      await ctx.store.changeOrder({
        ...failureChange(order, 'generation_failed', ctx.now()),
        ...videoEnd(order, 'deleted'),
      });
      break;
  }
  ctx.wake();
}

const LOOKED_ENOUGH = { nextAttemptAt: null, lateLookUntil: null } as const;

/** When a video that we gave up is looked for again, if at all. */
export function planLateLook(order: Order, now: number): NonNullable<OrderChange['set']> {
  const nextAttemptAt = now + LATE_LOOK_EVERY_MS;
  return nextAttemptAt <= (order.lateLookUntil ?? 0) ? { nextAttemptAt } : LOOKED_ENOUGH;
}

/** After giving up: fetches a video that came late as a gift, or plans the next hourly look. */
export async function lookLate(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  const isOver = order.lateLookUntil === null || order.pixverseVideoId === null;
  if (!isOver && order.pixverseVideoId !== null) {
    ctx.metrics.generationLooked();
    const result = await ctx.pixverse.fetchResult(order.pixverseVideoId);
    if (result.status === 'done' && result.url !== null) {
      const model = await readDurationModel(ctx, variantOf(order.variant).id);
      await takeVideo(ctx, order, { ...result, url: result.url }, model);
      return;
    }
    if (result.status === 'generating' || result.status === 'unknown' || result.status === 'done') {
      await ctx.store.changeOrder({
        orderId: order.id,
        from: ['failed'],
        cause: 'still_late',
        now,
        set: planLateLook(order, now),
      });
      return;
    }
  }
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['failed'],
    cause: 'looked_enough',
    now,
    set: LOOKED_ENOUGH,
  });
}
