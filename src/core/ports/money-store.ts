// What core asks of the database about checkouts, payments and refunds. Part of `Store`: every function is one
// transaction.

import type {
  Checkout,
  LedgerEntry,
  Order,
  Payment,
  Platform,
  ProviderId,
  Quote,
  RefundCause,
} from '../model.js';
import type { NewNotice } from './messenger.js';
import type { Receipt } from './payment-provider.js';

export interface FreeLimits {
  /** `FREE_VIDEOS` */
  freeVideos: number;
  /** `FREE_FAILURES`. The first free try is offered whatever it is: 0 is as strict as 1. */
  freeFailures: number;
  /** `FREE_DAILY_BUDGET` */
  dailyBudget: number;
}

/** `available`, or why the person gets no free video now. `off`: nobody does. */
export type FreeState = 'available' | 'off' | 'used_up' | 'failures_used_up' | 'budget_used_up';

export type FundOutcome =
  | { funded: true; order: Order }
  | { funded: false; why: 'wrong_status' | 'order_open' | 'insufficient_credits' | FreeState };

export interface NewLedgerEntry {
  personId: string;
  delta: number;
  kind: LedgerEntry['kind'];
  cause: string;
  orderId: string | null;
  actor: string | null;
  reason: string | null;
}

export interface NewCheckout {
  id: string;
  personId: string;
  provider: ProviderId;
  platform: Platform;
  chatId: string;
  /** An editable order and the variant to pay, or else a pack. */
  product: { orderId: string; variant: string } | { packId: string };
  quote: Quote;
  expiresAt: number;
}

/** `same`: an open checkout for exactly this is there already. */
export type OpenCheckoutOutcome =
  { outcome: 'opened' | 'same'; checkout: Checkout } | { outcome: 'wrong_status' | 'order_open' };

/**
 * What became of a reported payment. `late`: its checkout or order was closed, so it is credits now. `already`: this
 * charge was booked before.
 */
export type SettleOutcome = {
  outcome: 'queued' | 'credited' | 'late' | 'already' | 'surplus' | 'mismatch' | 'unknown';
  payment: Payment;
  order: Order | null;
  /** The credits of whoever it was booked for, after it. */
  balance: number;
};

export type RefundRequestOutcome =
  | { outcome: 'due' | 'already' | 'not_refundable' | 'credits_returned'; payment: Payment | null }
  | { outcome: 'nothing_paid' | 'running' | 'not_found' }
  /** The credits of this payment were spent on other things. */
  | { outcome: 'spent'; balance: number };

export interface MoneyStore {
  balance(personId: string): Promise<number>;
  freeState(personId: string, limits: FreeLimits, now: number): Promise<FreeState>;
  /**
   * Books an entry once per cause. Answers `overdrawn` instead of letting a balance fall below zero.
   * @param noticesFor stored with the entry, made from the balance after it
   */
  bookEntry(
    entry: NewLedgerEntry,
    now: number,
    noticesFor?: (balance: number) => NewNotice[],
  ): Promise<'booked' | 'already' | 'overdrawn'>;
  /** Newest first. */
  listEntries(personId: string, limit: number, offset?: number): Promise<LedgerEntry[]>;
  /** Funds an editable order with a free video within the limits and queues it. */
  fundFree(
    orderId: string,
    terms: { variant: string; quote: Quote; limits: FreeLimits },
    now: number,
  ): Promise<FundOutcome>;
  /** Funds an editable order with credits of the person and queues it. Its open checkout is closed. */
  fundCredits(
    orderId: string,
    terms: { variant: string; quote: Quote },
    now: number,
  ): Promise<FundOutcome>;

  /** Opens a checkout; another open one for the same order, or another pack, is closed. */
  openCheckout(checkout: NewCheckout, now: number): Promise<OpenCheckoutOutcome>;
  readCheckout(checkoutId: string): Promise<Checkout | null>;
  /** Takes due checkouts under a lease. */
  claimDueCheckouts(now: number, leaseMs: number, limit: number): Promise<Checkout[]>;
  /** Records a step on a claimed checkout. `messageId` undefined leaves it. Its closing meanwhile makes it due now. */
  recordCheckoutStep(
    claimed: Checkout,
    step: { messageId?: string | null; dueAt: number | null; hasFailed?: boolean },
    now: number,
  ): Promise<void>;
  /** Closes an open checkout; its order can be chosen for anew. `expired` only once its time is over. */
  closeCheckout(
    checkoutId: string,
    status: 'expired' | 'cancelled',
    now: number,
    notices?: NewNotice[],
  ): Promise<void>;

  /** Books a reported payment once and gives it its effect. */
  settlePayment(
    receipt: Receipt,
    terms: { payerPersonId: string | null; exponent: number; isRefundable: boolean },
    now: number,
    noticesFor: (settled: SettleOutcome) => NewNotice[],
  ): Promise<SettleOutcome>;
  findPayment(
    by: { id: string } | { provider: ProviderId; chargeId: string } | { orderId: string },
  ): Promise<Payment | null>;
  /** Newest first. */
  listPayments(personId: string, limit: number): Promise<Payment[]>;
  claimDueRefunds(now: number, leaseMs: number, limit: number): Promise<Payment[]>;
  /** `kept`: it will never go back, so its credits return. Answers the payment if this call changed it. */
  finishRefund(
    paymentId: string,
    result: 'refunded' | 'kept' | { retryAt: number },
    now: number,
    notices?: NewNotice[],
  ): Promise<Payment | null>;
  /** Books a refund that the provider reports. Null: unknown charge, or booked before. */
  bookReportedRefund(
    provider: ProviderId,
    chargeId: string,
    now: number,
    noticesFor: (payment: Payment) => NewNotice[],
  ): Promise<Payment | null>;
  /** An admin gives money back: the intent is booked, the call follows. Credits that return at once are told. */
  requestRefund(
    of: { orderId: string } | { paymentId: string },
    by: { cause: RefundCause; actor: string; reason: string | null },
    now: number,
  ): Promise<RefundRequestOutcome>;
  /** Taps that began an order or a checkout since then. */
  countTries(personId: string, since: number): Promise<number>;
  /** When PixVerse's content rules refused something of this person, newest first. */
  listStrikes(personId: string, since: number): Promise<number[]>;
  /** Funded orders that PixVerse has not been asked for yet, by variant. */
  countUnsubmitted(): Promise<{ variant: string; orders: number }[]>;

  /** A single value of the running system. */
  readSetting(key: string): Promise<string | null>;
  writeSetting(key: string, value: string): Promise<void>;
}
