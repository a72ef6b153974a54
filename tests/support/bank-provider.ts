// A payment service in memory: shows invoices, takes payments, gives them back, and can be told to fail.

import { UpstreamError } from '../../src/core/errors.js';
import type { Checkout, Payment } from '../../src/core/model.js';
import type { PaymentProvider, Receipt } from '../../src/core/ports/payment-provider.js';

export interface BankProvider extends PaymentProvider {
  canRefund: boolean;
  /** Invoices that a person sees now, by message id. */
  shown: Map<string, Checkout>;
  /** Charges in the order in which they were paid. */
  receipts: Receipt[];
  /** Charges that went back, each as often as it did. */
  returned: string[];
  /** Pays a checkout as its owner, or as somebody else. The receipt still has to be told to the app. */
  pay(checkout: Checkout, change?: Partial<Receipt>): Receipt;
  /** The next calls fail so, one each. */
  failNext(...errors: ('refuse' | 'unreachable_service' | 'lost_answer')[]): void;
}

function noAnswer(operation: string): UpstreamError {
  return new UpstreamError({ service: 'bank', operation, isRetryable: true, isAmbiguous: true });
}

export function createBankProvider(): BankProvider {
  const failures: ('refuse' | 'unreachable_service' | 'lost_answer')[] = [];
  let messages = 0;
  const bank: BankProvider = {
    id: 'telegram_stars',
    platforms: ['telegram'],
    charges: 'stars',
    canRefund: true,
    shown: new Map(),
    receipts: [],
    returned: [],
    acceptsAmount: () => true,
    failNext: (...errors) => {
      failures.push(...errors);
    },
    pay: (checkout, change = {}) => {
      const receipt: Receipt = {
        provider: 'telegram_stars',
        chargeId: `charge-${bank.receipts.length + 1}`,
        payload: checkout.id,
        payerRef: checkout.chatId,
        currency: checkout.quote.currency,
        amountMinor: checkout.quote.amountMinor,
        ...change,
      };
      bank.receipts.push(receipt);
      return receipt;
    },
    presentCheckout: (checkout) => {
      const failure = failures.shift();
      if (failure === 'refuse') {
        throw new UpstreamError({ service: 'bank', operation: 'invoice', isRetryable: false });
      }
      if (failure === 'unreachable_service') throw noAnswer('invoice');
      messages += 1;
      bank.shown.set(`invoice-${messages}`, checkout);
      if (failure === 'lost_answer') throw noAnswer('invoice');
      return Promise.resolve({ messageId: `invoice-${messages}` });
    },
    retireCheckout: (_checkout, messageId) => {
      bank.shown.delete(messageId);
      return Promise.resolve();
    },
    refundPayment: (payment: Payment) => {
      const failure = failures.shift();
      if (failure === 'refuse') return Promise.resolve('refused');
      if (failure === 'unreachable_service') throw noAnswer('refund');
      if (!bank.returned.includes(payment.chargeId)) bank.returned.push(payment.chargeId);
      if (failure === 'lost_answer') throw noAnswer('refund');
      return Promise.resolve('refunded');
    },
    listReceipts: (cursor) =>
      Promise.resolve({
        receipts: bank.receipts.slice(cursor),
        refunds: [],
        nextCursor: bank.receipts.length,
        isLast: true,
      }),
  };
  return bank;
}
