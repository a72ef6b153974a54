// /currency: which currency prices are shown and, with a payment provider, charged in.

import type { InlineKeyboardButton } from 'grammy/types';
import { offerVariant, personCurrency, providerFor } from '../../core/money/offers.js';
import { formatAmount, PRICE_TABLE, quoteVariant } from '../../core/money/pricing.js';
import { chooseCurrency } from '../../core/people.js';
import { VARIANTS } from '../../core/variants.js';
import { buttonData } from './buttons.js';
import { showInPlace } from './in-place.js';
import type { HugContext, Setting } from './setting.js';

const COLUMNS = 4;
const PAGE_SIZE = 20;

/** Every currency with a price; Stars are no choice. */
function currencies(): string[] {
  return [...PRICE_TABLE.usdEquivalent.keys()];
}

function keyboard(offset: number): InlineKeyboardButton[][] {
  const all = currencies();
  const shown = all.slice(offset, offset + PAGE_SIZE);
  const rows: InlineKeyboardButton[][] = [];
  for (let at = 0; at < shown.length; at += COLUMNS) {
    rows.push(
      shown.slice(at, at + COLUMNS).map((code) => ({
        text: code,
        callback_data: buttonData({ kind: 'currency', currency: code }),
      })),
    );
  }
  const turn: InlineKeyboardButton[] = [];
  const page = (to: number) => buttonData({ kind: 'currencies', offset: to });
  if (offset > 0) turn.push({ text: '‹', callback_data: page(Math.max(0, offset - PAGE_SIZE)) });
  if (offset + PAGE_SIZE < all.length) {
    turn.push({ text: '›', callback_data: page(offset + PAGE_SIZE) });
  }
  return [...rows, turn];
}

/** The text above the buttons: the present currency, what a video costs in it, and what it is used for. */
async function describe({ core, texts }: Setting, ctx: HugContext): Promise<string> {
  const { person } = ctx;
  const { locale } = person;
  const code = await personCurrency(core, person, 'telegram');
  const [variant] = VARIANTS;
  const price = variant === undefined ? '' : formatAmount(quoteVariant(variant, code), locale);
  const paysInStars = providerFor(core, 'telegram')?.charges === 'stars';
  return [
    texts.t(locale, 'currency-now', { currency: code, price }),
    texts.t(locale, paysInStars ? 'currency-stars' : 'currency-local'),
  ].join('\n\n');
}

/** Shows the list; `/currency EUR` chooses at once. */
export async function currency(setting: Setting, ctx: HugContext): Promise<void> {
  const [, word] = (ctx.message?.text ?? '').trim().split(/\s+/);
  if (word !== undefined && currencies().includes(word.toUpperCase())) {
    await ctx.reply(await setCurrency(setting, ctx, word.toUpperCase()));
    return;
  }
  await ctx.reply(await describe(setting, ctx), {
    reply_markup: { inline_keyboard: keyboard(0) },
  });
}

export async function showCurrencyPage(
  setting: Setting,
  ctx: HugContext,
  offset: number,
): Promise<void> {
  await showInPlace(ctx, await describe(setting, ctx), { inline_keyboard: keyboard(offset) });
}

/** Stores the choice. @returns what to tell the person @throws AppError `rate_limited` */
export async function setCurrency(
  { core, texts }: Setting,
  ctx: HugContext,
  code: string,
): Promise<string> {
  const { person } = ctx;
  const outcome = await chooseCurrency(core, person, 'telegram', code);
  const { locale } = person;
  if (outcome !== 'chosen') return texts.t(locale, 'currency-too-soon');
  const [variant] = VARIANTS;
  if (variant === undefined) return '';
  const price = formatAmount(quoteVariant(variant, code), locale);
  const set = texts.t(locale, 'currency-set', { currency: code, price });
  const offer = await offerVariant(core, { ...person, currency: code }, 'telegram', variant.id);
  if (offer.insteadOf === null) return set;
  const instead = { wanted: offer.insteadOf, used: offer.quote.currency };
  return `${set}\n\n${texts.t(locale, 'currency-instead', instead)}`;
}
