// Fixed prices by currency. Pure once the tables are loaded; never an exchange rate, never `Intl`'s idea of decimals.

import { readFileSync } from 'node:fs';
import type { Quote } from '../model.js';
import { type Variant, VARIANTS } from '../variants.js';

/** Amounts of one currency, in its minor unit. */
export interface CurrencyPrices {
  currency: string;
  /** Decimal digits of the minor unit (ISO 4217; 0 for `XTR`). */
  exponent: number;
  /** Variant id → amount. */
  amountMinor: ReadonlyMap<string, number>;
}

/** A number of credits at a discount, in the few currencies that have a fixed price for it. */
export interface Pack {
  id: string;
  credits: number;
  /** Currency → final price in its minor unit. */
  amountMinor: ReadonlyMap<string, number>;
}

export interface PriceTable {
  version: string;
  /** Packs that a person can buy without asking. */
  packs: readonly Pack[];
  byCurrency: ReadonlyMap<string, CurrencyPrices>;
  /** Currency → what the first variant costs in USD, for comparison only. */
  usdEquivalent: ReadonlyMap<string, number>;
  /** Country (ISO 3166-1 alpha-2) → currency; countries that are absent pay in `defaultCurrency`. */
  currencyOfCountry: ReadonlyMap<string, string>;
  defaultCurrency: string;
}

/** Telegram Stars as a currency code, as the Bot API spells it. */
export const STARS = 'XTR';

interface PackRow {
  id: string;
  credits: number;
  channel: 'self-serve' | 'invoice';
  totals: Record<string, number>;
}

interface PriceRow {
  currency: string;
  exponent: number;
  usdEquivalent?: { premium: number };
  [variant: string]: unknown;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

function toCurrencyPrices(row: PriceRow, variants: readonly Variant[]): CurrencyPrices {
  const amountMinor = new Map<string, number>();
  for (const { id } of variants) {
    const amount = row[id];
    if (typeof amount !== 'number' || !Number.isInteger(amount) || amount <= 0) {
      throw new Error(`price-table.json has no price of ${id} in ${row.currency}`);
    }
    amountMinor.set(id, amount);
  }
  return { currency: row.currency, exponent: row.exponent, amountMinor };
}

/**
 * Loads both tables.
 * @throws Error when a listed currency has no price for a variant
 */
export function loadPriceTable(variants: readonly Variant[] = VARIANTS): PriceTable {
  const prices = readJson('price-table.json') as {
    version: string;
    stars: PriceRow;
    currencies: PriceRow[];
    packs: PackRow[];
  };
  const countries = readJson('country-currency.json') as {
    default: string;
    priceCurrency: Record<string, string>;
  };
  const rows = [prices.stars, ...prices.currencies];
  return {
    version: prices.version,
    packs: prices.packs
      .filter((pack) => pack.channel === 'self-serve')
      .map(({ id, credits, totals }) => ({
        id,
        credits,
        amountMinor: new Map(Object.entries(totals)),
      })),
    byCurrency: new Map(rows.map((row) => [row.currency, toCurrencyPrices(row, variants)])),
    usdEquivalent: new Map(
      prices.currencies.map((row) => [row.currency, row.usdEquivalent?.premium ?? 0]),
    ),
    currencyOfCountry: new Map(Object.entries(countries.priceCurrency)),
    defaultCurrency: countries.default,
  };
}

/** The table that this version of the program sells by. */
export const PRICE_TABLE: PriceTable = loadPriceTable();

/**
 * The price of a variant in a currency, ready to be frozen on an order.
 * @throws Error for a currency that is not in the table: callers choose from it
 */
export function quoteVariant(
  variant: Variant,
  currency: string,
  table: PriceTable = PRICE_TABLE,
): Quote {
  const prices = table.byCurrency.get(currency);
  const amountMinor = prices?.amountMinor.get(variant.id);
  if (prices === undefined || amountMinor === undefined) {
    throw new Error(`no price of ${variant.id} in ${currency}`);
  }
  return {
    currency,
    exponent: prices.exponent,
    amountMinor,
    credits: variant.credits,
    tableVersion: table.version,
  };
}

/** The price of a pack, or null where it has none in this currency. */
export function quotePack(
  packId: string,
  currency: string,
  table: PriceTable = PRICE_TABLE,
): Quote | null {
  const pack = table.packs.find((candidate) => candidate.id === packId);
  const amountMinor = pack?.amountMinor.get(currency);
  const exponent = table.byCurrency.get(currency)?.exponent;
  if (pack === undefined || amountMinor === undefined || exponent === undefined) return null;
  return { currency, exponent, amountMinor, credits: pack.credits, tableVersion: table.version };
}

/** Currencies whose people rather pay in euro than in dollar when their own cannot be charged. */
const NEAR_THE_EURO = ['CHF', 'CZK', 'DKK', 'GBP', 'HUF', 'ISK', 'NOK', 'PLN', 'RON', 'RSD', 'SEK'];

/** What is charged instead of a currency that cannot be. */
export function fallbackCurrency(currency: string): 'EUR' | 'USD' {
  return NEAR_THE_EURO.includes(currency) ? 'EUR' : 'USD';
}

/** Is the first currency's price lower than the second's, by the table's own comparison? */
export function isCheaper(
  currency: string,
  than: string,
  table: PriceTable = PRICE_TABLE,
): boolean {
  const usd = (code: string) => table.usdEquivalent.get(code) ?? 0;
  return usd(currency) < usd(than);
}

/**
 * Regions that a language tag names explicitly or that its language is nearly only spoken in. English, Spanish,
 * Arabic and the like say nothing about a country, so they are not here.
 */
const COUNTRY_OF_LANGUAGE: Readonly<Record<string, string>> = {
  cs: 'CZ',
  hu: 'HU',
  id: 'ID',
  ja: 'JP',
  ko: 'KR',
  pl: 'PL',
  ro: 'RO',
  th: 'TH',
  tr: 'TR',
  uk: 'UA',
  vi: 'VN',
};

/**
 * The currency to show a person: their choice, else the region of their client's language tag where that is a fair
 * hint, else the default.
 */
export function currencyFor(
  person: { currency: string | null },
  languageHint: string | null,
  table: PriceTable = PRICE_TABLE,
): string {
  if (person.currency !== null && table.byCurrency.has(person.currency)) return person.currency;
  const [language = '', region = ''] = (languageHint ?? '').split(/[-_]/);
  const country = /^[A-Za-z]{2}$/.test(region)
    ? region.toUpperCase()
    : COUNTRY_OF_LANGUAGE[language.toLowerCase()];
  const currency = country === undefined ? undefined : table.currencyOfCountry.get(country);
  return currency !== undefined && table.byCurrency.has(currency)
    ? currency
    : table.defaultCurrency;
}

/** An amount for people, for example "4.99 USD" as "$4.99"; Stars as "250 ⭐". Digits come from our table. */
export function formatAmount(
  money: { amountMinor: number; currency: string; exponent: number },
  locale: string,
): string {
  const amount = money.amountMinor / 10 ** money.exponent;
  if (money.currency === STARS) return `${new Intl.NumberFormat(locale).format(amount)} ⭐`;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: money.exponent,
    maximumFractionDigits: money.exponent,
  }).format(amount);
}
