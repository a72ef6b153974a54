// How a step that did not succeed is planned again, and how an order is given back.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import type { FailureCode, Order } from '../model.js';
import type { AlertKind } from '../ports/messenger.js';
import type { OrderChange } from '../ports/store.js';
import { failureChange, giveUpWaiting, isOverdue, LATE_LOOK_EVERY_MS } from './steps/look.js';

/** Plans the next attempt of the same step, if the order is still where it was. */
export async function plan(
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

/** Repeats the step with growing waits. A generation still has its deadline. */
export async function repeatLater(
  ctx: Context,
  order: Order,
  retryAfterMs?: number,
): Promise<void> {
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

/** Ends the order: given back, shown, and told to the operator where there is something to be done. */
export async function fail(
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
