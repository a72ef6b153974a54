// Commands of the private chat. They work in the middle of a dialogue, which goes on afterwards.

import { InputFile } from 'grammy';
import { offerVariant, personCurrency } from '../../core/money/offers.js';
import { formatAmount, quoteVariant } from '../../core/money/pricing.js';
import { cancelOrder, openDraft, showDraftAgain } from '../../core/orders/orders.js';
import { isCancellable, RUNNING_STATUSES } from '../../core/orders/status.js';
import { VARIANTS } from '../../core/variants.js';
import { buttonData } from './buttons.js';
import { formatQuote, variantName } from './render.js';
import { addressOf, type HugContext, type Setting } from './setting.js';

const HOUR_MS = 60 * 60_000;

/** /hug and the start button: shows the draft there is, or asks for photos. */
export async function beginHug(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  if (ctx.from === undefined) return;
  const draft = await openDraft(core, ctx.person, addressOf(ctx.from.id));
  if (draft.photos.length > 0) await showDraftAgain(core, draft);
  else await ctx.reply(texts.t(ctx.person.locale, 'ask-photos'));
}

/** The operator's example, uploaded once and then sent by Telegram's own handle. The greeting does not depend on it. */
async function sendExample({ core, memory }: Setting, ctx: HugContext): Promise<void> {
  const path = core.config.exampleVideo;
  if (path === null) return;
  try {
    const sent = await ctx.replyWithVideo(memory.exampleFileId ?? new InputFile(path));
    // A soundless clip becomes an animation, whose handle `sendVideo` does not take.
    memory.exampleFileId = (sent as { video?: { file_id: string } }).video?.file_id ?? null;
  } catch (error) {
    core.log.warn({ err: error }, 'the example video could not be sent');
  }
}

export async function start(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { person } = ctx;
  const { locale } = person;
  await sendExample(setting, ctx);
  const free = await core.store.freeState(person.id, core.config.free, core.now());
  const lines = [texts.t(locale, 'start')];
  if (free === 'available') lines.push(texts.t(locale, 'start-free'));
  const text = texts.t(locale, 'button-start');
  const reply_markup = {
    inline_keyboard: [[{ text, callback_data: buttonData({ kind: 'start' }) }]],
  };
  await ctx.reply(lines.join('\n\n'), { reply_markup });
}

/** Who runs this and where to ask, where the operator said so. */
function operatorLines({ core, texts }: Setting, locale: string): string[] {
  const { name, supportContact } = core.config.operator;
  return [
    ...(name === null ? [] : [texts.t(locale, 'operator-line', { name })]),
    ...(supportContact === null
      ? []
      : [texts.t(locale, 'support-line', { contact: supportContact })]),
  ];
}

async function replyWithLines(ctx: HugContext, lines: string[]): Promise<void> {
  await ctx.reply(lines.join('\n\n'), { link_preview_options: { is_disabled: true } });
}

export async function help(setting: Setting, ctx: HugContext): Promise<void> {
  const { locale } = ctx.person;
  await replyWithLines(ctx, [setting.texts.t(locale, 'help'), ...operatorLines(setting, locale)]);
}

export async function terms(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const url = core.config.operator.termsUrl;
  await replyWithLines(ctx, [
    texts.t(locale, 'terms'),
    ...(url === null ? [] : [texts.t(locale, 'terms-link', { url })]),
    ...operatorLines(setting, locale),
  ]);
}

export async function privacy(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const { photoKeepMs, videoKeepMs, operator } = core.config;
  const kept = { hours: photoKeepMs / HOUR_MS, days: videoKeepMs / (24 * HOUR_MS) };
  await replyWithLines(ctx, [
    texts.t(locale, 'privacy', kept),
    ...(operator.privacyUrl === null
      ? []
      : [texts.t(locale, 'privacy-link', { url: operator.privacyUrl })]),
    ...operatorLines(setting, locale),
  ]);
}

export async function price(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { person } = ctx;
  const { locale } = person;
  const currency = await personCurrency(core, person, 'telegram');
  let instead: string[] = [];
  const lines: string[] = [];
  for (const variant of VARIANTS) {
    const { quote, provider, insteadOf } = await offerVariant(core, person, 'telegram', variant.id);
    const local = formatAmount(quoteVariant(variant, currency), locale);
    const about = texts.t(locale, 'price-local', { price: local });
    const charged = formatQuote(quote, locale);
    lines.push(
      texts.t(locale, 'price-line', {
        name: variantName(texts, locale, variant.id),
        hint: texts.t(locale, 'variant-hint', { variant: variant.id }),
        price: provider?.charges === 'stars' ? `${charged} (${about})` : charged,
        credits: quote.credits,
      }),
    );
    if (insteadOf !== null) {
      instead = [texts.t(locale, 'currency-instead', { wanted: insteadOf, used: quote.currency })];
    }
  }
  const [free, balance] = await Promise.all([
    core.store.freeState(person.id, core.config.free, core.now()),
    core.store.balance(person.id),
  ]);
  const tail = [
    ...(free === 'available' ? [texts.t(locale, 'price-free-left')] : []),
    ...(balance > 0 ? [texts.t(locale, 'price-balance', { credits: balance })] : []),
    ...instead,
    texts.t(locale, 'price-more'),
  ];
  await ctx.reply([texts.t(locale, 'price-title'), ...lines, '', ...tail].join('\n'));
}

export async function language({ texts }: Setting, ctx: HugContext): Promise<void> {
  const buttons = texts.locales.map((locale) => [
    {
      text: texts.t(locale, 'language-name'),
      callback_data: buttonData({ kind: 'language', locale }),
    },
  ]);
  await ctx.reply(texts.t(ctx.person.locale, 'language-choose'), {
    reply_markup: { inline_keyboard: buttons },
  });
}

/** /cancel: the draft if there is one, else the order that is under way, if it can still be stopped. */
export async function cancel(setting: Setting, ctx: HugContext): Promise<void> {
  const { core, texts } = setting;
  const { id, locale } = ctx.person;
  if (ctx.from === undefined) return;
  await ctx.conversation.exitAll();
  const draft = await core.store.findDraft(id, addressOf(ctx.from.id));
  const order = draft ?? (await core.store.findRunning(id));
  if (order === null) {
    await ctx.reply(texts.t(locale, 'nothing-to-cancel'));
    return;
  }
  // The card may have been scrolled away: it says so where it stands, and this says so below the command.
  const isCancelled = isCancellable(order.status) && (await cancelOrder(core, order));
  const isRunning = RUNNING_STATUSES.includes(order.status);
  await ctx.reply(
    texts.t(locale, isCancelled ? 'card-cancelled' : isRunning ? 'too-late-to-cancel' : 'over'),
  );
}
