// Changes the message whose button was pressed. Presses come twice, and for messages that are gone.

import type { InlineKeyboardMarkup } from 'grammy/types';
import { isNotEditable, isNotModified } from './errors.js';
import type { HugContext } from './setting.js';

/** Puts this text in the place of the pressed message, or below everything when that can no longer be changed. */
export async function showInPlace(
  ctx: HugContext,
  text: string,
  reply_markup?: InlineKeyboardMarkup,
): Promise<void> {
  const other = reply_markup === undefined ? {} : { reply_markup };
  try {
    await ctx.editMessageText(text, other);
  } catch (error) {
    if (isNotEditable(error)) await ctx.reply(text, other);
    else if (!isNotModified(error)) throw error;
  }
}
