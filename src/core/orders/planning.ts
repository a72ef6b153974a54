// How a step that did not succeed is planned again, and how an order is given back.

import { adminAlert } from '../alerts.js';
import { backoffMs } from '../backoff.js';
import type { Context } from '../context.js';
import type { FailureCode, Order } from '../model.js';
import type { AlertKind } from '../ports/messenger.js';
import type { OrderChange } from '../ports/store.js';
import { EDITABLE_STATUSES } from './status.js';
import { failureChange, giveUpWaiting, isOverdue, planLateLook } from './steps/look.js';

/** What repeating is not expected to cure happens at most so often in one status of an order. */
const MAX_HARD_FAILURES = 8;

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
  hardFailures = order.hardFailures,
): Promise<void> {
  const now = ctx.now();
  if (order.status === 'failed') {
    await plan(ctx, order, planLateLook(order, now), 'late_look_failed');
    return;
  }
  if (order.status === 'generating' && isOverdue(order, now)) {
    await giveUpWaiting(ctx, order);
    return;
  }
  const stepFailures = order.stepFailures + 1;
  const nextAttemptAt = now + backoffMs(ctx, stepFailures, retryAfterMs);
  await plan(ctx, order, { nextAttemptAt, stepFailures, hardFailures }, 'retry');
}

/**
 * Repeats a step after a bug or a refusal, a few times. Then a draft is left to the person's next tap, and a funded
 * order is given back; a generation that runs has its deadline instead.
 */
export async function repeatHard(ctx: Context, order: Order): Promise<void> {
  const hardFailures = order.hardFailures + 1;
  const isOver = hardFailures >= MAX_HARD_FAILURES;
  if (isOver && EDITABLE_STATUSES.includes(order.status)) {
    const set = { nextAttemptAt: null, stepFailures: 0, hardFailures: 0 };
    await plan(ctx, order, set, 'upload_given_up');
  } else if (isOver && (order.status === 'queued' || order.status === 'submitting')) {
    await fail(ctx, order, 'internal', 'order_given_up', order.status);
  } else if (isOver && order.status === 'generated') {
    await fail(ctx, order, 'undeliverable', 'order_given_up', order.status);
  } else {
    await repeatLater(ctx, order, undefined, hardFailures);
  }
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
