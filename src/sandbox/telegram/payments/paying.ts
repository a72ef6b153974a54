// A person's side of a payment: the question before it, the receipt after it, and Stars that come back.

import type { Message, User } from 'grammy/types';
import type { ChatRecord, StoredMessage } from '../messages/chats.js';
import { say } from '../messages/incoming.js';
import type { TelegramState } from '../state.js';
import type { InvoiceTerms } from './invoice.js';
import type { Payment } from './ledger.js';

export type PayOutcome =
  | { status: 'paid'; chargeId: string; messageId: number }
  /** The bot said no; `message` is what the person reads. */
  | { status: 'refused'; message: string }
  /** The bot did not answer within 10 seconds: nothing was charged. */
  | { status: 'timeout' };

function receipt(payment: Payment): NonNullable<Message['successful_payment']> {
  return {
    currency: payment.currency,
    total_amount: payment.totalAmount,
    invoice_payload: payment.payload,
    telegram_payment_charge_id: payment.chargeId,
    provider_payment_charge_id: payment.providerChargeId,
  };
}

/**
 * Asks the bot, waits at most 10 seconds, and pays when it agrees. The same invoice can be paid any number of times.
 *
 * @param invoice the message it was paid from, if not from a link
 */
export async function payInvoice(
  state: TelegramState,
  record: ChatRecord,
  payer: User,
  terms: InvoiceTerms,
  options: { invoice?: StoredMessage; tip?: number },
): Promise<PayOutcome> {
  const { invoice, tip = 0 } = options;
  const { id, answer } = state.checkouts.open();
  state.updates.push(
    {
      pre_checkout_query: {
        id,
        from: payer,
        currency: terms.currency,
        total_amount: terms.totalAmount + tip,
        invoice_payload: terms.payload,
      },
    },
    payer.id,
  );
  const answered = await answer;
  if (answered === null) return { status: 'timeout' };
  if (!answered.ok) return { status: 'refused', message: answered.message };

  const payment = state.ledger.pay(payer, terms, tip);
  if (invoice !== undefined) {
    invoice.paidCount += 1;
    state.chats.edit(record, invoice, invoice.message);
  }
  const { message } = say(state, record, payer, { successful_payment: receipt(payment) });
  return { status: 'paid', chargeId: payment.chargeId, messageId: message.message_id };
}

/**
 * Gives a payment in Stars back; the private chat with the payer shows it and the bot is told.
 * @throws TelegramError 400 as Ledger.refund
 */
export function refundAndTell(state: TelegramState, userId: number, chargeId: string): void {
  const payment = state.ledger.refund(userId, chargeId);
  const record = state.chats.find(userId);
  if (record === undefined) return;
  const { provider_payment_charge_id: _provider, ...refund } = receipt(payment);
  say(state, record, payment.payer, { refunded_payment: refund });
}
