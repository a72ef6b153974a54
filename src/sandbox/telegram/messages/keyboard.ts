// Inline keyboards: what Telegram refuses about their buttons.

import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import { badRequest } from '../errors.js';

const MAX_BUTTONS = 100;
const MAX_CALLBACK_BYTES = 64;

function isUsableUrl(url: string): boolean {
  if (/^(tg|ton):\/\//i.test(url)) return true;
  try {
    const { protocol, hostname } = new URL(/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`);
    return /^https?:$/.test(protocol) && hostname.includes('.');
  } catch {
    return false;
  }
}

function checkButton(button: InlineKeyboardButton): void {
  if (button.text.trim() === '') {
    throw badRequest("can't parse inline keyboard button: Text must be non-empty");
  }
  if ('callback_data' in button) {
    const bytes = Buffer.byteLength(button.callback_data);
    if (bytes < 1 || bytes > MAX_CALLBACK_BYTES) throw badRequest('BUTTON_DATA_INVALID');
  }
  if ('url' in button && !isUsableUrl(button.url)) throw badRequest('BUTTON_URL_INVALID');
}

/**
 * The keyboard as the message shows it; undefined when it has no buttons or is a keyboard for writing.
 *
 * @param isInvoice an invoice must begin with a Pay button, and only an invoice may have one
 * @throws TelegramError 400 for a button that Telegram does not take
 */
export function readKeyboard(
  markup: object | undefined,
  isInvoice = false,
): InlineKeyboardMarkup | undefined {
  if (markup === undefined || !('inline_keyboard' in markup)) return undefined;
  const keyboard = markup as InlineKeyboardMarkup;
  const rows = keyboard.inline_keyboard.filter((row) => row.length > 0);
  const buttons = rows.flat();
  if (buttons.length > MAX_BUTTONS) throw badRequest('reply markup is too long');
  buttons.forEach(checkButton);
  const paying = buttons.findIndex((button) => 'pay' in button);
  if (isInvoice && buttons.length > 0 && paying !== 0) throw badRequest('REPLY_MARKUP_BUY_EMPTY');
  if (!isInvoice && paying !== -1) throw badRequest('BUTTON_TYPE_INVALID');
  return rows.length > 0 ? { inline_keyboard: rows } : undefined;
}
