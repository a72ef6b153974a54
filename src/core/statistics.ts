// What is told of the past days, read from daily roll-ups only, so that it costs the same whatever the history.

import type { Context } from './context.js';
import { dayOf, type Statistics, summarize } from './figures.js';
import type { NewNotice } from './ports/messenger.js';

const DAY_MS = 24 * 60 * 60_000;
const FALLBACK_LOCALE = 'en';

/** The longest span that is told at once. */
export const MAX_DAYS = 92;

/** Counts today and yesterday anew. Safe to repeat. */
export async function rollUpRecentDays(ctx: Context): Promise<void> {
  const now = ctx.now();
  await ctx.store.rollUpDay(dayOf(now - DAY_MS));
  await ctx.store.rollUpDay(dayOf(now));
}

/** The last days, today among them as it stands this moment. @param days 1 to `MAX_DAYS` */
export async function readStatistics(ctx: Context, days: number): Promise<Statistics> {
  const now = ctx.now();
  const toDay = dayOf(now);
  const fromDay = dayOf(now - (days - 1) * DAY_MS);
  await ctx.store.rollUpDay(toDay);
  return summarize(await ctx.store.readDays(fromDay, toDay), fromDay, toDay);
}

async function adminNotice(
  ctx: Context,
  admin: Context['config']['adminIds'][number],
  statistics: Statistics,
): Promise<NewNotice> {
  const { platform, platformUserId } = admin;
  const account = await ctx.store.findIdentity(platform, { platformUserId });
  const person = account === null ? null : await ctx.store.readPerson(account.personId);
  return {
    key: `daily_summary:${statistics.toDay}`,
    to: {
      address: { platform, chatId: account?.chatId ?? platformUserId },
      locale: person?.locale ?? FALLBACK_LOCALE,
    },
    content: { kind: 'daily_summary', statistics },
  };
}

/** Tells the admins of yesterday, once, unless nothing happened. Safe to repeat. */
export async function tellYesterday(ctx: Context): Promise<void> {
  const now = ctx.now();
  const day = dayOf(now - DAY_MS);
  await ctx.store.rollUpDay(day);
  const figures = await ctx.store.readDays(day, day);
  if (Object.values(figures).every((rows: unknown[]) => rows.length === 0)) return;
  const statistics = summarize(figures, day, day);
  const notices = await Promise.all(
    ctx.config.adminIds.map((admin) => adminNotice(ctx, admin, statistics)),
  );
  await ctx.store.addNotices(notices, now);
  ctx.wake();
}
