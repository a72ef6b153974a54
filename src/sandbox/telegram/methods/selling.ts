// The methods of payments: invoices, refunds and the bot's Stars.

import { randomBytes } from 'node:crypto';
import type { Message } from 'grammy/types';
import { badRequest } from '../errors.js';
import { type InvoiceTerms, readInvoice, STARS } from '../payments/invoice.js';
import { refundAndTell } from '../payments/paying.js';
import { formatPrice } from '../payments/price.js';
import type { Methods } from './call.js';
import { send } from './sending.js';

const MAX_TRANSACTIONS = 100;

/** The button that Telegram puts under an invoice that comes without one. */
function payButton({ currency, totalAmount }: InvoiceTerms): string {
  return currency === STARS
    ? `Pay ⭐️${totalAmount.toLocaleString('en')}`
    : `Pay ${formatPrice(currency, totalAmount)}`;
}

function invoiceContent(terms: InvoiceTerms): Partial<Message> {
  return {
    invoice: {
      title: terms.title,
      description: terms.description,
      start_parameter: terms.startParameter,
      currency: terms.currency,
      total_amount: terms.totalAmount,
    },
  };
}

export const sellingMethods: Methods<
  | 'sendInvoice'
  | 'createInvoiceLink'
  | 'refundStarPayment'
  | 'getStarTransactions'
  | 'getMyStarBalance'
> = {
  sendInvoice: (state, input) => {
    const terms = readInvoice(input);
    const buttons = input.reply_markup?.inline_keyboard ?? [];
    const reply_markup =
      buttons.flat().length > 0
        ? { inline_keyboard: buttons }
        : { inline_keyboard: [[{ text: payButton(terms), pay: true }]] };
    return send(state, { ...input, reply_markup }, invoiceContent(terms), terms);
  },

  createInvoiceLink: (state, input) => {
    const terms = readInvoice(input);
    const link = `https://t.me/$${randomBytes(16).toString('base64url')}`;
    state.invoiceLinks.set(link, terms);
    return link;
  },

  refundStarPayment: (state, input) => {
    if (input.user_id <= 0) throw badRequest('invalid user_id specified');
    refundAndTell(state, input.user_id, input.telegram_payment_charge_id);
    return true;
  },

  getStarTransactions: (state, { offset = 0, limit = MAX_TRANSACTIONS }) => {
    const start = Math.max(offset, 0);
    const count = Math.min(Math.max(limit, 1), MAX_TRANSACTIONS);
    return { transactions: state.ledger.starTransactions().slice(start, start + count) };
  },

  getMyStarBalance: (state) => ({ amount: state.ledger.starBalance() }),
};
