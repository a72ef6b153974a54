// /videos: a person's finished videos, page by page, each sent again at a tap.

import type { InlineKeyboardButton } from 'grammy/types';
import { AppError } from '../../core/errors.js';
import type { Order, Person } from '../../core/model.js';
import { prepareFile, videoRequest } from '../../core/orders/steps/deliver.js';
import type { HistoryEntry } from '../../core/ports/store.js';
import { buttonData } from './buttons.js';
import { showInPlace } from './in-place.js';
import { variantName } from './render.js';
import type { HugContext, Setting } from './setting.js';

const PAGE_SIZE = 5;

function itemButton({ texts }: Setting, locale: string, entry: HistoryEntry): InlineKeyboardButton {
  const at = new Date(entry.order.deliveredAt ?? entry.order.createdAt);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    text: texts.t(locale, 'videos-item', {
      date: date.format(at),
      name: variantName(texts, locale, entry.video.variant),
    }),
    callback_data: buttonData({ kind: 'video', orderId: entry.order.id }),
  };
}

/** Shows a page: edits the list that was pressed, or sends a new one. */
export async function showVideoPage(
  setting: Setting,
  ctx: HugContext,
  offset: number,
): Promise<void> {
  const { core, texts } = setting;
  const { id, locale } = ctx.person;
  const { entries, total } = await core.store.listVideos(id, { offset, limit: PAGE_SIZE });
  if (total === 0) {
    await ctx.reply(texts.t(locale, 'videos-none'));
    return;
  }
  const turn: InlineKeyboardButton[] = [];
  if (offset > 0) {
    const back = Math.max(0, offset - PAGE_SIZE);
    turn.push({ text: '‹', callback_data: buttonData({ kind: 'page', offset: back }) });
  }
  if (offset + PAGE_SIZE < total) {
    const next = offset + PAGE_SIZE;
    turn.push({ text: '›', callback_data: buttonData({ kind: 'page', offset: next }) });
  }
  const text = texts.t(locale, 'videos-title', { total });
  const inline_keyboard = [...entries.map((entry) => [itemButton(setting, locale, entry)]), turn];
  if (ctx.callbackQuery === undefined) {
    await ctx.reply(text, { reply_markup: { inline_keyboard } });
    return;
  }
  await showInPlace(ctx, text, { inline_keyboard });
}

/** Sends a delivered video once more: by Telegram's own handle, else from our file. @throws AppError `not_found` */
export async function sendVideoAgain(
  { core, messenger }: Setting,
  person: Person,
  order: Order,
): Promise<void> {
  const video =
    order.pixverseVideoId === null ? null : await core.store.readVideo(order.pixverseVideoId);
  if (order.status !== 'delivered' || video === null) throw new AppError('not_found', 'video');
  const needsFile = order.fileRef === null;
  const file = needsFile ? await prepareFile(core, video, messenger) : null;
  await messenger.sendVideo(videoRequest(order, person, video, file));
}
