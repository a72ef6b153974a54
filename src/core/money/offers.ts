// What is sold to whom, where and in which currency: the way to pay a platform has, and the price that is shown and
// then frozen.

import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import type { Person, Platform, Quote } from '../model.js';
import type { PaymentProvider } from '../ports/payment-provider.js';
import { findVariant } from '../variants.js';
import {
  currencyFor,
  fallbackCurrency,
  PRICE_TABLE,
  quotePack,
  quoteVariant,
  STARS,
} from './pricing.js';

/** A price and how it can be paid. */
export interface SalesOffer {
  quote: Quote;
  /** Null on a platform where nothing can be paid yet: the price is shown, no more. */
  provider: PaymentProvider | null;
  /** The person's own currency, when it could not be charged. */
  insteadOf: string | null;
}

/** The provider that a platform offers, the first of those configured. */
export function providerFor(ctx: Context, platform: Platform): PaymentProvider | null {
  const providers = [...ctx.paymentProviders.values()];
  return providers.find((provider) => provider.platforms.includes(platform)) ?? null;
}

/** The currency of a person: their choice, else what their client's language says of their country. */
export async function personCurrency(
  ctx: Context,
  person: Person,
  platform: Platform,
): Promise<string> {
  const identity = await ctx.store.findIdentityOf(person.id, platform);
  return currencyFor(person, identity?.languageHint ?? null);
}

/** The first of the currencies that has a price which the provider takes. */
async function findOffer(
  ctx: Context,
  person: Person,
  platform: Platform,
  quoteIn: (currency: string) => Quote | null,
): Promise<SalesOffer> {
  const provider = providerFor(ctx, platform);
  if (provider?.charges === 'stars') {
    const quote = quoteIn(STARS);
    if (quote === null) throw new AppError('not_found', 'product');
    return { quote, provider, insteadOf: null };
  }
  const wanted = await personCurrency(ctx, person, platform);
  for (const currency of [wanted, fallbackCurrency(wanted), PRICE_TABLE.defaultCurrency]) {
    const quote = quoteIn(currency);
    if (quote === null || provider?.acceptsAmount(quote) === false) continue;
    return { quote, provider, insteadOf: currency === wanted ? null : wanted };
  }
  throw new AppError('not_found', 'product');
}

/** The price of a variant for this person on this platform. @throws AppError `not_found` */
export function offerVariant(
  ctx: Context,
  person: Person,
  platform: Platform,
  variantId: string,
): Promise<SalesOffer> {
  const variant = findVariant(variantId);
  if (variant === undefined) throw new AppError('not_found', 'variant');
  return findOffer(ctx, person, platform, (currency) => quoteVariant(variant, currency));
}

/** The price of a pack for this person on this platform. @throws AppError `not_found` */
export function offerPack(
  ctx: Context,
  person: Person,
  platform: Platform,
  packId: string,
): Promise<SalesOffer> {
  return findOffer(ctx, person, platform, (currency) => quotePack(packId, currency));
}
