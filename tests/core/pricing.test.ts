import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  currencyFor,
  formatAmount,
  loadPriceTable,
  PRICE_TABLE,
  quoteVariant,
} from '../../src/core/money/pricing.js';
import { VARIANTS } from '../../src/core/variants.js';
import { TELEGRAM_LIMITS } from '../../src/payments/telegram-limits.js';

interface Row {
  currency: string;
  exponent: number;
  premium: number;
  standard: number;
  stripeExponent: number;
  paypalDecimals?: number;
}
interface Table {
  currencies: Row[];
  stars: Row;
  discord: Row;
  packs: { id: string; credits: number; channel: string; totals: Record<string, number> }[];
  credits: Record<string, number>;
}

const MONEY = join(import.meta.dirname, '../../src/core/money');
const read = (name: string): unknown => JSON.parse(readFileSync(join(MONEY, name), 'utf8'));
const table = read('price-table.json') as Table;
const countries = read('country-currency.json') as {
  default: string;
  priceCurrency: Record<string, string>;
};
const rows = [...table.currencies, table.stars];
const [premium, standard] = VARIANTS;
if (premium === undefined || standard === undefined) throw new Error('two variants are expected');

/** Stripe's smallest charge in major units (docs.stripe.com/currencies). */
const STRIPE_MINIMUM: Record<string, number> = {
  USD: 0.5,
  ARS: 0.5,
  AUD: 0.5,
  BRL: 0.5,
  CAD: 0.5,
  CHF: 0.5,
  COP: 0.5,
  EUR: 0.5,
  IDR: 0.5,
  ILS: 0.5,
  INR: 0.5,
  NZD: 0.5,
  PHP: 0.5,
  SGD: 0.5,
  ZAR: 0.5,
  GBP: 0.3,
  AED: 2,
  MYR: 2,
  PLN: 2,
  RON: 2,
  DKK: 2.5,
  NOK: 3,
  SEK: 3,
  HKD: 4,
  MXN: 10,
  THB: 10,
  CZK: 15,
  JPY: 50,
  KRW: 50,
  HUF: 175,
};

describe('the price table', () => {
  test('has whole numbers only, in 51 currencies and in Stars', () => {
    expect(table.currencies).toHaveLength(51);
    for (const row of rows) {
      for (const value of [row.premium, row.standard, row.exponent]) {
        expect(Number.isInteger(value), row.currency).toBe(true);
      }
    }
  });

  test('sells the standard video at 55 to 63 % of the premium one everywhere', () => {
    for (const row of rows) {
      const share = row.standard / row.premium;
      expect(share, row.currency).toBeGreaterThanOrEqual(0.55);
      expect(share, row.currency).toBeLessThanOrEqual(0.63);
    }
  });

  test("keeps the owner's prices", () => {
    const owner = { USD: [499, 299], EUR: [499, 299], GBP: [449, 269], XTR: [250, 150] };
    for (const [currency, amounts] of Object.entries(owner)) {
      expect([premium, standard].map((v) => quoteVariant(v, currency).amountMinor)).toEqual(
        amounts,
      );
    }
  });

  test("is at or above Stripe's minimum charge in every currency that has one", () => {
    for (const row of table.currencies) {
      const minimum = STRIPE_MINIMUM[row.currency];
      if (minimum === undefined) continue;
      expect(row.standard, row.currency).toBeGreaterThanOrEqual(minimum * 10 ** row.exponent);
    }
  });

  test('lies between what Telegram takes, wherever it takes the currency at all', () => {
    const offered = [
      ...table.currencies.flatMap((row) =>
        [row.premium, row.standard].map((v) => [row.currency, v]),
      ),
      ...table.packs
        .filter((pack) => pack.channel === 'self-serve')
        .flatMap((pack) => Object.entries(pack.totals)),
    ] as [string, number][];
    for (const [currency, amountMinor] of offered) {
      const limits = TELEGRAM_LIMITS.get(currency);
      if (limits === undefined) continue;
      expect(amountMinor, currency).toBeGreaterThanOrEqual(limits.min);
      expect(amountMinor, currency).toBeLessThanOrEqual(limits.max);
    }
  });

  test('ends in 0 where there are three decimals', () => {
    const threeDecimals = table.currencies.filter((row) => row.exponent === 3);
    expect(threeDecimals.map((row) => row.currency)).toContain('KWD');
    for (const row of threeDecimals) expect([row.premium % 10, row.standard % 10]).toEqual([0, 0]);
  });

  test('has whole prices in HUF, JPY, TWD and ISK', () => {
    for (const row of table.currencies) {
      if (!['HUF', 'JPY', 'TWD', 'ISK'].includes(row.currency)) continue;
      const unit = 10 ** row.exponent;
      expect([row.premium % unit, row.standard % unit], row.currency).toEqual([0, 0]);
    }
  });

  test('prices the currency of every mapped country', () => {
    const priced = new Set(table.currencies.map((row) => row.currency));
    const missing = Object.entries(countries.priceCurrency).filter(([, c]) => !priced.has(c));
    expect(missing).toEqual([]);
    expect(priced.has(countries.default)).toBe(true);
  });

  test('sells every pack below the same credits bought as single premium videos', () => {
    for (const pack of table.packs) {
      for (const [currency, total] of Object.entries(pack.totals)) {
        const single = rows.find((row) => row.currency === currency)?.premium ?? 0;
        expect(total, `${pack.id} ${currency}`).toBeLessThan((pack.credits / 5) * single);
      }
    }
  });

  test('asks as many credits as the variants say', () => {
    for (const variant of VARIANTS) expect(table.credits[variant.id]).toBe(variant.credits);
  });

  test('is the copy of the shared table where that is present', () => {
    const shared = join(import.meta.dirname, '../../../shared/pricing');
    for (const name of ['price-table.json', 'country-currency.json']) {
      const original = join(shared, name);
      if (!existsSync(original)) {
        console.info(`${name}: the shared table is not here, nothing was compared`);
        continue;
      }
      expect(read(name)).toEqual(JSON.parse(readFileSync(original, 'utf8')));
    }
  });

  test('refuses to load when a variant has no price', () => {
    const third = { ...premium, id: 'gold' };
    expect(() => loadPriceTable([...VARIANTS, third])).toThrow(/no price of gold/);
  });
});

describe('a quote', () => {
  test('carries the exponent of our table, the credits and the version', () => {
    expect(quoteVariant(premium, 'JPY')).toEqual({
      currency: 'JPY',
      exponent: 0,
      amountMinor: 780,
      credits: 5,
      tableVersion: PRICE_TABLE.version,
    });
    expect(() => quoteVariant(premium, 'XXX')).toThrow(/no price/);
  });

  test.each([
    [{ amountMinor: 499, currency: 'USD', exponent: 2 }, 'en', '$4.99'],
    [{ amountMinor: 780, currency: 'JPY', exponent: 0 }, 'en', '¥780'],
    [{ amountMinor: 1550, currency: 'KWD', exponent: 3 }, 'en', 'KWD\u00a01.550'],
    [{ amountMinor: 1290000, currency: 'COP', exponent: 2 }, 'en', 'COP\u00a012,900.00'],
    [{ amountMinor: 499, currency: 'EUR', exponent: 2 }, 'es', '4,99\u00a0€'],
    [{ amountMinor: 250, currency: 'XTR', exponent: 0 }, 'en', '250 ⭐'],
  ])('%o is shown in %s as %s', (money, locale, shown) => {
    expect(formatAmount(money, locale)).toBe(shown);
  });
});

describe('the currency of a person', () => {
  test.each([
    ['BRL', 'en', 'BRL'],
    [null, 'pt-BR', 'BRL'],
    [null, 'ja', 'JPY'],
    [null, 'de-AT', 'EUR'],
    [null, 'en', 'USD'],
    [null, 'es', 'USD'],
    [null, 'es-419', 'USD'],
    [null, null, 'USD'],
    ['XXX', 'ja', 'JPY'],
  ])('chosen %s, client %s: %s', (currency, hint, expected) => {
    expect(currencyFor({ currency }, hint)).toBe(expected);
  });
});
