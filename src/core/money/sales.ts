// May anything be sold now? Only what PixVerse's credits can serve: sales pause before they run out and resume by
// themselves.

import { adminAlert } from '../alerts.js';
import type { Context } from '../context.js';
import { UpstreamError } from '../errors.js';
import type { AlertKind } from '../ports/messenger.js';
import { findVariant, VARIANTS } from '../variants.js';
import { pixversePriceOf } from '../video/pixverse-prices.js';

const PAUSED_KEY = 'sales_paused_since';
const CREDITS_KEY = 'pixverse_credits';

/** What PixVerse last said of our account. */
export interface PixverseAccount {
  pixverseCredits: number;
  readAt: number;
}

/** PixVerse is asked at most this often by people who want to order while sales pause. */
const RECHECK_AFTER_MS = 1_000;

/** As `areSalesPaused`, but PixVerse is asked first whether the pause is over. */
export async function mustSalesPause(ctx: Context): Promise<boolean> {
  if (!(await areSalesPaused(ctx))) return false;
  const remembered = await rememberedAccount(ctx);
  const isOld = remembered === null || ctx.now() - remembered.readAt >= RECHECK_AFTER_MS;
  if (isOld) await checkPixverseCredits(ctx);
  return areSalesPaused(ctx);
}

/** Do sales pause? From the database alone. */
export async function areSalesPaused(ctx: Context): Promise<boolean> {
  return ((await ctx.store.readSetting(PAUSED_KEY)) ?? '') !== '';
}

/** What was last read, or null. */
export async function rememberedAccount(ctx: Context): Promise<PixverseAccount | null> {
  const [credits, readAt] = ((await ctx.store.readSetting(CREDITS_KEY)) ?? '').split('@');
  return credits === undefined || readAt === undefined
    ? null
    : { pixverseCredits: Number(credits), readAt: Number(readAt) };
}

/** PixVerse credits that orders in the queue will still take. */
async function promisedCredits(ctx: Context): Promise<number> {
  const { model } = ctx.config.pixverse;
  const unsubmitted = await ctx.store.countUnsubmitted();
  return unsubmitted.reduce((sum, { variant, orders }) => {
    const known = findVariant(variant);
    return known === undefined ? sum : sum + orders * pixversePriceOf(model, known);
  }, 0);
}

async function alert(ctx: Context, kind: AlertKind, credits: number): Promise<void> {
  await ctx.store.addNotices(adminAlert(ctx, kind, String(credits)), ctx.now());
}

/** Records how many credits are free to be sold and pauses or resumes sales accordingly. */
async function judgeCredits(ctx: Context, pixverseCredits: number): Promise<void> {
  const { model, lowCredits } = ctx.config.pixverse;
  const now = ctx.now();
  await ctx.store.writeSetting(CREDITS_KEY, `${pixverseCredits}@${now}`);
  const dearest = Math.max(...VARIANTS.map((variant) => pixversePriceOf(model, variant)));
  const free = pixverseCredits - (await promisedCredits(ctx));
  const mustPause = free < dearest;
  const wasPaused = await areSalesPaused(ctx);
  if (mustPause !== wasPaused) {
    await ctx.store.writeSetting(PAUSED_KEY, mustPause ? String(now) : '');
    await alert(ctx, mustPause ? 'sales_paused' : 'sales_resumed', pixverseCredits);
    ctx.log.warn({ pixverseCredits, free }, mustPause ? 'sales pause' : 'sales resume');
  } else if (pixverseCredits < lowCredits) {
    await alert(ctx, 'pixverse_low_credits', pixverseCredits);
  }
  ctx.wake();
}

async function askPixverse(ctx: Context): Promise<PixverseAccount> {
  const { pixverseCredits, monthlyCredits } = await ctx.pixverse.fetchBalance();
  const plan = monthlyCredits > 0 ? 'with a plan' : 'no monthly credits: bought ones only';
  const slots = ctx.config.pixverse.maxConcurrent;
  ctx.log.info({ pixverseCredits, monthlyCredits, plan, slots }, 'pixverse account');
  await judgeCredits(ctx, pixverseCredits);
  return { pixverseCredits, readAt: ctx.now() };
}

/** The account, not older than `maxAgeMs`. @throws PixverseError */
export async function readPixverseAccount(
  ctx: Context,
  maxAgeMs: number,
): Promise<PixverseAccount> {
  const remembered = await rememberedAccount(ctx);
  const isFresh = remembered !== null && ctx.now() - remembered.readAt < maxAgeMs;
  return isFresh ? remembered : askPixverse(ctx);
}

/** Asks PixVerse for our credits and acts on them. A failure changes nothing and is logged. */
export async function checkPixverseCredits(ctx: Context): Promise<void> {
  try {
    await askPixverse(ctx);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (!ctx.signal.aborted) ctx.log.warn({ err: error }, 'the pixverse account could not be read');
  }
}

/** PixVerse refused an order because the credits are used up: nothing more is sold until they are back. */
export async function pauseSales(ctx: Context): Promise<void> {
  await judgeCredits(ctx, 0);
}
