// What PixVerse's refusals mean for an order: repeat, wait, take another way, or give back.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import type { FailureCode, Order } from '../model.js';
import { pauseSales } from '../money/sales.js';
import type { AlertKind } from '../ports/messenger.js';
import type { PixverseError, PixverseFaultKind } from '../video/pixverse-errors.js';
import { fail, plan, repeatHard, repeatLater } from './planning.js';
import { EDITABLE_STATUSES } from './status.js';
import { nextUpload } from './steps/upload.js';

/** When PixVerse says that every slot is taken, all submits rest as long as before a second repeat. */
const SLOTS_PAUSE_STEP = 2;
/** PixVerse may refuse for ever for one prompt; after this the order is given back. */
const SLOTS_GIVE_UP_AFTER_MS = 15 * 60_000;

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

/**
 * True when PixVerse may have accepted the present trace id, now or before. A refusal of its repeat proves nothing, so
 * the order may not go on under another one; but the content rules judge the same pictures and words the same way.
 */
function mayBeAccepted(order: Order, error: PixverseError): boolean {
  const isAmbiguous = error.isAmbiguous || order.isSubmitAmbiguous;
  return order.status === 'submitting' && isAmbiguous && error.kind !== 'moderated';
}

/** Plans what follows when PixVerse did not do a step. */
export async function settlePixverse(
  ctx: Context,
  order: Order,
  error: PixverseError,
): Promise<void> {
  // Looking never changes anything at PixVerse: whatever it answers, we look again, for as long as the
  // status allows.
  if (order.status === 'generating' || order.status === 'generated' || order.status === 'failed') {
    if (error.kind === 'account') await tellOperator(ctx, order, error);
    if (!error.fault.isRetryable) return repeatHard(ctx, order);
    return repeatLater(ctx, order, error.fault.retryAfterMs);
  }
  if (error.kind === 'credits') await pauseSales(ctx);
  if (error.kind === 'slots') return waitForSlots(ctx, order, error);
  if (error.kind === 'retry' || mayBeAccepted(order, error)) {
    return settleRetry(ctx, order, error);
  }
  if (error.kind === 'reupload' && order.reuploads === 0) return uploadAgain(ctx, order);
  if (EDITABLE_STATUSES.includes(order.status)) return settleDraftUpload(ctx, order, error);
  if (error.kind === 'fallback' && order.route === 'fusion') return fallBack(ctx, order);
  const refusal = REFUSALS[error.kind];
  await fail(ctx, order, refusal?.failureCode ?? 'internal', refusal?.alert ?? null, codeOf(error));
}

function codeOf(error: PixverseError): string {
  return String(error.fault.upstreamCode ?? '');
}

async function tellOperator(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const alert = REFUSALS[error.kind]?.alert ?? 'pixverse_refused';
  await ctx.store.addNotices(
    adminAlert(ctx, alert, `${order.id} ${codeOf(error)}`.trim()),
    ctx.now(),
  );
}

/**
 * A passing trouble. A submit that may have been accepted keeps its trace id, so that repeating it makes no second
 * video, whatever the repeat is answered; after a known refusal of the first try the order gives up its slot and asks
 * again under a new one.
 */
async function settleRetry(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const stepFailures = order.stepFailures + 1;
  if (stepFailures > ctx.config.pixverse.maxRetries) {
    if (EDITABLE_STATUSES.includes(order.status)) {
      // Nothing is owed yet; the last tap uploads again.
      return plan(ctx, order, { nextAttemptAt: null, stepFailures: 0 }, 'upload_given_up');
    }
    const refusal = REFUSALS[error.kind];
    const failureCode = refusal?.failureCode ?? 'upstream_unavailable';
    return fail(ctx, order, failureCode, refusal?.alert ?? 'submit_given_up', codeOf(error));
  }
  const nextAttemptAt = ctx.now() + backoffMs(ctx, stepFailures, error.fault.retryAfterMs);
  const set = { stepFailures, nextAttemptAt };
  if (order.status === 'submitting' && !mayBeAccepted(order, error)) {
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

async function waitForSlots(ctx: Context, order: Order, error: PixverseError): Promise<void> {
  const now = ctx.now();
  const refusedSince = order.slotsRefusedSince ?? now;
  if (now - refusedSince >= SLOTS_GIVE_UP_AFTER_MS) {
    return fail(ctx, order, 'upstream_unavailable', 'pixverse_slots');
  }
  const until = now + backoffMs(ctx, SLOTS_PAUSE_STEP);
  await ctx.store.setSubmitPause(until);
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['submitting'],
    ...(!mayBeAccepted(order, error) && { to: 'queued' as const }),
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
      // The next photo has its own second try.
      reuploads: 0,
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

/** PixVerse cannot read a picture, or no longer knows one of those submitted: uploaded once more. */
async function uploadAgain(ctx: Context, order: Order): Promise<void> {
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: [order.status],
    ...(order.status === 'submitting' && { to: 'queued' as const, forgetImageIds: true }),
    cause: 'upload_again',
    now,
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
