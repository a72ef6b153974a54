// What was paid and given back, and the bot's Stars.

import { randomBytes } from 'node:crypto';
import type { StarTransaction, User } from 'grammy/types';
import { type Clock, toSeconds } from '../clock.js';
import { badRequest } from '../errors.js';
import { type InvoiceTerms, STARS } from './invoice.js';

export interface Payment {
  chargeId: string;
  /** Of the invoice. */
  title: string;
  /** The payment provider's id; empty for Stars. */
  providerChargeId: string;
  payer: User;
  currency: string;
  totalAmount: number;
  payload: string;
  /** Epoch milliseconds. */
  at: number;
  refundedAt: number | null;
}

export interface Ledger {
  /** Books a payment under a charge id of its own. */
  pay: (payer: User, terms: InvoiceTerms, tip: number) => Payment;
  /**
   * Gives a payment in Stars back in full.
   * @throws TelegramError 400 for an unknown charge, another person's, or one that was given back
   */
  refund: (userId: number, chargeId: string) => Payment;
  payments: () => readonly Payment[];
  /** Oldest first. */
  starTransactions: () => readonly StarTransaction[];
  starBalance: () => number;
}

export function createLedger(clock: Clock): Ledger {
  const payments: Payment[] = [];
  const transactions: StarTransaction[] = [];

  function book(payment: Payment, side: 'source' | 'receiver', at: number): void {
    transactions.push({
      id: payment.chargeId,
      amount: payment.totalAmount,
      date: toSeconds(at),
      [side]: {
        type: 'user',
        transaction_type: 'invoice_payment',
        user: payment.payer,
        invoice_payload: payment.payload,
      },
    });
  }

  return {
    pay: (payer, terms, tip) => {
      const isStars = terms.currency === STARS;
      const payment: Payment = {
        chargeId: `${isStars ? 'stx' : ''}${randomBytes(32).toString('base64url')}`,
        providerChargeId: isStars ? '' : `ch_${randomBytes(12).toString('hex')}`,
        title: terms.title,
        payer,
        currency: terms.currency,
        totalAmount: terms.totalAmount + tip,
        payload: terms.payload,
        at: clock.now(),
        refundedAt: null,
      };
      payments.push(payment);
      if (isStars) book(payment, 'source', payment.at);
      return payment;
    },

    refund: (userId, chargeId) => {
      if (chargeId === '') throw badRequest('CHARGE_ID_EMPTY');
      const payment = payments.find((one) => one.chargeId === chargeId);
      if (payment?.currency !== STARS) throw badRequest('CHARGE_ID_EMPTY');
      if (payment.payer.id !== userId) throw badRequest('USER_ID_INVALID');
      if (payment.refundedAt !== null) throw badRequest('CHARGE_ALREADY_REFUNDED');
      payment.refundedAt = clock.now();
      book(payment, 'receiver', payment.refundedAt);
      return payment;
    },

    payments: () => payments,
    starTransactions: () => transactions,
    starBalance: () =>
      transactions.reduce(
        (sum, { amount, source }) => (source === undefined ? sum - amount : sum + amount),
        0,
      ),
  };
}
