// What Telegram shows: the text and the buttons of cards, videos and notices, made from core's data and the catalogue.

import type { InlineKeyboardButton } from 'grammy/types';
import type { Quote } from '../../core/model.js';
import { formatAmount } from '../../core/money/pricing.js';
import type {
  CardContent,
  CardRequest,
  MoneyBack,
  NoticeContent,
  Offer,
  VideoRequest,
} from '../../core/ports/messenger.js';
import type { Texts } from '../../texts/texts.js';
import { type ButtonAction, buttonData } from './buttons.js';
import { supportNoticeText } from './support-notices.js';
import { summaryText } from './stats-text.js';

export type Keyboard = InlineKeyboardButton[][];

const BAR_CELLS = 12;
const MINUTE_MS = 60_000;

function button(text: string, action: ButtonAction): InlineKeyboardButton {
  return { text, callback_data: buttonData(action) };
}

/** A bar of text, for example ▓▓▓▓▓▓░░░░░░. */
export function progressBar(percent: number): string {
  const full = Math.round((Math.min(Math.max(percent, 0), 100) / 100) * BAR_CELLS);
  return '▓'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}

/** "35 s", "3 min": rounded up, so that it rather comes early than late. */
export function formatDuration(texts: Texts, locale: string, spanMs: number): string {
  if (spanMs < 1.5 * MINUTE_MS) {
    const seconds = Math.max(5, Math.ceil(spanMs / 5_000) * 5);
    return texts.t(locale, 'duration-seconds', { seconds });
  }
  return texts.t(locale, 'duration-minutes', { minutes: Math.ceil(spanMs / MINUTE_MS) });
}

export function variantName(texts: Texts, locale: string, variant: string): string {
  return texts.t(locale, 'variant-name', { variant });
}

/** A point in time for people, in UTC because nobody tells us where they are. */
export function formatTime(at: number, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(at)} UTC`;
}

export function formatQuote(quote: Quote, locale: string): string {
  return formatAmount(quote, locale);
}

function offerPrice(texts: Texts, locale: string, offer: Offer): string {
  if (offer.pay === 'free') return texts.t(locale, 'price-free');
  if (offer.pay === 'credits') {
    return texts.t(locale, 'price-credits', { credits: offer.quote.credits });
  }
  return formatQuote(offer.quote, locale);
}

function moneyText(texts: Texts, locale: string, money: MoneyBack): string {
  if (!('paid' in money)) return texts.t(locale, `money-${money.way}`);
  const price = formatAmount(money.paid, locale);
  return money.way === 'payment_as_credits'
    ? texts.t(locale, 'money-payment_as_credits', { price, credits: money.credits })
    : texts.t(locale, `money-${money.way}`, { price });
}

/** @param photoKeepHours told in the consent */
export function cardText(
  texts: Texts,
  locale: string,
  content: CardContent,
  photoKeepHours: number,
): string {
  const t = texts.t.bind(texts);
  switch (content.stage) {
    case 'one_photo':
      return t(locale, content.missing === 2 ? 'card-one-photo-2' : 'card-one-photo-1');
    case 'consent':
      return t(locale, 'card-consent', { hours: photoKeepHours });
    case 'choose': {
      if (content.replacing !== null) {
        return t(locale, 'card-choose-replacing', { position: content.replacing });
      }
      const { balance, awaiting } = content;
      const lines = [t(locale, 'card-choose')];
      if (balance > 0) lines.push(t(locale, 'card-balance', { credits: balance }));
      if (awaiting !== null) {
        const name = variantName(texts, locale, awaiting.variant);
        const price = formatQuote(awaiting.quote, locale);
        lines.push(t(locale, 'card-awaiting', { name, price }));
      }
      return lines.join('\n');
    }
    case 'queued': {
      const place =
        content.position === 1
          ? t(locale, 'card-queued-next')
          : t(locale, 'card-queued', { position: content.position });
      if (content.waitMs === null) return place;
      const time = formatDuration(texts, locale, content.waitMs);
      return `${place}\n${t(locale, 'card-queued-wait', { time })}`;
    }
    case 'making': {
      const { percent, leftMs } = content;
      const making = t(locale, 'card-making', { bar: progressBar(percent), percent });
      const left =
        leftMs === null
          ? t(locale, 'card-making-late')
          : t(locale, 'card-making-left', { time: formatDuration(texts, locale, leftMs) });
      return `${making}\n${left}`;
    }
    case 'uploading':
      return t(locale, 'card-uploading', { bar: progressBar(95) });
    case 'failed':
      return [
        t(locale, 'failed'),
        t(locale, `failed-${content.failureCode}`),
        moneyText(texts, locale, content.money),
      ].join('\n');
    case 'cancelled':
      return `${t(locale, 'card-cancelled')} ${moneyText(texts, locale, content.money)}`;
    case 'expired':
      return t(locale, 'card-expired');
  }
}

function chooseKeyboard(
  texts: Texts,
  locale: string,
  orderId: string,
  content: Extract<CardContent, { stage: 'choose' }>,
): Keyboard {
  const cancel = button(texts.t(locale, 'button-cancel'), { kind: 'cancel', orderId });
  if (content.replacing !== null) {
    return [[button(texts.t(locale, 'button-keep'), { kind: 'keep', orderId })], [cancel]];
  }
  const offers = content.offers.map((offer) => [
    button(
      texts.t(locale, 'button-offer', {
        name: variantName(texts, locale, offer.variant),
        price: offerPrice(texts, locale, offer),
      }),
      { kind: 'choose', orderId, variant: offer.variant },
    ),
  ]);
  return [...offers, arrangeRow(texts, locale, orderId), [cancel]];
}

function arrangeRow(texts: Texts, locale: string, orderId: string): InlineKeyboardButton[] {
  const replace = (position: 1 | 2) =>
    button(texts.t(locale, 'button-replace', { position }), { kind: 'replace', orderId, position });
  return [
    button(texts.t(locale, 'button-swap'), { kind: 'swap', orderId }),
    replace(1),
    replace(2),
  ];
}

export function cardKeyboard(texts: Texts, request: CardRequest): Keyboard {
  const { locale, orderId, content } = request;
  const cancel = button(texts.t(locale, 'button-cancel'), { kind: 'cancel', orderId });
  switch (content.stage) {
    case 'one_photo':
      return [[cancel]];
    case 'consent':
      return [
        [button(texts.t(locale, 'button-agree'), { kind: 'agree', orderId })],
        arrangeRow(texts, locale, orderId),
        [cancel],
      ];
    case 'choose':
      return chooseKeyboard(texts, locale, orderId, content);
    case 'queued':
      return [[cancel]];
    case 'making':
    case 'uploading':
      return [[button(texts.t(locale, 'button-report'), { kind: 'report', orderId })]];
    case 'expired':
      return [];
    case 'failed':
    case 'cancelled':
      return [
        [
          content.canRetry
            ? button(texts.t(locale, 'button-retry'), { kind: 'retry', orderId })
            : button(texts.t(locale, 'button-new'), { kind: 'start' }),
        ],
      ];
  }
}

export function videoCaption(texts: Texts, request: VideoRequest): string {
  const name = variantName(texts, request.locale, request.variant);
  return texts.t(request.locale, request.isGift ? 'caption-gift' : 'caption', { name });
}

/** @param botUsername for the link that Share passes on */
export function videoKeyboard(texts: Texts, request: VideoRequest, botUsername: string): Keyboard {
  const { locale, orderId } = request;
  const link = `https://t.me/${botUsername}?start=share`;
  const share = new URL('https://t.me/share/url');
  share.searchParams.set('url', link);
  share.searchParams.set('text', texts.t(locale, 'share-text'));
  return [
    [
      button(texts.t(locale, 'button-again'), { kind: 'again', orderId }),
      button(texts.t(locale, 'button-other-quality'), { kind: 'other', orderId }),
    ],
    [{ text: texts.t(locale, 'button-share'), url: share.toString() }],
    [button(texts.t(locale, 'button-report'), { kind: 'report', orderId })],
  ];
}

export function noticeText(texts: Texts, locale: string, notice: NoticeContent): string {
  const t = texts.t.bind(texts);
  switch (notice.kind) {
    case 'video_ready':
      return t(locale, notice.isGift ? 'video-ready-gift' : 'video-ready');
    case 'photo_declined':
      return t(locale, declinedKey(notice.reason), { position: notice.position });
    case 'extra_photo':
      return t(locale, 'extra-photo');
    case 'credits_changed': {
      const { delta, balance, reason } = notice;
      const key = delta > 0 ? 'credits-granted' : 'credits-revoked';
      const line = t(locale, key, { credits: Math.abs(delta), balance });
      return reason === null ? line : `${line}\n${t(locale, 'credits-reason', { reason })}`;
    }
    case 'credits_bought':
    case 'payment_late': {
      const { credits, balance } = notice;
      const key = notice.kind === 'payment_late' ? 'payment-late' : 'credits-bought';
      return t(locale, key, { credits, balance });
    }
    case 'payment_surplus':
    case 'payment_mismatch': {
      const key = notice.kind === 'payment_surplus' ? 'payment-surplus' : 'payment-mismatch';
      const price = formatAmount(notice.paid, locale);
      return t(locale, key, { price, back: notice.isGoingBack ? 'yes' : 'no' });
    }
    case 'payment_returned':
      return t(locale, 'payment-returned', { price: formatAmount(notice.paid, locale) });
    case 'payment_kept': {
      const price = formatAmount(notice.paid, locale);
      return t(locale, 'payment-kept', { price, credits: notice.credits });
    }
    case 'invoice_failed':
      return t(locale, 'invoice-failed');
    case 'daily_summary':
      return summaryText(texts, locale, notice.statistics);
    case 'admin_alert':
      return t(locale, 'admin-alert', { alert: notice.alert, detail: notice.detail });
    default:
      return supportNoticeText(texts, locale, notice);
  }
}

function declinedKey(reason: string) {
  if (reason === 'moderated') return 'photo-declined-moderated' as const;
  return reason === 'photo'
    ? ('photo-declined-photo' as const)
    : ('photo-declined-reupload' as const);
}
