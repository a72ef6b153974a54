// Prices in words, as Telegram's apps show them.

import { STARS } from './invoice.js';

/** Digits after the point where they are not two (ISO 4217, as in Telegram's currencies.json). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  PYG: 0,
  UGX: 0,
  VND: 0,
};

/** @param totalAmount in the minor unit of the currency; whole Stars */
export function formatPrice(currency: string, totalAmount: number): string {
  if (currency === STARS) return `⭐ ${new Intl.NumberFormat('en').format(totalAmount)}`;
  const digits = EXPONENTS[currency] ?? 2;
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(totalAmount / 10 ** digits);
}
