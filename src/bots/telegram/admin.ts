// /credits for admins: the PixVerse account, a person's credits, grant and revoke. Each change is booked with its actor.

import { AppError, UpstreamError } from '../../core/errors.js';
import type { Identity, LedgerEntry } from '../../core/model.js';
import { adjustCredits, MAX_ADJUSTMENT } from '../../core/money/credits.js';
import { findPerson, isAdmin } from '../../core/people.js';
import type { HugContext, Setting } from './setting.js';

const SHOWN_ENTRIES = 10;

function nameOf(identity: Identity): string {
  return identity.username === null
    ? `${identity.platform}:${identity.platformUserId}`
    : `@${identity.username}`;
}

/** Answers `/credits …`; everybody else hears that it is not for them. */
export async function credits(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const userId = String(ctx.from?.id ?? '');
  if (!isAdmin(core, 'telegram', userId)) {
    core.log.warn({ personId: ctx.person.id }, 'an admin command was refused');
    await ctx.reply(texts.t(locale, 'admin-only'));
    return;
  }
  const words = (ctx.message?.text ?? '').trim().split(/\s+/).slice(1);
  await ctx.reply(await answer(setting, ctx, words, userId));
}

async function answer(
  setting: Setting,
  ctx: HugContext,
  words: readonly string[],
  userId: string,
): Promise<string> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const [verb, who, amount, ...reason] = words;
  if (verb === 'balance') return pixverseBalance(setting, locale);
  const isChange = verb === 'grant' || verb === 'revoke';
  if (who === undefined || (verb !== 'show' && !isChange) || (isChange && amount === undefined)) {
    return texts.t(locale, 'admin-credits-usage');
  }
  const person = await findPerson(core, who, { platform: 'telegram', platformUserId: userId });
  if (person === null) return texts.t(locale, 'admin-user-unknown', { user: who });
  if (!isChange) return showCredits(setting, locale, person);
  const count = /^\d{1,9}$/.test(amount ?? '') ? Number(amount) : 0;
  return changeCredits(setting, locale, {
    person,
    delta: verb === 'grant' ? count : -count,
    reason: reason.length === 0 ? null : reason.join(' ').slice(0, 200),
    actor: `telegram:${userId}`,
    cause: `telegram:update:${ctx.update.update_id}`,
  });
}

async function pixverseBalance({ core, texts }: Setting, locale: string): Promise<string> {
  try {
    const { pixverseCredits } = await core.pixverse.fetchBalance();
    return texts.t(locale, 'admin-credits-pixverse', { credits: pixverseCredits });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const code = error.fault.upstreamCode ?? '?';
    return texts.t(locale, 'admin-credits-pixverse-failed', { code });
  }
}

function entryLine({ texts }: Setting, locale: string, entry: LedgerEntry): string {
  return texts.t(locale, 'admin-credits-entry', {
    date: new Date(entry.createdAt).toISOString().slice(0, 16).replace('T', ' '),
    delta: entry.delta > 0 ? `+${entry.delta}` : String(entry.delta),
    kind: entry.kind,
    detail: [entry.orderId, entry.actor, entry.reason].filter((part) => part !== null).join(' · '),
  });
}

async function showCredits(setting: Setting, locale: string, person: Identity): Promise<string> {
  const { core, texts } = setting;
  const balance = await core.store.balance(person.personId);
  const entries = await core.store.listEntries(person.personId, SHOWN_ENTRIES);
  const lines = entries.map((entry) => entryLine(setting, locale, entry));
  return [
    texts.t(locale, 'admin-credits-show', { user: nameOf(person), balance }),
    ...(lines.length === 0 ? [texts.t(locale, 'admin-credits-none')] : lines),
  ].join('\n');
}

async function changeCredits(
  { core, texts }: Setting,
  locale: string,
  adjustment: Parameters<typeof adjustCredits>[1],
): Promise<string> {
  const user = nameOf(adjustment.person);
  try {
    const { balance, isRepeat } = await adjustCredits(core, adjustment);
    if (isRepeat) return texts.t(locale, 'admin-credits-repeat', { balance });
    const { delta } = adjustment;
    return texts.t(locale, 'admin-credits-done', {
      user,
      balance,
      delta: delta > 0 ? `+${delta}` : String(delta),
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code === 'insufficient_credits'
      ? texts.t(locale, 'admin-credits-overdrawn', { user, balance: error.reason ?? '0' })
      : texts.t(locale, 'admin-credits-amount', { max: MAX_ADJUSTMENT });
  }
}
