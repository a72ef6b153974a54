// People: who is writing, in which language, and how an admin names somebody.

import type { Context } from './context.js';
import type { Identity, Person, Platform } from './model.js';
import { personCurrency } from './money/offers.js';
import { isCheaper } from './money/pricing.js';
import type { SeenIdentity } from './ports/store.js';
import { VARIANTS } from './variants.js';

const SOURCE_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The person behind an account, made at first sight.
 *
 * @param seen.languageHint decides the language until the person chooses one
 * @param options.pickLocale the best catalogue for a language tag
 * @param options.source payload of a deep link; kept from the first contact only
 */
export async function meetPerson(
  ctx: Context,
  seen: SeenIdentity,
  options: { pickLocale: (languageHint: string | null) => string; source?: string | null },
): Promise<Person> {
  const source = options.source ?? null;
  const offers = VARIANTS.map((variant) => variant.id);
  return ctx.store.seePerson(
    { ...seen, username: seen.username?.toLowerCase() ?? null },
    {
      locale: options.pickLocale(seen.languageHint),
      offerFirst: offers[Math.floor(ctx.random() * offers.length)] ?? 'premium',
      source: source !== null && SOURCE_PATTERN.test(source) ? source : null,
    },
    ctx.now(),
  );
}

export async function chooseLocale(ctx: Context, personId: string, locale: string): Promise<void> {
  await ctx.store.setPerson(personId, { locale, isLocaleChosen: true });
}

/** A change to a cheaper currency is taken once in this time: prices follow where people live. */
const CHEAPER_ONCE_MS = 90 * 24 * 60 * 60_000;

/**
 * Stores the currency that a person chose. Quotes that are frozen stay as they are. The first choice corrects what was
 * guessed of them and is no change yet.
 * @returns `too_soon` for a second change to a cheaper one within 90 days
 */
export async function chooseCurrency(
  ctx: Context,
  person: Person,
  platform: Platform,
  currency: string,
): Promise<'chosen' | 'too_soon'> {
  const now = ctx.now();
  const present = await personCurrency(ctx, person, platform);
  const isRecent =
    person.currencyChosenAt !== null && now - person.currencyChosenAt < CHEAPER_ONCE_MS;
  if (isRecent && isCheaper(currency, present)) return 'too_soon';
  await ctx.store.setPerson(person.id, {
    currency,
    // Going back up costs nothing of the one change to a cheaper one.
    ...(person.currency !== null && isCheaper(currency, present) && { currencyChosenAt: now }),
  });
  return 'chosen';
}

export function isAdmin(ctx: Context, platform: Platform, platformUserId: string): boolean {
  return ctx.config.adminIds.some(
    (admin) => admin.platform === platform && admin.platformUserId === platformUserId,
  );
}

/**
 * Finds somebody as admins name them: `me`, an id of the same platform, `telegram:<id>`, `discord:<id>`, or an @name
 * that was seen.
 */
export async function findPerson(
  ctx: Context,
  who: string,
  asker: { platform: Platform; platformUserId: string },
): Promise<Identity | null> {
  if (who.toLowerCase() === 'me') {
    return ctx.store.findIdentity(asker.platform, { platformUserId: asker.platformUserId });
  }
  const elsewhere = /^(telegram|discord):(\d{1,20})$/i.exec(who);
  if (elsewhere?.[1] !== undefined && elsewhere[2] !== undefined) {
    return ctx.store.findIdentity(elsewhere[1].toLowerCase() as Platform, {
      platformUserId: elsewhere[2],
    });
  }
  if (/^\d{1,20}$/.test(who)) {
    return ctx.store.findIdentity(asker.platform, { platformUserId: who });
  }
  const name = /^@?(\w{2,64})$/.exec(who)?.[1];
  return name === undefined
    ? null
    : ctx.store.findIdentity(asker.platform, { username: name.toLowerCase() });
}
