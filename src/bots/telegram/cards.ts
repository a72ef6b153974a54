// The one card of an order as a Telegram message: a text while there is one photo, then the preview picture with its
// caption and buttons, edited in place.

import { type Api, InputFile } from 'grammy';
import type { Log } from '../../core/log.js';
import type { TelegramConfig } from './telegram-config.js';
import type { CardRequest, CardShown } from '../../core/ports/messenger.js';
import type { Texts } from '../../texts/texts.js';
import { isNotEditable, isNotModified } from './errors.js';
import { cardKeyboard, cardText } from './render.js';

export interface TelegramMessengerOptions {
  config: TelegramConfig;
  texts: Texts;
  photoKeepHours: number;
  log: Log;
  /** Without the @; known once the bot has asked who it is. */
  botUsername: () => Promise<string>;
}

/** What a card message consists of. */
interface Dressed {
  text: string;
  reply_markup: { inline_keyboard: ReturnType<typeof cardKeyboard> };
}

/** Edits the shown message; null when a new one is needed. */
async function editCard(
  api: Api,
  request: CardRequest,
  { text, reply_markup }: Dressed,
): Promise<CardShown | null> {
  const { messageId, picture, shownPictureKey, isRepost, content, address } = request;
  if (messageId === null || isRepost) return null;
  const isPhotoShown = shownPictureKey !== null;
  // A photo cannot become a text again, and a text is followed by a picture below the person's photo.
  const needsPicture = picture !== null && content.stage !== 'one_photo';
  if (isPhotoShown ? content.stage === 'one_photo' : needsPicture) return null;
  const isNewPicture = picture !== null && isPhotoShown && picture.key !== shownPictureKey;
  const media = isNewPicture ? new InputFile(await picture.render(), 'preview.jpg') : null;
  const chatId = address.chatId;
  const id = Number(messageId);
  try {
    if (!isPhotoShown) await api.editMessageText(chatId, id, text, { reply_markup });
    else if (media === null) {
      await api.editMessageCaption(chatId, id, { caption: text, reply_markup });
    } else {
      const photo = { type: 'photo' as const, media, caption: text };
      await api.editMessageMedia(chatId, id, photo, { reply_markup });
    }
  } catch (error) {
    if (isNotEditable(error)) return null;
    if (!isNotModified(error)) throw error;
  }
  return { messageId, pictureKey: isNewPicture ? picture.key : shownPictureKey };
}

async function sendCard(
  api: Api,
  { address, picture, content }: CardRequest,
  { text, reply_markup }: Dressed,
): Promise<CardShown> {
  if (picture === null || content.stage === 'one_photo') {
    const message = await api.sendMessage(address.chatId, text, { reply_markup });
    return { messageId: String(message.message_id), pictureKey: null };
  }
  const photo = new InputFile(await picture.render(), 'preview.jpg');
  const message = await api.sendPhoto(address.chatId, photo, { caption: text, reply_markup });
  return { messageId: String(message.message_id), pictureKey: picture.key };
}

/** Takes an older picture card away; an older "1 of 2" belongs to the conversation and loses its button only. */
async function retireCard(
  api: Api,
  log: Log,
  chatId: string,
  old: { messageId: string; isPicture: boolean },
): Promise<void> {
  const id = Number(old.messageId);
  try {
    if (old.isPicture) await api.deleteMessage(chatId, id);
    else await api.editMessageReplyMarkup(chatId, id);
  } catch (error) {
    // Its buttons are checked when they are pressed: nothing depends on it.
    log.debug({ err: error }, 'an older card could not be taken away');
  }
}

/** Makes the chat show the card, see `Messenger.showCard`. @throws errors of grammY */
export async function showCard(
  api: Api,
  options: TelegramMessengerOptions,
  request: CardRequest,
): Promise<CardShown> {
  const { texts, photoKeepHours, log } = options;
  const dressed: Dressed = {
    text: cardText(texts, request.locale, request.content, photoKeepHours),
    reply_markup: { inline_keyboard: cardKeyboard(texts, request) },
  };
  const edited = await editCard(api, request, dressed);
  if (edited !== null) return edited;
  const shown = await sendCard(api, request, dressed);
  if (request.messageId !== null) {
    const isPicture = request.shownPictureKey !== null;
    const old = { messageId: request.messageId, isPicture };
    await retireCard(api, log, request.address.chatId, old);
  }
  return shown;
}
