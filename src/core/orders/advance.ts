// One step of one order, and what follows when it fails. The steps themselves are in steps/; what PixVerse's refusals
// mean is in refusals.ts.

import { adminAlert } from '../alerts.js';
import type { Context } from '../context.js';
import { AppError, UnreachableError, UpstreamError } from '../errors.js';
import type { Order } from '../model.js';
import { NotAVideoError } from '../video/files.js';
import { PixverseError } from '../video/pixverse-errors.js';
import { fail, plan, repeatHard, repeatLater } from './planning.js';
import { settlePixverse } from './refusals.js';
import { deliverVideo } from './steps/deliver.js';
import { lookAtGeneration, lookLate } from './steps/look.js';
import { submitGeneration } from './steps/submit.js';
import { uploadPicture } from './steps/upload.js';

/** A finished video of a platform that is switched off at present is tried again after this long. */
const PLATFORM_OFF_MS = 60_000;

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
    ctx.metrics.pixverseFailed(error.kind);
    log.warn({ err: error, kind: error.kind }, 'pixverse did not do a step');
    await settlePixverse(ctx, order, error);
    return;
  }
  if (error instanceof UpstreamError && error.fault.isRetryable) {
    log.warn({ err: error }, 'a step is tried again');
    await repeatLater(ctx, order, error.fault.retryAfterMs);
    return;
  }
  if (error instanceof UpstreamError || error instanceof NotAVideoError) {
    log.warn({ err: error }, 'a step was refused and is tried again');
    await repeatHard(ctx, order);
    return;
  }
  if (error instanceof AppError && order.status === 'generated') {
    log.error({ err: error }, 'a finished video is gone');
    await fail(ctx, order, 'undeliverable', 'order_given_up', 'the file is gone');
    return;
  }
  log.error({ err: error }, 'a step failed unexpectedly');
  await repeatHard(ctx, order);
  await ctx.store.addNotices(
    adminAlert(ctx, 'internal_error', `${order.id} ${order.status}`, order.id),
    ctx.now(),
  );
}
