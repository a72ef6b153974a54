// The daily look at the books: its result is kept for the figures, and the admins hear when they do not close.

import { adminAlert } from './alerts.js';
import type { Context } from './context.js';

const RESULT_KEY = 'books_checked';

/** What the last check found. */
export interface BooksResult {
  /** Check → violations, all checks. */
  violations: Record<string, number>;
  checkedAt: number;
}

/** Checks every invariant, keeps the result and alerts the admins when anything is off. */
export async function verifyBooks(ctx: Context): Promise<BooksResult> {
  const checkedAt = ctx.now();
  const checks = await ctx.store.checkBooks(checkedAt, ctx.config.photoKeepMs);
  const result: BooksResult = {
    violations: Object.fromEntries(checks.map((check) => [check.name, check.violations])),
    checkedAt,
  };
  await ctx.store.writeSetting(RESULT_KEY, JSON.stringify(result));
  const broken = checks.filter((check) => check.violations > 0);
  if (broken.length === 0) {
    ctx.log.info({ checks: checks.length }, 'the books are closed');
    return result;
  }
  for (const { name, violations, samples } of broken) {
    ctx.log.error({ check: name, violations, samples }, 'the books are open');
  }
  const detail = broken.map((check) => `${check.name} ${check.violations}`).join(', ');
  await ctx.store.addNotices(adminAlert(ctx, 'books_open', detail), ctx.now());
  ctx.wake();
  return result;
}

/** The result of the last check, or null before the first one. */
export async function readBooksResult(ctx: Context): Promise<BooksResult | null> {
  const kept = await ctx.store.readSetting(RESULT_KEY);
  return kept === null ? null : (JSON.parse(kept) as BooksResult);
}
