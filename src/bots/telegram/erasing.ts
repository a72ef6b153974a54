// /delete_my_data with its one confirmation, the admins' "Stop and erase", and the buttons of care put together.

import { describeErasing, erasePerson, stopAndErase } from '../../core/erasing.js';
import { isAdmin } from '../../core/people.js';
import { type ButtonAction, buttonData } from './buttons.js';
import { showInPlace } from './in-place.js';
import type { HugContext, Setting } from './setting.js';
import { beginAnswer, refundByButton } from './support.js';

/** An old question is not to be answered by a slip of the finger. */
const QUESTION_LIFE_MS = 60 * 60_000;

/** What the person reads in answer to a press. */
interface Answer {
  text?: string;
  isAlert?: boolean;
}

/** Buttons of admins, and the confirmation of erasing: none of them belongs to an order of the person. */
export type CareAction = Extract<ButtonAction, { kind: 'answer' | 'refund' | 'stop' | 'erase' }>;

export function isCareAction(action: ButtonAction): action is CareAction {
  return ['answer', 'refund', 'stop', 'erase'].includes(action.kind);
}

/** Answers `/delete_my_data`: what goes, what stays, what is lost, and one button. */
export async function deleteMyData({ core, texts }: Setting, ctx: HugContext): Promise<void> {
  const { locale } = ctx.person;
  const { hindrance, credits } = await describeErasing(core, ctx.person);
  if (hindrance !== null) {
    await ctx.reply(texts.t(locale, `erase-${hindrance}`));
    return;
  }
  const lines = [
    texts.t(locale, 'erase-ask'),
    ...(credits > 0 ? [texts.t(locale, 'erase-credits', { credits })] : []),
  ];
  const action = { kind: 'erase' as const, askedAt: core.now() };
  const button = { text: texts.t(locale, 'button-erase'), callback_data: buttonData(action) };
  await ctx.reply(lines.join('\n\n'), { reply_markup: { inline_keyboard: [[button]] } });
}

async function confirmErasing(
  { core, texts }: Setting,
  ctx: HugContext,
  askedAt: number,
): Promise<Answer> {
  const { locale } = ctx.person;
  if (core.now() - askedAt > QUESTION_LIFE_MS) {
    return { text: texts.t(locale, 'erase-stale'), isAlert: true };
  }
  // Or it would write where it stood once this handler is done.
  await ctx.conversation.exitAll();
  const outcome = await erasePerson(core, ctx.person);
  await showInPlace(ctx, texts.t(locale, outcome === 'erased' ? 'erase-done' : `erase-${outcome}`));
  return {};
}

async function stopByButton(
  { core, texts }: Setting,
  ctx: HugContext,
  orderId: string,
): Promise<Answer> {
  const { outcome, messagesRemoved } = await stopAndErase(core, orderId);
  const { locale } = ctx.person;
  const text = texts.t(locale, 'admin-stop', { outcome, messages: messagesRemoved });
  await ctx.reply(`${orderId}\n${text}`);
  return { text, isAlert: true };
}

/** Handles the buttons of care. */
export async function care(setting: Setting, ctx: HugContext, action: CareAction): Promise<Answer> {
  const { core, texts } = setting;
  if (action.kind === 'erase') return confirmErasing(setting, ctx, action.askedAt);
  if (!isAdmin(core, 'telegram', String(ctx.from?.id ?? ''))) {
    core.log.warn({ personId: ctx.person.id }, 'an admin button was refused');
    return { text: texts.t(ctx.person.locale, 'admin-only'), isAlert: true };
  }
  switch (action.kind) {
    case 'answer':
      return beginAnswer(setting, ctx, action.ticketId);
    case 'refund':
      return refundByButton(setting, ctx, action.id);
    case 'stop':
      return stopByButton(setting, ctx, action.orderId);
  }
}
