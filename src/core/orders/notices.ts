// Sends one notice of the outbox, and decides what a failure means for it.

import type { Context } from '../context.js';
import { AppError, UnreachableError, UpstreamError } from '../errors.js';
import type { DueNotice } from '../ports/store.js';

const MAX_FAILURES = 8;
const RETRY_MS = 2_000;
const MAX_RETRY_MS = 10 * 60_000;

/** Said, planned anew, kept until the person can be reached, or given up: the row says which. */
export async function sendNotice(ctx: Context, notice: DueNotice): Promise<void> {
  const messenger = ctx.messengers.get(notice.address.platform);
  try {
    if (messenger === undefined) throw new AppError('not_found', 'platform');
    await messenger.sendNotice(notice.address, notice.locale, notice.content);
    await ctx.store.finishNotice(notice.id, { sentAt: ctx.now() });
  } catch (error) {
    const now = ctx.now();
    const { kind } = notice.content;
    const orderId = 'orderId' in notice.content ? notice.content.orderId : undefined;
    // An alert is of no use to an admin who comes back a week later.
    const isUnreachable = error instanceof UnreachableError;
    if (isUnreachable && kind !== 'admin_alert') {
      ctx.log.info({ orderId, kind }, 'the person cannot be reached; the notice is kept');
      await ctx.store.finishNotice(notice.id, { unreachableAt: now });
      return;
    }
    const isOver =
      isUnreachable ||
      error instanceof AppError ||
      (error instanceof UpstreamError && !error.fault.isRetryable) ||
      notice.failures >= MAX_FAILURES;
    if (isOver) {
      ctx.log.warn({ err: error, orderId, kind }, 'a notice was given up');
      await ctx.store.finishNotice(notice.id, { givenUpAt: now });
      return;
    }
    const retryMs = Math.min(RETRY_MS * 2 ** notice.failures, MAX_RETRY_MS);
    const wishMs = error instanceof UpstreamError ? (error.fault.retryAfterMs ?? 0) : 0;
    await ctx.store.finishNotice(notice.id, { retryAt: now + Math.max(retryMs, wishMs) });
  }
}
