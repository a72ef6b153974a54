// Telegram Stars: what digital goods on Telegram are sold for (Bot API, section Payments; developer terms 6.2).

import { GrammyError } from 'grammy';
import type { StarTransaction } from 'grammy/types';
import type {
  PaymentProvider,
  Receipt,
  ReceiptPage,
  ReportedRefund,
} from '../core/ports/payment-provider.js';
import type { Texts } from '../texts/texts.js';
import { deleteInvoice, sendInvoice, type TelegramOutbound } from './telegram-invoice.js';

const STARS = 'XTR';
/** Bot API: at most 100 transactions a call. */
const PAGE_SIZE = 100;
/** It went back before: our call whose answer was lost, or somebody else's. */
const IS_REFUNDED = /CHARGE_ALREADY_REFUNDED/;
/** Telegram knows no such charge of this person, and never will. */
const IS_HOPELESS = /CHARGE_ID_EMPTY|CHARGE_ID_INVALID|CHARGE_NOT_FOUND|USER_ID_INVALID/;

/** A payment by a person for one of our invoices; null for everything else that moves Stars. */
function toReceipt(transaction: StarTransaction): Receipt | null {
  const { source, id, amount } = transaction;
  if (source?.type !== 'user' || source.invoice_payload === undefined) return null;
  return {
    provider: 'telegram_stars',
    chargeId: id,
    payload: source.invoice_payload,
    payerRef: String(source.user.id),
    currency: STARS,
    amountMinor: amount,
  };
}

function toRefund(transaction: StarTransaction): ReportedRefund | null {
  return transaction.receiver?.type === 'user'
    ? { provider: 'telegram_stars', chargeId: transaction.id }
    : null;
}

export function createTelegramStars(
  { api, calling }: TelegramOutbound,
  texts: Texts,
): PaymentProvider {
  return {
    id: 'telegram_stars',
    platforms: ['telegram'],
    charges: 'stars',
    canRefund: true,
    acceptsAmount: ({ currency }) => currency === STARS,

    presentCheckout: (checkout, locale) =>
      calling('sendInvoice', () => sendInvoice(api, texts, checkout, locale, '')),
    retireCheckout: (checkout, messageId) =>
      calling('deleteMessage', () => deleteInvoice(api, checkout, messageId)),

    refundPayment: (payment) =>
      calling('refundStarPayment', async () => {
        if (payment.payerRef === null) return 'refused';
        try {
          await api.refundStarPayment(Number(payment.payerRef), payment.chargeId);
          return 'refunded';
        } catch (error) {
          if (!(error instanceof GrammyError)) throw error;
          if (IS_REFUNDED.test(error.description)) return 'refunded';
          if (IS_HOPELESS.test(error.description)) return 'refused';
          throw error;
        }
      }),

    listReceipts: (cursor) =>
      calling('getStarTransactions', async (): Promise<ReceiptPage> => {
        const { transactions } = await api.getStarTransactions({
          offset: cursor,
          limit: PAGE_SIZE,
        });
        return {
          receipts: transactions.map(toReceipt).filter((receipt) => receipt !== null),
          refunds: transactions.map(toRefund).filter((refund) => refund !== null),
          nextCursor: cursor + transactions.length,
          isLast: transactions.length < PAGE_SIZE,
        };
      }),
  };
}
