// What an invoice may ask for: Telegram's rules about its words, its currency and its price.

import type { LabeledPrice } from 'grammy/types';
import { badRequest } from '../errors.js';
import { countCharacters } from '../messages/text.js';

export const STARS = 'XTR';

/** What a Pay button charges. */
export interface InvoiceTerms {
  title: string;
  description: string;
  payload: string;
  currency: string;
  /** In the minor unit of the currency; whole Stars. */
  totalAmount: number;
  startParameter: string;
  maxTipAmount: number;
  /** Seconds; invoice links for subscriptions only. */
  subscriptionPeriod: number | undefined;
}

export interface InvoiceInput {
  title: string;
  description: string;
  payload: string;
  provider_token?: string;
  currency: string;
  prices: readonly LabeledPrice[];
  max_tip_amount?: number;
  suggested_tip_amounts?: readonly number[];
  start_parameter?: string;
  subscription_period?: number;
}

/** The currencies that Telegram takes through payment providers (core.telegram.org/bots/payments). */
const CURRENCIES = new Set(
  (
    'AED AFN ALL AMD ARS AUD AZN BAM BDT BGN BHD BND BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ' +
    'ETB EUR GBP GEL GHS GTQ HKD HNL HRK HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KRW KZT LBP LKR MAD ' +
    'MDL MMK MNT MOP MUR MVR MXN MYR MZN NGN NIO NOK NPR NZD PAB PEN PHP PKR PLN PYG QAR RON RSD RUB SAR SEK ' +
    'SGD SYP THB TJS TRY TTD TWD TZS UAH UGX USD UYU UZS VEF VND YER ZAR'
  ).split(' '),
);

const SUBSCRIPTION_SECONDS = 30 * 24 * 60 * 60;
const MAX_SUBSCRIPTION_STARS = 10_000;
/** The payments guide: no amount has more digits than this. */
const MAX_AMOUNT = 999_999_999_999;

function checkWords({ title, description, payload, start_parameter }: InvoiceInput): void {
  const isWithin = (length: number, limit: number) => length >= 1 && length <= limit;
  if (!isWithin(countCharacters(title), 32)) throw badRequest('INVOICE_TITLE_INVALID');
  if (!isWithin(countCharacters(description), 255)) {
    throw badRequest('INVOICE_DESCRIPTION_INVALID');
  }
  if (!isWithin(Buffer.byteLength(payload), 128)) throw badRequest('INVOICE_PAYLOAD_INVALID');
  if (start_parameter !== undefined && !/^[\w-]{0,64}$/.test(start_parameter)) {
    throw badRequest('START_PARAM_INVALID');
  }
}

/** Stars: one price, no provider, no tips. */
function checkStars(input: InvoiceInput): void {
  const hasTips =
    (input.max_tip_amount ?? 0) !== 0 || (input.suggested_tip_amounts ?? []).length > 0;
  const hasProvider = (input.provider_token ?? '') !== '';
  if (input.prices.length !== 1 || hasTips || hasProvider) {
    throw badRequest('STARS_INVOICE_INVALID');
  }
}

function checkMoney(input: InvoiceInput): void {
  if (!/^\d+:(TEST|LIVE):\S+$/.test(input.provider_token ?? '')) {
    throw badRequest('PAYMENT_PROVIDER_INVALID');
  }
  if (!CURRENCIES.has(input.currency)) throw badRequest('CURRENCY_INVALID');
  const { max_tip_amount: maxTip = 0, suggested_tip_amounts: tips = [] } = input;
  const isRising = tips.every((tip, index) => tip > (tips[index - 1] ?? 0) && tip <= maxTip);
  if (tips.length > 4 || !isRising) throw badRequest('SUGGESTED_TIPS_INVALID');
}

function checkSubscription(input: InvoiceInput, total: number): void {
  if (input.subscription_period === undefined) return;
  if (input.currency !== STARS || input.subscription_period !== SUBSCRIPTION_SECONDS) {
    throw badRequest('SUBSCRIPTION_PERIOD_INVALID');
  }
  if (total > MAX_SUBSCRIPTION_STARS) throw badRequest('STARS_AMOUNT_INVALID');
}

/** @throws TelegramError 400 for what Telegram would not sell */
export function readInvoice(input: InvoiceInput): InvoiceTerms {
  checkWords(input);
  if (input.currency === STARS) checkStars(input);
  else checkMoney(input);
  const total = input.prices.reduce((sum, { amount }) => sum + amount, 0);
  if (total < 1 || total > MAX_AMOUNT) throw badRequest('CURRENCY_TOTAL_AMOUNT_INVALID');
  checkSubscription(input, total);
  return {
    title: input.title,
    description: input.description,
    payload: input.payload,
    currency: input.currency,
    totalAmount: total,
    startParameter: input.start_parameter ?? '',
    maxTipAmount: input.max_tip_amount ?? 0,
    subscriptionPeriod: input.subscription_period,
  };
}
