// One step of one order, and the one place that decides what a failed call means: repeat, wait, take another way, or
// give back. The steps themselves are in steps/.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import { AppError, UnreachableError, UpstreamError } from '../errors.js';
import type { FailureCode, Order } from '../model.js';
import { pauseSales } from '../money/sales.js';
import type { AlertKind } from '../ports/messenger.js';
import type { OrderChange } from '../ports/store.js';
import { NotAVideoError } from '../video/files.js';
import { PixverseError, type PixverseFaultKind } from '../video/pixverse-errors.js';
import { deliverVideo } from './steps/deliver.js';
import {
  failureChange,
  giveUpWaiting,
  isOverdue,
  LATE_LOOK_EVERY_MS,
  lookAtGeneration,
  lookLate,
} from './steps/look.js';
import { submitGeneration } from './steps/submit.js';
import { nextUpload, uploadPicture } from './steps/upload.js';
import { EDITABLE_STATUSES } from './status.js';

/** A finished video of a platform that is switched off at present is tried again after this long. */
const PLATFORM_OFF_MS = 60_000;
/** How long all submits rest when PixVerse says that every slot is taken. */
const SLOTS_PAUSE_MS = 5_000;
/** PixVerse may refuse for ever for one prompt; after this the order is given back. */
const SLOTS_GIVE_UP_AFTER_MS = 15 * 60_000;

/** Does the next step of an order that was claimed as due. Never throws: what goes wrong is recorded and planned. */
export async function advanceOrder(ctx: Context, order: Order): Promise<void> {
  try {
    await takeStep(ctx, order);
  } catch (error) {
    await settleFault(ctx, order, error);
    ctx.wake();
  }
}

async function takeStep(ctx: Context, order: Order): Promise<void> {
  switch (order.status) {
    case 'draft':
    case 'awaiting_payment':
    case 'queued':
      return uploadPicture(ctx, order);
    case 'submitting':
      return submitGeneration(ctx, order);
    case 'generating':
      return lookAtGeneration(ctx, order);
    case 'generated': {
      const messenger = ctx.messengers.get(order.platform);
      if (messenger === undefined) {
        return plan(ctx, order, { nextAttemptAt: ctx.now() + PLATFORM_OFF_MS }, 'platform_off');
      }
      return deliverVideo(ctx, order, messenger);
    }
    case 'failed':
      return lookLate(ctx, order);
    case 'delivered':
    case 'expired':
    case 'cancelled':
      await plan(ctx, order, { nextAttemptAt: null }, 'nothing_to_do');
  }
}

/** Plans the next attempt of the same step, if the order is still where it was. */
async function plan(
  ctx: Context,
  order: Order,
  set: NonNullable<OrderChange['set']>,
  cause: string,
): Promise<void> {
  await ctx.store.changeOrder({
    orderId: order.id,
    from: [order.status],
    cause,
    now: ctx.now(),
    set,
  });
}

async function settleFault(ctx: Context, order: Order, error: unknown): Promise<void> {
  if (ctx.signal.aborted) return;
  const log = ctx.log.child({ orderId: order.id, status: order.status });
  if (error instanceof UnreachableError) {
    log.info({}, 'the person cannot be reached; the video is kept');
    await ctx.store.setUnreachable({ platform: order.platform, chatId: order.chatId }, ctx.now());
    await plan(ctx, order, { nextAttemptAt: null }, 'unreachable');
    return;
  }
  if (error instanceof PixverseError) {
    log.warn({ err: error, kind: error.kind }, 'pixverse did not do a step');
    await settlePixverse(ctx, order, error);
    return;
  }
  if (error instanceof UpstreamError || error instanceof NotAVideoError) {
    log.warn({ err: error }, 'a step is tried again');
    const retryAfterMs = error instanceof UpstreamError ? error.fault.retryAfterMs : undefined;
    await repeatLater(ctx, order, retryAfterMs);
    return;
  }
  if (error instanceof AppError && order.status === 'generated') {
    log.error({ err: error }, 'a finished video is gone');
    await fail(ctx, order, 'undeliverable', 'internal_error');
    return;
  }
  log.error({ err: error }, 'a step failed unexpectedly');
  await repeatLater(ctx, order);
  await ctx.store.addNotices(
    adminAlert(ctx, 'internal_error', `${order.id} ${order.status}`, order.id),
    ctx.now(),
  );
}

/** Repeats the step with growing waits. A generation still has its deadline. */
async function repeatLater(ctx: Context, order: Order, retryAfterMs?: number): Promise<void> {
  const now = ctx.now();
  if (order.status === 'failed') {
    await plan(ctx, order, { nextAttemptAt: now + LATE_LOOK_EVERY_MS }, 'late_look_failed');
    return;
  }
  if (order.status === 'generating' && isOverdue(order, now)) {
    await giveUpWaiting(ctx, order);
    return;
  }
  const stepFailures = order.stepFailures + 1;
  const nextAttemptAt = now + backoffMs(ctx, stepFailures, retryAfterMs);
  await plan(ctx, order, { nextAttemptAt, stepFailures }, 'retry');
}

async function fail(
  ctx: Context,
  order: Order,
  failureCode: FailureCode,
  alert: AlertKind | null,
  detail = '',
): Promise<void> {
  await ctx.store.changeOrder({
    ...failureChange(order, failureCode, ctx.now()),
    notices: alert === null ? [] : adminAlert(ctx, alert, `${order.id} ${detail}`.trim(), order.id),
  });
}

/** What a person hears and an operator is told when PixVerse surely will not do it. */
const REFUSALS: Readonly<
  Partial<Record<PixverseFaultKind, { failureCode: FailureCode; alert: AlertKind | null }>>
> = {
  moderated: { failureCode: 'moderated', alert: null },
  photo: { failureCode: 'photo_refused', alert: null },
  reupload: { failureCode: 'photo_refused', alert: null },
  fallback: { failureCode: 'upstream_refused', alert: 'pixverse_refused' },
  account: { failureCode: 'upstream_unavailable', alert: 'pixverse_auth' },
  credits: { failureCode: 'out_of_pixverse_credits', alert: 'pixverse_out_of_credits' },
  request: { failureCode: 'internal', alert: 'pixverse_refused' },
  unknown: { failureCode: 'upstream_refused', alert: 'pixverse_unknown_code' },
};

async function settlePixverse(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  // Looking never changes anything at PixVerse: whatever it answers, we look again until the deadline.
  if (order.status === 'generating' || order.status === 'generated' || order.status === 'failed') {
    if (error.kind === 'account') await tellOperator(ctx, order, error);
    return repeatLater(ctx, order, error.fault.retryAfterMs);
  }
  if (error.kind === 'retry') return settleRetry(ctx, order, error);
  if (error.kind === 'slots') return waitForSlots(ctx, order);
  if (EDITABLE_STATUSES.includes(order.status)) return settleDraftUpload(ctx, order, error);
  if (error.kind === 'reupload' && order.reuploads === 0) return uploadAgain(ctx, order);
  if (error.kind === 'fallback' && order.route === 'fusion') return fallBack(ctx, order);
  if (error.kind === 'credits') await pauseSales(ctx);
  const refusal = REFUSALS[error.kind];
  await fail(
    ctx,
    order,
    refusal?.failureCode ?? 'internal',
    refusal?.alert ?? null,
    String(error.fault.upstreamCode ?? ''),
  );
}

async function tellOperator(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const alert = REFUSALS[error.kind]?.alert ?? 'pixverse_refused';
  await ctx.store.addNotices(
    adminAlert(ctx, alert, `${order.id} ${String(error.fault.upstreamCode ?? '')}`.trim()),
    ctx.now(),
  );
}

/**
 * A passing trouble. An ambiguous submit keeps its trace id, so that repeating it makes no second video; after a known
 * refusal the order gives up its slot and asks again under a new one.
 */
async function settleRetry(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const stepFailures = order.stepFailures + 1;
  if (stepFailures > ctx.config.pixverse.maxRetries) {
    if (EDITABLE_STATUSES.includes(order.status)) {
      // Nothing is owed yet; the last tap uploads again.
      return plan(ctx, order, { nextAttemptAt: null, stepFailures: 0 }, 'upload_given_up');
    }
    return fail(ctx, order, 'upstream_unavailable', 'submit_given_up');
  }
  const nextAttemptAt = ctx.now() + backoffMs(ctx, stepFailures, error.fault.retryAfterMs);
  const set = { stepFailures, nextAttemptAt };
  if (order.status === 'submitting' && !error.isAmbiguous) {
    await ctx.store.changeOrder({
      orderId: order.id,
      from: ['submitting'],
      to: 'queued',
      cause: 'refused_for_now',
      now: ctx.now(),
      set,
    });
    return;
  }
  await plan(ctx, order, set, 'retry');
}

async function waitForSlots(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  const refusedSince = order.slotsRefusedSince ?? now;
  if (now - refusedSince >= SLOTS_GIVE_UP_AFTER_MS) {
    return fail(ctx, order, 'upstream_unavailable', 'pixverse_slots');
  }
  const until = now + backoffMs(ctx, 1, SLOTS_PAUSE_MS);
  await ctx.store.setSubmitPause(until);
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['submitting'],
    to: 'queued',
    cause: 'slots_taken',
    now,
    set: { slotsRefusedSince: refusedSince, nextAttemptAt: until, cardDueAt: now },
  });
}

/** A picture was refused while the person still chooses: it goes, the other one stays, and the person hears why. */
async function settleDraftUpload(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const upload = nextUpload(order);
  const isThePhoto = ['moderated', 'photo', 'reupload'].includes(error.kind);
  if (!isThePhoto || upload === null || upload === 'composite') {
    await tellOperator(ctx, order, error);
    return plan(ctx, order, { nextAttemptAt: null, stepFailures: 0 }, 'upload_refused');
  }
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: EDITABLE_STATUSES,
    cause: 'photo_declined',
    now,
    ...(error.kind === 'moderated' && { strike: true }),
    dropPhotoId: upload.photoId,
    set: {
      nextAttemptAt: now,
      stepFailures: 0,
      replacing: null,
      cardDueAt: now,
      isCardRepost: true,
    },
    notices: [
      {
        key: `order:${order.id}:declined:${upload.photoId}`,
        to: { personId: order.personId },
        content: {
          kind: 'photo_declined',
          orderId: order.id,
          position: upload.position,
          reason: error.kind,
        },
      },
    ],
  });
}

/** PixVerse no longer knows or cannot read a picture: both are uploaded once more. */
async function uploadAgain(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: [order.status],
    ...(order.status === 'submitting' && { to: 'queued' as const }),
    cause: 'upload_again',
    now,
    forgetImageIds: true,
    set: { reuploads: order.reuploads + 1, compositeImageId: null, nextAttemptAt: now },
  });
}

/** Fusion is refused as invalid or not permitted: the same order goes on as one composite picture in motion. */
async function fallBack(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  ctx.log.warn({ orderId: order.id }, 'fusion refused; the composite route is taken');
  await ctx.store.changeOrder({
    orderId: order.id,
    from: [order.status],
    ...(order.status === 'submitting' && { to: 'queued' as const }),
    cause: 'fall_back',
    now,
    set: { route: 'composite', nextAttemptAt: now },
  });
}
