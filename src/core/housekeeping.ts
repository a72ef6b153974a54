// What happens by the clock and not by an order: drafts expire, photos and files are erased, old rows go.

import type { Context } from './context.js';
import { EDITABLE_STATUSES } from './orders/status.js';

const DRAFT_LIFE_MS = 24 * 60 * 60_000;
/** Handled updates are known this long, far longer than Telegram repeats them. */
const ROW_LIFE_MS = 14 * 24 * 60 * 60_000;
/** So many rows are taken at once; the next hour takes more. */
const BATCH = 500;

/** Ends drafts that nobody touched for a day. */
export async function expireDrafts(ctx: Context): Promise<number> {
  const now = ctx.now();
  const stale = await ctx.store.listStaleDrafts(now - DRAFT_LIFE_MS, BATCH);
  for (const order of stale) {
    await ctx.store.changeOrder({
      orderId: order.id,
      from: EDITABLE_STATUSES,
      to: 'expired',
      cause: 'clock',
      now,
      set: { endedAt: now, cardDueAt: order.cardMessageId === null ? null : now },
    });
  }
  return stale.length;
}

/** Erases the bytes of photos whose orders all ended `PHOTO_KEEP_HOURS` ago. */
export function erasePhotos(ctx: Context): Promise<number> {
  const now = ctx.now();
  return ctx.store.erasePhotos(now - ctx.config.photoKeepMs, now);
}

/** Removes video files after `VIDEO_KEEP_DAYS`; a video that could not be delivered until then is given back. */
export async function removeOldVideos(ctx: Context): Promise<number> {
  const now = ctx.now();
  const old = await ctx.store.listOldVideoFiles(now - ctx.config.videoKeepMs, BATCH);
  for (const video of old) {
    await ctx.store.changeOrder({
      orderId: video.orderId,
      from: ['generated'],
      to: 'failed',
      cause: 'undeliverable',
      now,
      giveBack: { isFailure: false },
      set: { failureCode: 'undeliverable', endedAt: now, cardDueAt: now },
    });
    if (video.filePath !== null) await ctx.files.remove(video.filePath);
    await ctx.store.forgetVideoFile(video.id, now);
  }
  return old.length;
}

/** Removes files that no row names: what a crash left between writing a file and recording it. */
export async function removeOrphanFiles(ctx: Context): Promise<number> {
  const onDisk = await ctx.files.list();
  const open = new Set(await ctx.store.listVideoFilePaths());
  let removed = await ctx.files.removeParts();
  for (const name of onDisk) {
    const base = name.replace(/\.small\.mp4$/, '');
    if (open.has(base)) continue;
    const orderId = base.split('-')[0] ?? '';
    const order = await ctx.store.readOrder(orderId);
    const mayBeOnItsWay = order !== null && ['generating', 'failed'].includes(order.status);
    if (mayBeOnItsWay && order.nextAttemptAt !== null) continue;
    await ctx.files.remove(base);
    removed += 1;
  }
  return removed;
}

/** Everything that housekeeping does, in order. Safe to repeat and to interrupt. */
export async function keepHouse(ctx: Context): Promise<void> {
  const drafts = await expireDrafts(ctx);
  const photos = await erasePhotos(ctx);
  const videos = await removeOldVideos(ctx);
  const orphans = await removeOrphanFiles(ctx);
  await ctx.store.prune(ctx.now() - ROW_LIFE_MS);
  ctx.log.info({ drafts, photos, videos, orphans }, 'house kept');
  ctx.wake();
}
