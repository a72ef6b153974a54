// How long to wait before a repeat. Pure but for the injected chance.

import type { Context } from './context.js';

/** Growing waits end here. */
const MAX_BACKOFF_MS = 5 * 60_000;

/**
 * Doubling from `PIXVERSE_RETRY_DELAY`, with jitter of a quarter either way, or the upstream's own wish if longer.
 * @param failures how often it failed in a row, this time included
 */
export function backoffMs(
  ctx: Pick<Context, 'config' | 'random'>,
  failures: number,
  retryAfterMs = 0,
): number {
  const grownMs = ctx.config.pixverse.retryDelayMs * 2 ** Math.min(failures - 1, 20);
  const jitteredMs = Math.min(grownMs, MAX_BACKOFF_MS) * (0.75 + ctx.random() / 2);
  return Math.round(Math.max(jitteredMs, retryAfterMs));
}
