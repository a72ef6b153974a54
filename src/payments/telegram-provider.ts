// Local currency in a Telegram chat, through the payment provider that the operator connected with @BotFather.

import type { Secret } from '../core/secret.js';
import type { PaymentProvider } from '../core/ports/payment-provider.js';
import type { Texts } from '../texts/texts.js';
import { deleteInvoice, sendInvoice, type TelegramOutbound } from './telegram-invoice.js';
import { TELEGRAM_LIMITS } from './telegram-limits.js';

/** Telegram has no call to give such a payment back: it stays as credits, and the operator refunds at the provider. */
export function createTelegramProvider(
  { api, calling }: TelegramOutbound,
  texts: Texts,
  token: Secret,
): PaymentProvider {
  return {
    id: 'telegram_provider',
    platforms: ['telegram'],
    charges: 'local_currency',
    canRefund: false,
    acceptsAmount: ({ currency, amountMinor }) => {
      const limits = TELEGRAM_LIMITS.get(currency);
      return limits !== undefined && amountMinor >= limits.min && amountMinor <= limits.max;
    },
    presentCheckout: (checkout, locale) =>
      calling('sendInvoice', () => sendInvoice(api, texts, checkout, locale, token.reveal())),
    retireCheckout: (checkout, messageId) =>
      calling('deleteMessage', () => deleteInvoice(api, checkout, messageId)),
    refundPayment: () => Promise.resolve('refused'),
    listReceipts: null,
  };
}
