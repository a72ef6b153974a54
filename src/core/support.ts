// Between people and the admins: questions about money, reports of videos, and answers. What must arrive is a notice,
// stored in the transaction of what caused it.

import type { Context } from './context.js';
import { newId } from './ids.js';
import type { ChatAddress, Order, Payment, Person } from './model.js';
import type { NewNotice, Money, TicketLine } from './ports/messenger.js';
import type { Refundable, SupportCase, Ticket } from './ports/support-store.js';

export const MAX_TICKET_CHARACTERS = 2_000;
/** Questions of one person that may wait for an answer, of those asked within the hour. */
export const MAX_OPEN_TICKETS = 3;
const TICKETS_WITHIN_MS = 60 * 60_000;
const PROMPT_LIFE_MS = 30 * 60_000;
/** So many orders and payments are shown to the admins, and so many of them with a button. */
const SHOWN_ORDERS = 5;
const REFUND_BUTTONS = 3;
const ADMIN_LOCALE = 'en';

/** What the next text of a chat is: a person's question, or an admin's answer to one. */
export type Prompt = { kind: 'ticket' | 'answer'; ticketId: string };

/** Whoever asks, as the admins see them: `platform:id`. */
export interface Asker {
  person: Person;
  address: ChatAddress;
  account: string;
}

function toAdmins(ctx: Context): NewNotice['to'][] {
  return ctx.config.adminIds
    .filter((admin) => ctx.messengers.has(admin.platform))
    .map((admin) => ({
      address: { platform: admin.platform, chatId: admin.platformUserId },
      locale: ADMIN_LOCALE,
    }));
}

/** Is there anybody who would read a question? */
export function hasReaders(ctx: Context): boolean {
  return toAdmins(ctx).length > 0;
}

/** The next text of this chat is taken as a question, for half an hour. */
export function promptForTicket(ctx: Context, address: ChatAddress): Promise<void> {
  return ctx.store.writePrompt(address, `ticket:${newId()}`, ctx.now() + PROMPT_LIFE_MS);
}

/** The next text of this admin's chat is taken as the answer, for half an hour. Null: no such ticket. */
export async function promptForAnswer(
  ctx: Context,
  address: ChatAddress,
  ticketId: string,
): Promise<Ticket | null> {
  const ticket = await ctx.store.readTicket(ticketId);
  if (ticket === null) return null;
  await ctx.store.writePrompt(address, `answer:${ticketId}`, ctx.now() + PROMPT_LIFE_MS);
  return ticket;
}

/** What the next text of this chat is taken for; null when it is nothing special. */
export async function readPrompt(ctx: Context, address: ChatAddress): Promise<Prompt | null> {
  const purpose = await ctx.store.readPrompt(address, ctx.now());
  const [, kind, ticketId] = /^(ticket|answer):(\w+)$/.exec(purpose ?? '') ?? [];
  return kind === undefined || ticketId === undefined
    ? null
    : { kind: kind as Prompt['kind'], ticketId };
}

/** Answers whether something was waited for. */
export function forgetPrompt(ctx: Context, address: ChatAddress): Promise<boolean> {
  return ctx.store.dropPrompt(address, ctx.now());
}

function moneyOf({ currency, exponent, amountMinor }: Money): Money {
  return { currency, exponent, amountMinor };
}

function orderLine(order: Order): TicketLine {
  const { id, status, variant, quote, createdAt } = order;
  const isPriced = quote !== null && order.fundedBy !== 'free';
  return { id, status, variant, at: createdAt, paid: isPriced ? moneyOf(quote) : null };
}

function paymentLine(payment: Payment): TicketLine {
  const status = payment.refundStatus ?? payment.outcome;
  return {
    id: payment.id,
    status,
    variant: null,
    at: payment.receivedAt,
    paid: moneyOf(payment),
  };
}

function refundOf(refundable: Refundable) {
  if ('payment' in refundable) {
    const { payment } = refundable;
    return { id: payment.id, paid: moneyOf(payment), credits: payment.credits };
  }
  const { order } = refundable;
  return { id: order.id, paid: null, credits: order.quote?.credits ?? 0 };
}

function ticketNotices(
  ctx: Context,
  asker: Asker,
  ticket: { id: string; text: string },
  known: SupportCase,
): NewNotice[] {
  const { address, account, person } = asker;
  const forAdmins = toAdmins(ctx).map((to) => ({
    key: `ticket:${ticket.id}:opened`,
    to,
    content: {
      kind: 'ticket' as const,
      ticketId: ticket.id,
      from: account,
      text: ticket.text,
      orders: known.orders.map(orderLine),
      payments: known.payments.map(paymentLine),
      refunds: known.refundable.slice(0, REFUND_BUTTONS).map(refundOf),
    },
  }));
  const contact = ctx.config.operator.supportContact;
  return [
    ...forAdmins,
    {
      key: `ticket:${ticket.id}:received`,
      to: { address, locale: person.locale },
      content: { kind: 'ticket_received', contact },
    },
  ];
}

/**
 * Passes a question on to all admins and tells the person so. The same `ticketId` again changes nothing.
 * @param text at most `MAX_TICKET_CHARACTERS`
 * @returns `too_many` when several of this person still wait
 */
export async function openTicket(
  ctx: Context,
  asker: Asker,
  ticketId: string,
  text: string,
): Promise<'opened' | 'same' | 'too_many'> {
  const { person, address } = asker;
  const known = await ctx.store.readSupportCase(person.id, SHOWN_ORDERS);
  const now = ctx.now();
  const outcome = await ctx.store.openTicket(
    { id: ticketId, personId: person.id, address, text },
    { max: MAX_OPEN_TICKETS, since: now - TICKETS_WITHIN_MS },
    ticketNotices(ctx, asker, { id: ticketId, text }, known),
    now,
  );
  ctx.log.info({ personId: person.id, ticketId, outcome }, 'a question for the admins');
  ctx.wake();
  return outcome;
}

/** Tells all admins that somebody objects to an order, whatever became of it; once per order. */
export async function reportOrder(
  ctx: Context,
  asker: Asker,
  order: Order,
): Promise<'opened' | 'already'> {
  const { person, address, account } = asker;
  const id = newId();
  const notices = toAdmins(ctx).map((to) => ({
    key: `ticket:${id}:opened`,
    to,
    content: {
      kind: 'report' as const,
      ticketId: id,
      from: account,
      orderId: order.id,
      status: order.status,
    },
  }));
  const ticket = { id, personId: person.id, address, orderId: order.id };
  const outcome = await ctx.store.openReport(ticket, notices, ctx.now());
  ctx.log.info({ orderId: order.id, outcome }, 'an order was reported');
  ctx.wake();
  return outcome;
}

/**
 * Sends an admin's answer to whoever asked, and tells the admin that it is on its way.
 * @param cause unique per answer, so that a repeat sends nothing again
 */
export async function answerTicket(
  ctx: Context,
  from: ChatAddress,
  answer: { ticketId: string; text: string; cause: string },
): Promise<'answered' | 'erased' | 'not_found'> {
  const { ticketId, text, cause } = answer;
  const ticket = await ctx.store.readTicket(ticketId);
  const key = `ticket:${ticketId}:answer:${cause}`;
  const notices: NewNotice[] = [
    { key, to: { personId: ticket?.personId ?? '' }, content: { kind: 'support_answer', text } },
    {
      key: `${key}:sent`,
      to: { address: from, locale: ADMIN_LOCALE },
      content: { kind: 'answer_sent', ticketId },
    },
  ];
  const outcome = await ctx.store.answerTicket(ticketId, from, notices, ctx.now());
  ctx.log.info({ ticketId, outcome }, 'an admin answered');
  ctx.wake();
  return outcome;
}
