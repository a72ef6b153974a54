// Pressed buttons: each is checked for its owner and for where the order stands, and answered whatever happens.

import { AppError } from '../../core/errors.js';
import { giveConsent } from '../../core/consent.js';
import type { Order } from '../../core/model.js';
import {
  cancelOrder,
  chooseVariant,
  orderAgain,
  readOwnOrder,
  replacePhoto,
  swapPhotos,
} from '../../core/orders/orders.js';
import { RUNNING_STATUSES } from '../../core/orders/status.js';
import { chooseLocale } from '../../core/people.js';
import { VARIANTS } from '../../core/variants.js';
import { type ButtonAction, readButton } from './buttons.js';
import { isQueryOver } from './errors.js';
import { showInPlace } from './in-place.js';
import { registerChatCommands } from './menu.js';
import { balance, choosePack } from './buying.js';
import { setCurrency, showCurrencyPage } from './currency.js';
import { formatTime } from './render.js';
import { beginHug } from './commands.js';
import { care, isCareAction } from './erasing.js';
import type { HugContext, Setting } from './setting.js';
import { report } from './support.js';
import { sendVideoAgain, showVideoPage } from './video-list.js';

/** What the person reads in answer to a press; an alert stays until it is closed. */
interface Answer {
  text?: string;
  isAlert?: boolean;
}

/** Handles a callback query. */
export async function handleButton(setting: Setting, ctx: HugContext): Promise<void> {
  const { texts } = setting;
  const { locale } = ctx.person;
  const action = readButton(ctx.callbackQuery?.data ?? '');
  let answer: Answer;
  try {
    answer =
      action === null
        ? { text: texts.t(locale, 'unknown-button'), isAlert: true }
        : await act(setting, ctx, action);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    answer = { text: refusalText(setting, locale, error), isAlert: true };
  }
  await answerPress(ctx, answer);
}

/** Answers a press. One that is so old that nobody waits for the answer counts as answered: what it asked for is done. */
export async function answerPress(ctx: HugContext, answer: Answer): Promise<void> {
  try {
    await ctx.answerCallbackQuery({
      ...(answer.text !== undefined && { text: answer.text.slice(0, 200) }),
      ...(answer.isAlert === true && { show_alert: true }),
    });
  } catch (error) {
    if (!isQueryOver(error)) throw error;
  }
}

function refusalText({ texts }: Setting, locale: string, error: AppError): string {
  switch (error.code) {
    case 'not_owner':
      return texts.t(locale, 'not-yours');
    case 'order_open':
      return texts.t(locale, 'busy');
    case 'consent_missing':
      return texts.t(locale, 'consent-first');
    case 'photos_missing':
      return texts.t(locale, 'photos-first');
    case 'photos_erased':
      return texts.t(locale, 'photos-erased');
    case 'sales_paused':
      return texts.t(locale, 'sales-paused');
    case 'rate_limited':
      return texts.t(locale, 'rate-limited');
    case 'person_paused':
      return texts.t(locale, 'person-paused', { until: formatTime(Number(error.reason), locale) });
    case 'not_found':
      return texts.t(locale, error.reason === 'video' ? 'videos-gone' : 'over');
    default:
      return texts.t(locale, 'over');
  }
}

async function act(setting: Setting, ctx: HugContext, action: ButtonAction): Promise<Answer> {
  const { core, texts } = setting;
  const { person } = ctx;
  switch (action.kind) {
    case 'start':
      await beginHug(setting, ctx);
      return {};
    case 'language':
      return setLanguage(setting, ctx, action.locale);
    case 'page':
      await showVideoPage(setting, ctx, action.offset);
      return {};
    case 'balance':
      await balance(setting, ctx, action.offset);
      return {};
    case 'currencies':
      await showCurrencyPage(setting, ctx, action.offset);
      return {};
    case 'currency':
      return { text: await setCurrency(setting, ctx, action.currency), isAlert: true };
    case 'pack':
      await choosePack(setting, ctx, action.packId);
      return {};
    default:
      break;
  }
  if (isCareAction(action)) return care(setting, ctx, action);
  const order = await readOwnOrder(core, person.id, action.orderId);
  await adoptCard(setting, ctx, order);
  switch (action.kind) {
    case 'agree':
      await giveConsent(core, person.id);
      return {};
    case 'swap':
      await swapPhotos(core, order);
      return {};
    case 'replace':
      await replacePhoto(core, order, action.position);
      return { text: texts.t(person.locale, 'replacing-hint', { position: action.position }) };
    case 'keep':
      await replacePhoto(core, order, null);
      return {};
    case 'choose':
      return choose(setting, ctx, order, action.variant);
    case 'cancel':
      return cancel(setting, ctx, order);
    case 'again':
    case 'retry':
      await orderAgain(core, person, order, order.variant);
      return {};
    case 'other':
      await orderAgain(core, person, order, otherVariant(order));
      return {};
    case 'report':
      return report(setting, ctx, order);
    case 'video':
      await setting.taps.actOnce(`video:${order.id}`, ctx.update.update_id, () =>
        sendVideoAgain(setting, person, order),
      );
      return {};
  }
}

function otherVariant(order: Order): string | null {
  return VARIANTS.find((variant) => variant.id !== order.variant)?.id ?? null;
}

/** A kill between sending a card and recording it leaves a card that nobody knows: the pressed one is it. */
async function adoptCard({ core }: Setting, ctx: HugContext, order: Order): Promise<void> {
  const pressed = ctx.callbackQuery?.message?.message_id;
  if (order.cardMessageId === null && pressed !== undefined) {
    await core.store.adoptCard(order.id, String(pressed));
  }
}

async function choose(
  setting: Setting,
  ctx: HugContext,
  order: Order,
  variant: string,
): Promise<Answer> {
  const { core, texts } = setting;
  const { person } = ctx;
  // The second of two taps.
  if (RUNNING_STATUSES.includes(order.status)) {
    return { text: texts.t(person.locale, 'order-running') };
  }
  const chosen = await chooseVariant(core, person, order, variant);
  if (chosen.outcome === 'queued') {
    await ctx.conversation.exitAll();
    return {};
  }
  const { locale } = person;
  if (!chosen.isNew) return { text: texts.t(locale, 'invoice-there'), isAlert: true };
  const { insteadOf, quote } = chosen.offer;
  // A toast, because the invoice that follows says the rest; the fallback must be read before paying.
  const why = texts.t(locale, 'payment-due', { why: chosen.why });
  if (insteadOf === null) return { text: why };
  const instead = texts.t(locale, 'currency-instead', { wanted: insteadOf, used: quote.currency });
  await ctx.reply(instead);
  return { text: why };
}

async function cancel(setting: Setting, ctx: HugContext, order: Order): Promise<Answer> {
  const { core, texts } = setting;
  const { locale } = ctx.person;
  if (await cancelOrder(core, order)) {
    await ctx.conversation.exitAll();
    return {};
  }
  const isMaking = ['submitting', 'generating', 'generated'].includes(order.status);
  return { text: texts.t(locale, isMaking ? 'too-late-to-cancel' : 'over'), isAlert: true };
}

async function setLanguage(setting: Setting, ctx: HugContext, locale: string): Promise<Answer> {
  const { core, texts, api } = setting;
  if (!texts.locales.includes(locale))
    return { text: texts.t(ctx.person.locale, 'unknown-button') };
  await chooseLocale(core, ctx.person.id, locale);
  await showInPlace(ctx, texts.t(locale, 'language-set'));
  await registerChatCommands(api, texts, locale, ctx.from?.id ?? 0);
  return { text: texts.t(locale, 'done') };
}
