// Invoices in a Telegram chat: their words, how they are shown and taken away. Shared by both ways of paying there.

import { type Api, GrammyError } from 'grammy';
import type { Checkout } from '../core/model.js';
import { findVariant } from '../core/variants.js';
import type { Texts } from '../texts/texts.js';

/** What a provider needs of the Telegram adapter. */
export interface TelegramOutbound {
  api: Api;
  /** Runs a call with Telegram's errors translated to core's. */
  calling: <T>(operation: string, call: () => Promise<T>) => Promise<T>;
}

/** Bot API limits of an invoice. */
const MAX_TITLE = 32;
const MAX_DESCRIPTION = 255;

/** @param canRefund what the description promises for a video that cannot be made */
function wordsOf(texts: Texts, locale: string, checkout: Checkout, canRefund: boolean) {
  const { credits } = checkout.quote;
  const variant = checkout.variant === null ? undefined : findVariant(checkout.variant);
  if (variant === undefined) {
    return {
      title: texts.t(locale, 'invoice-pack-title', { credits }),
      description: texts.t(locale, 'invoice-pack-description', { credits }),
    };
  }
  const video = { resolution: variant.resolution, seconds: variant.durationSeconds };
  return {
    title: texts.t(locale, 'variant-name', { variant: variant.id }),
    description: canRefund
      ? texts.t(locale, 'invoice-video-description', video)
      : texts.t(locale, 'invoice-video-description-credits', { ...video, credits }),
  };
}

/** @param providerToken empty for Stars */
export async function sendInvoice(
  api: Api,
  texts: Texts,
  checkout: Checkout,
  locale: string,
  providerToken: string,
): Promise<{ messageId: string }> {
  const { title, description } = wordsOf(texts, locale, checkout, providerToken === '');
  const { currency, amountMinor } = checkout.quote;
  const message = await api.sendInvoice(
    checkout.chatId,
    title.slice(0, MAX_TITLE),
    description.slice(0, MAX_DESCRIPTION),
    checkout.id,
    currency,
    [{ label: title.slice(0, MAX_TITLE), amount: amountMinor }],
    {
      // With it, a forwarded copy leads to the bot instead of taking money for somebody else's order.
      start_parameter: 'invoice',
      ...(providerToken !== '' && { provider_token: providerToken }),
    },
  );
  return { messageId: String(message.message_id) };
}

/** Deletes the message; one that is gone or too old is left as it is: its checkout is closed anyway. */
export async function deleteInvoice(
  api: Api,
  checkout: Checkout,
  messageId: string,
): Promise<void> {
  try {
    await api.deleteMessage(checkout.chatId, Number(messageId));
  } catch (error) {
    if (!(error instanceof GrammyError) || error.error_code !== 400) throw error;
  }
}
