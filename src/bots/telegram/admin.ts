// /credits and /refund for admins: each change is booked with its actor.

import { AppError, UpstreamError } from '../../core/errors.js';
import type { Identity, LedgerEntry } from '../../core/model.js';
import { adjustCredits, MAX_ADJUSTMENT } from '../../core/money/credits.js';
import { readPixverseAccount } from '../../core/money/sales.js';
import { refundByAdmin } from '../../core/money/settlement.js';
import { findPerson, isAdmin } from '../../core/people.js';
import type { HugContext, Setting } from './setting.js';

const SHOWN_ENTRIES = 10;
const PIXVERSE_BALANCE_MAX_AGE_MS = 5 * 60_000;
const LONGEST_REASON = 200;
/** No name is longer; what is longer is shown cut, because a message has a limit. */
const LONGEST_NAME = 64;

/** The first characters of a text. Half of a pair of surrogates would be refused by Telegram. */
function firstCharacters(text: string, count: number): string {
  return Array.from(text).slice(0, count).join('');
}

function nameOf(identity: Identity): string {
  return identity.username === null
    ? `${identity.platform}:${identity.platformUserId}`
    : `@${identity.username}`;
}

/** True for an admin; everybody else hears that it is not for them. */
export async function admitAdmin({ core, texts }: Setting, ctx: HugContext): Promise<boolean> {
  if (isAdmin(core, 'telegram', String(ctx.from?.id ?? ''))) return true;
  core.log.warn({ personId: ctx.person.id }, 'an admin command was refused');
  await ctx.reply(texts.t(ctx.person.locale, 'admin-only'));
  return false;
}

/** The words after the command. */
function wordsOf(ctx: HugContext): string[] {
  return (ctx.message?.text ?? '').trim().split(/\s+/).slice(1);
}

/** Answers `/credits …`. */
export async function credits(setting: Setting, ctx: HugContext): Promise<void> {
  if (!(await admitAdmin(setting, ctx))) return;
  await ctx.reply(await answer(setting, ctx, wordsOf(ctx), String(ctx.from?.id ?? '')));
}

/** Answers `/refund <order or payment> [reason]`. */
export async function refund(setting: Setting, ctx: HugContext): Promise<void> {
  if (!(await admitAdmin(setting, ctx))) return;
  const { texts } = setting;
  const { locale } = ctx.person;
  const [id, ...reason] = wordsOf(ctx);
  if (id === undefined) {
    await ctx.reply(texts.t(locale, 'admin-refund-usage'));
    return;
  }
  await ctx.reply(await refundText(setting, ctx, id, reason.join(' ')));
}

/** Gives back and says what became of it. */
export async function refundText(
  { core, texts }: Setting,
  ctx: HugContext,
  id: string,
  reason: string,
): Promise<string> {
  const asked = await refundByAdmin(core, id, {
    actor: `telegram:${String(ctx.from?.id ?? '')}`,
    reason: reason === '' ? null : firstCharacters(reason, LONGEST_REASON),
  });
  const balance = asked.outcome === 'spent' ? asked.balance : 0;
  return texts.t(ctx.person.locale, 'admin-refund', { outcome: asked.outcome, balance });
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
  if (person === null) {
    const shown = firstCharacters(who, LONGEST_NAME);
    const user = shown === who ? who : `${shown}…`;
    return texts.t(locale, 'admin-user-unknown', { user });
  }
  if (!isChange) return showCredits(setting, locale, person);
  const count = /^\d{1,9}$/.test(amount ?? '') ? Number(amount) : 0;
  return changeCredits(setting, locale, {
    person,
    delta: verb === 'grant' ? count : -count,
    reason: reason.length === 0 ? null : firstCharacters(reason.join(' '), LONGEST_REASON),
    actor: `telegram:${userId}`,
    cause: `telegram:update:${ctx.update.update_id}`,
  });
}

/** The account as it was within the last five minutes, else as PixVerse says now. */
async function pixverseBalance({ core, texts }: Setting, locale: string): Promise<string> {
  try {
    const account = await readPixverseAccount(core, PIXVERSE_BALANCE_MAX_AGE_MS);
    return texts.t(locale, 'admin-credits-pixverse', { credits: account.pixverseCredits });
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
    kind: texts.t(locale, `entry-${entry.kind}`),
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
