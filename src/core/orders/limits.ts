// How much one person may ask for: against slips of the finger, and against those who try the content rules.

import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { mustSalesPause } from '../money/sales.js';

/** Taps that begin an order or an invoice. */
const MAX_TRIES = 5;
const TRIES_WITHIN_MS = 60_000;
/** PixVerse suspends accounts with many moderated requests: so many refusals in a day pause a person. */
const MAX_STRIKES = 3;
const STRIKES_WITHIN_MS = 24 * 60 * 60_000;

/** Photos are fetched and decoded before anything else is known of them. */
const MAX_PHOTOS = 30;
const PHOTOS_WITHIN_MS = 60_000;

/** Answers whether one more photo of this person may be taken now, and counts it. */
export type PhotoRate = (personId: string) => boolean;

/** Counts photos by the minute, in memory: a restart costs one window. */
export function createPhotoRate(now: () => number): PhotoRate {
  const counts = new Map<string, number>();
  let windowAt = 0;
  return (personId) => {
    if (now() - windowAt >= PHOTOS_WITHIN_MS) {
      counts.clear();
      windowAt = now();
    }
    const count = (counts.get(personId) ?? 0) + 1;
    counts.set(personId, count);
    return count <= MAX_PHOTOS;
  };
}

/** Until when this person is paused by moderation strikes; null when not. */
export async function pausedUntil(ctx: Context, personId: string): Promise<number | null> {
  const strikes = await ctx.store.listStrikes(personId, ctx.now() - STRIKES_WITHIN_MS);
  const oldestThatCounts = strikes[MAX_STRIKES - 1];
  return oldestThatCounts === undefined ? null : oldestThatCounts + STRIKES_WITHIN_MS;
}

/** Passes unless this person began too much within the minute. @throws AppError `rate_limited` */
export async function mayTry(ctx: Context, personId: string): Promise<void> {
  const tries = await ctx.store.countTries(personId, ctx.now() - TRIES_WITHIN_MS);
  if (tries >= MAX_TRIES) throw new AppError('rate_limited');
}

/**
 * Passes when the person may order now.
 * @throws AppError `person_paused` (its reason is the time, epoch ms), `rate_limited`, `sales_paused`
 */
export async function mayOrder(ctx: Context, personId: string): Promise<void> {
  const until = await pausedUntil(ctx, personId);
  if (until !== null) throw new AppError('person_paused', String(until));
  await mayTry(ctx, personId);
  if (await mustSalesPause(ctx)) throw new AppError('sales_paused');
}
