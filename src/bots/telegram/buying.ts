// /buy and /balance: packs of credits, and where every credit came from and went.

import type { InlineKeyboardButton } from 'grammy/types';
import type { LedgerEntry } from '../../core/model.js';
import { openPackCheckout } from '../../core/money/checkout.js';
import { offerPack } from '../../core/money/offers.js';
import { formatAmount, PRICE_TABLE } from '../../core/money/pricing.js';
import { buttonData } from './buttons.js';
import { showInPlace } from './in-place.js';
import { addressOf, type HugContext, type Setting } from './setting.js';

const PAGE_SIZE = 10;

/** The packs with their prices, one button each. */
export async function buy(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { person } = ctx;
  const { locale } = person;
  const offers = await Promise.all(
    PRICE_TABLE.packs.map(async (pack) => ({
      pack,
      offer: await offerPack(core, person, 'telegram', pack.id),
    })),
  );
  const balanceLine = texts.t(locale, 'balance', { credits: await core.store.balance(person.id) });
  const lines = [texts.t(locale, 'buy-title'), balanceLine];
  const [first] = offers;
  if (first?.offer.insteadOf != null) {
    const { insteadOf, quote } = first.offer;
    lines.push(texts.t(locale, 'currency-instead', { wanted: insteadOf, used: quote.currency }));
  }
  const inline_keyboard = offers.map(({ pack, offer }) => [
    {
      text: texts.t(locale, 'button-pack', {
        credits: pack.credits,
        price: formatAmount(offer.quote, locale),
      }),
      callback_data: buttonData({ kind: 'pack', packId: pack.id }),
    },
  ]);
  await ctx.reply(lines.join('\n\n'), { reply_markup: { inline_keyboard } });
}

/** A pack was chosen: its invoice follows. @throws AppError as `openPackCheckout` */
export async function choosePack(
  { core }: Setting,
  ctx: HugContext,
  packId: string,
): Promise<void> {
  if (ctx.from === undefined) return;
  await openPackCheckout(core, ctx.person, addressOf(ctx.from.id), packId);
}

function entryLine({ texts }: Setting, locale: string, entry: LedgerEntry): string {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const line = texts.t(locale, 'balance-entry', {
    date: date.format(entry.createdAt),
    delta: entry.delta > 0 ? `+${entry.delta}` : `−${-entry.delta}`,
    what: texts.t(locale, `entry-${entry.kind}`),
  });
  return entry.reason === null ? line : `${line} (${entry.reason})`;
}

/** Credits and every entry with its reason, newest first, page by page. */
export async function balance(setting: Setting, ctx: HugContext, offset: number): Promise<void> {
  const { core, texts } = setting;
  const { id, locale } = ctx.person;
  const credits = await core.store.balance(id);
  const entries = await core.store.listEntries(id, PAGE_SIZE + 1, offset);
  const text = [
    texts.t(locale, 'balance', { credits }),
    '',
    ...(entries.length === 0
      ? [texts.t(locale, 'balance-none')]
      : entries.slice(0, PAGE_SIZE).map((entry) => entryLine(setting, locale, entry))),
  ].join('\n');
  const turn: InlineKeyboardButton[] = [];
  if (offset > 0) {
    const back = Math.max(0, offset - PAGE_SIZE);
    turn.push({ text: '‹', callback_data: buttonData({ kind: 'balance', offset: back }) });
  }
  if (entries.length > PAGE_SIZE) {
    const next = offset + PAGE_SIZE;
    turn.push({ text: '›', callback_data: buttonData({ kind: 'balance', offset: next }) });
  }
  const reply_markup = { inline_keyboard: [turn] };
  if (ctx.callbackQuery === undefined) await ctx.reply(text, { reply_markup });
  else await showInPlace(ctx, text, reply_markup);
}
