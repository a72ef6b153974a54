// What core asks of a payment service. Each file in payments/ answers; core never learns a provider's words.
//
// Functions throw UnreachableError when the person cannot be written to, and UpstreamError otherwise.

import type { Checkout, Payment, Platform, ProviderId } from '../model.js';

/** A payment as a provider reports it, by an update or in its list: the same charge may come any number of times. */
export interface Receipt {
  provider: ProviderId;
  chargeId: string;
  /** What was handed to the provider with the checkout: the checkout's id, if it is one of ours. */
  payload: string;
  /** The provider's id of who paid. */
  payerRef: string;
  currency: string;
  amountMinor: number;
}

/** Money that went back, whoever began it. */
export interface ReportedRefund {
  provider: ProviderId;
  chargeId: string;
}

export interface ReceiptPage {
  receipts: Receipt[];
  refunds: ReportedRefund[];
  /** Where the next page begins; the same as before when there is nothing new. */
  nextCursor: number;
  isLast: boolean;
}

export interface PaymentProvider {
  readonly id: ProviderId;
  /** Where it may be offered. */
  readonly platforms: readonly Platform[];
  /** Does it charge in Telegram Stars, or in the person's own currency? */
  readonly charges: 'stars' | 'local_currency';
  /** Can a payment be given back by a call? Otherwise it stays as credits. */
  readonly canRefund: boolean;
  /** Can this price be charged? The provider has limits of its own. */
  acceptsAmount(money: { currency: string; amountMinor: number }): boolean;
  /** Shows the person the way to pay. A second copy after a crash is harmless: a checkout is paid once. */
  presentCheckout(checkout: Checkout, locale: string): Promise<{ messageId: string }>;
  /** Takes the way to pay out of the chat, or what is left of it. Safe to repeat. */
  retireCheckout(checkout: Checkout, messageId: string): Promise<void>;
  /** Gives a payment back in full. Safe to repeat. `refused`: the provider never will. */
  refundPayment(payment: Payment): Promise<'refunded' | 'refused'>;
  /** What the provider has booked from a position on, oldest first; null where it has no such list. */
  listReceipts: ((cursor: number) => Promise<ReceiptPage>) | null;
}
