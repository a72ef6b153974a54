// /paysupport, reports, and the admins' side of both: answers and refunds. A text that was asked for is taken here,
// before the dialogue sees it.

import { createHash } from 'node:crypto';
import type { NextFunction } from 'grammy';
import type { Order } from '../../core/model.js';
import { isAdmin } from '../../core/people.js';
import {
  answerTicket,
  type Asker,
  forgetPrompt,
  hasReaders,
  MAX_OPEN_TICKETS,
  MAX_TICKET_CHARACTERS,
  openTicket,
  type Prompt,
  promptForAnswer,
  promptForTicket,
  readPrompt,
  reportOrder,
} from '../../core/support.js';
import { refundText } from './admin.js';
import { addressOf, type HugContext, type Setting } from './setting.js';
import { contactLine } from './support-notices.js';

/** What the person reads in answer to a press. */
interface Answer {
  text?: string;
  isAlert?: boolean;
}

/** The account that is writing, as admins name it. */
export function accountOf(ctx: HugContext): string {
  return `telegram:${String(ctx.from?.id ?? '')}`;
}

function askerOf(ctx: HugContext): Asker {
  return { person: ctx.person, address: addressOf(ctx.from?.id ?? 0), account: accountOf(ctx) };
}

/** An id that the same update has again: a repeat after a kill opens nothing twice. It says nothing of the person. */
function ticketIdOf(ctx: HugContext): string {
  const { update_id: updateId } = ctx.update;
  const seed = `${updateId}:${ctx.message?.date ?? 0}`;
  return createHash('sha256').update(seed).digest('hex').slice(0, 16);
}

/** Nobody is set up to read questions: said instead of pretending. */
function nobodyLines({ core, texts }: Setting, locale: string): string {
  const contact = contactLine(texts, locale, core.config.operator.supportContact);
  return [texts.t(locale, 'support-nobody'), ...contact].join('\n');
}

/** Answers `/paysupport [text]`. */
export async function paysupport(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  if (!hasReaders(core)) {
    await ctx.reply(nobodyLines(setting, locale));
    return;
  }
  const text = typeof ctx.match === 'string' ? ctx.match.trim() : '';
  if (text !== '') {
    await takeQuestion(setting, ctx, ticketIdOf(ctx), text);
    return;
  }
  await promptForTicket(core, askerOf(ctx).address);
  await ctx.reply(texts.t(locale, 'support-ask'));
}

async function isTooLong(setting: Setting, ctx: HugContext, text: string): Promise<boolean> {
  if (text.length <= MAX_TICKET_CHARACTERS) return false;
  const sentence = setting.texts.t(ctx.person.locale, 'support-too-long', {
    max: MAX_TICKET_CHARACTERS,
  });
  await ctx.reply(sentence);
  return true;
}

async function takeQuestion(
  setting: Setting,
  ctx: HugContext,
  ticketId: string,
  text: string,
): Promise<void> {
  const { core, texts } = setting;
  if (await isTooLong(setting, ctx, text)) return;
  const outcome = await openTicket(core, askerOf(ctx), ticketId, text);
  if (outcome === 'too_many') {
    await ctx.reply(texts.t(ctx.person.locale, 'support-too-many', { max: MAX_OPEN_TICKETS }));
  }
}

async function takeAnswer(
  setting: Setting,
  ctx: HugContext,
  ticketId: string,
  text: string,
): Promise<void> {
  const { core, texts } = setting;
  if (await isTooLong(setting, ctx, text)) return;
  const cause = String(ctx.update.update_id);
  const outcome = await answerTicket(core, askerOf(ctx).address, { ticketId, text, cause });
  if (outcome === 'erased') {
    await ctx.reply(texts.t(ctx.person.locale, 'admin-answer-erased'));
  } else if (outcome === 'not_found') {
    await ctx.reply(texts.t(ctx.person.locale, 'admin-ticket-unknown'));
  }
}

function isAdminHere({ core }: Setting, ctx: HugContext): boolean {
  return isAdmin(core, 'telegram', String(ctx.from?.id ?? ''));
}

function takePrompted(
  setting: Setting,
  ctx: HugContext,
  prompt: Prompt,
  text: string,
): Promise<void> {
  const take = prompt.kind === 'ticket' ? takeQuestion : takeAnswer;
  return take(setting, ctx, prompt.ticketId, text);
}

/** Takes a text that was asked for; a command means that the person thought better of it. */
export async function takeText(
  setting: Setting,
  ctx: HugContext,
  next: NextFunction,
): Promise<void> {
  const { core, texts } = setting;
  const { address } = askerOf(ctx);
  const text = ctx.message?.text ?? '';
  if (/^\/\w/.test(text)) {
    const wasAsked = await forgetPrompt(core, address);
    if (wasAsked && /^\/cancel\b/.test(text)) {
      await ctx.reply(texts.t(ctx.person.locale, 'prompt-dropped'));
      return;
    }
    await next();
    return;
  }
  const prompt = await readPrompt(core, address);
  if (prompt === null || (prompt.kind === 'answer' && !isAdminHere(setting, ctx))) await next();
  else await takePrompted(setting, ctx, prompt, text.trim());
}

/** The Report button. */
export async function report(setting: Setting, ctx: HugContext, order: Order): Promise<Answer> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const outcome = await reportOrder(core, askerOf(ctx), order);
  if (!hasReaders(core)) return { text: nobodyLines(setting, locale), isAlert: true };
  const text = texts.t(locale, outcome === 'opened' ? 'report-thanks' : 'report-already');
  return { text, isAlert: true };
}

/** The Answer button of an admin: the next text goes to whoever asked. */
export async function beginAnswer(
  { core, texts }: Setting,
  ctx: HugContext,
  ticketId: string,
): Promise<Answer> {
  const { locale } = ctx.person;
  const ticket = await promptForAnswer(core, askerOf(ctx).address, ticketId);
  if (ticket === null) return { text: texts.t(locale, 'admin-ticket-unknown'), isAlert: true };
  const lines = [
    texts.t(locale, 'admin-answer-ask', { id: ticketId }),
    ...(ticket.answeredAt === null ? [] : [texts.t(locale, 'admin-answer-again')]),
  ];
  await ctx.reply(lines.join('\n'));
  return {};
}

/** A Refund button of an admin: told by the answer to the press and in the chat. */
export async function refundByButton(
  setting: Setting,
  ctx: HugContext,
  id: string,
): Promise<Answer> {
  const text = await refundText(setting, ctx, id, '');
  await ctx.reply(`${id}\n${text}`);
  return { text, isAlert: true };
}
