// What persons and admins read of tickets, reports and answers, and the buttons below it.

import type { InlineKeyboardButton } from 'grammy/types';
import { formatAmount } from '../../core/money/pricing.js';
import type { NoticeContent, SupportNotice, TicketLine } from '../../core/ports/messenger.js';
import type { Texts } from '../../texts/texts.js';
import { type ButtonAction, buttonData } from './buttons.js';

type TicketNotice = Extract<SupportNotice, { kind: 'ticket' }>;

function button(text: string, action: ButtonAction): InlineKeyboardButton {
  return { text, callback_data: buttonData(action) };
}

/** For admins: a time that sorts, in UTC. */
function formatStamp(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function ticketLine(texts: Texts, locale: string, line: TicketLine): string {
  const { id, status, variant, paid, at } = line;
  const what = [
    ...(variant === null ? [] : [texts.t(locale, 'variant-name', { variant })]),
    ...(paid === null ? [] : [formatAmount(paid, locale)]),
    status,
    formatStamp(at),
  ];
  return `• ${id}\n   ${what.join(' · ')}`;
}

function ticketText(texts: Texts, locale: string, ticket: TicketNotice): string {
  const list = (lines: readonly TicketLine[]) =>
    lines.length === 0
      ? [texts.t(locale, 'admin-ticket-none')]
      : lines.map((line) => ticketLine(texts, locale, line));
  return [
    texts.t(locale, 'admin-ticket', { id: ticket.ticketId, from: ticket.from }),
    '',
    ticket.text,
    '',
    texts.t(locale, 'admin-ticket-orders'),
    ...list(ticket.orders),
    texts.t(locale, 'admin-ticket-payments'),
    ...list(ticket.payments),
  ].join('\n');
}

/** That a message arrived, and who else can be asked. */
export function contactLine(texts: Texts, locale: string, contact: string | null): string[] {
  return contact === null ? [] : [texts.t(locale, 'support-contact', { contact })];
}

export function supportNoticeText(texts: Texts, locale: string, notice: SupportNotice): string {
  const t = texts.t.bind(texts);
  switch (notice.kind) {
    case 'ticket_received': {
      const contact = contactLine(texts, locale, notice.contact);
      return [t(locale, 'support-received'), ...contact].join('\n');
    }
    case 'ticket':
      return ticketText(texts, locale, notice);
    case 'report': {
      const { from, orderId, status } = notice;
      return t(locale, 'admin-report', { from, id: orderId, status });
    }
    case 'support_answer':
      return t(locale, 'support-answer', { text: notice.text });
    case 'answer_sent':
      return t(locale, 'admin-answer-sent', { id: notice.ticketId });
    case 'order_removed':
      return t(locale, notice.wasDelivered ? 'video-removed' : 'order-removed');
  }
}

/** The buttons below a notice; most have none. */
export function noticeKeyboard(
  texts: Texts,
  locale: string,
  notice: NoticeContent,
): InlineKeyboardButton[][] {
  if (notice.kind !== 'ticket' && notice.kind !== 'report') return [];
  const { ticketId } = notice;
  const answer = button(texts.t(locale, 'button-answer'), { kind: 'answer', ticketId });
  if (notice.kind === 'report') {
    const { orderId } = notice;
    return [[button(texts.t(locale, 'button-stop'), { kind: 'stop', orderId })], [answer]];
  }
  const refunds = notice.refunds.map(({ id, paid, credits }) => {
    const what =
      paid === null ? texts.t(locale, 'price-credits', { credits }) : formatAmount(paid, locale);
    const text = texts.t(locale, 'button-refund', { what, id: id.slice(0, 8) });
    return [button(text, { kind: 'refund', id })];
  });
  return [[answer], ...refunds];
}
