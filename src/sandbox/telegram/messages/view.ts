// A message as a person sees it, as plain data for tests and for the page.

import type { InlineKeyboardButton, Message, MessageEntity } from 'grammy/types';
import type { StoredMessage } from './chats.js';

export interface MediaView {
  fileId: string;
  /** Where the stand-in serves the bytes, without any limit of size. */
  url: string;
  width?: number;
  height?: number;
  /** Seconds. */
  duration?: number;
  fileName?: string;
  mimeType?: string;
  fileSize?: number;
  thumbnail?: MediaView;
  cover?: MediaView;
}

export interface ButtonView {
  text: string;
  callbackData?: string;
  url?: string;
  pay?: boolean;
  /** The query that the button puts into another chat. */
  switchInline?: string;
  webApp?: string;
}

export interface ChatMessage {
  id: number;
  from: 'bot' | 'user';
  /** Who sent it; of interest in groups. */
  senderId: number | null;
  /** Epoch milliseconds, whole seconds. */
  date: number;
  editDate?: number;
  text?: string;
  caption?: string;
  entities?: MessageEntity[];
  photo?: MediaView;
  video?: MediaView;
  animation?: MediaView;
  document?: MediaView;
  sticker?: MediaView;
  voice?: MediaView;
  location?: { latitude: number; longitude: number };
  mediaGroupId?: string;
  /** Inline buttons by rows. */
  buttons: ButtonView[][];
  /** Id of the message that it answers. */
  replyTo?: number;
  forwardedFrom?: string;
  hasSpoiler?: boolean;
  isSilent?: boolean;
  isCaptionAbove?: boolean;
  effectId?: string;
  invoice?: {
    title: string;
    description: string;
    currency: string;
    totalAmount: number;
    startParameter: string;
    paidCount: number;
  };
  /** Service message: a payment went through. */
  payment?: { currency: string; totalAmount: number; payload: string; chargeId: string };
  /** Service message: a payment was given back. */
  refund?: { currency: string; totalAmount: number; payload: string; chargeId: string };
}

type UrlOf = (fileId: string) => string;

interface FileFacts {
  file_id: string;
  width?: number;
  height?: number;
  duration?: number;
  file_name?: string;
  mime_type?: string;
  file_size?: number;
  thumbnail?: FileFacts;
  cover?: FileFacts[];
}

function viewFile(file: FileFacts, urlOf: UrlOf): MediaView {
  const cover = file.cover?.at(-1);
  return {
    fileId: file.file_id,
    url: urlOf(file.file_id),
    ...(file.width !== undefined && { width: file.width }),
    ...(file.height !== undefined && { height: file.height }),
    ...(file.duration !== undefined && { duration: file.duration }),
    ...(file.file_name !== undefined && { fileName: file.file_name }),
    ...(file.mime_type !== undefined && { mimeType: file.mime_type }),
    ...(file.file_size !== undefined && { fileSize: file.file_size }),
    ...(file.thumbnail !== undefined && { thumbnail: viewFile(file.thumbnail, urlOf) }),
    ...(cover !== undefined && { cover: viewFile(cover, urlOf) }),
  };
}

function viewMedia(message: Message, urlOf: UrlOf): Partial<ChatMessage> {
  const photo = message.photo?.at(-1);
  const { video, animation, document, sticker, voice, location } = message;
  return {
    ...(photo !== undefined && { photo: viewFile(photo, urlOf) }),
    ...(video !== undefined && { video: viewFile(video, urlOf) }),
    ...(animation !== undefined && { animation: viewFile(animation, urlOf) }),
    // Telegram repeats an animation as a document, for old clients.
    ...(document !== undefined &&
      animation === undefined && { document: viewFile(document, urlOf) }),
    ...(sticker !== undefined && { sticker: viewFile(sticker, urlOf) }),
    ...(voice !== undefined && { voice: viewFile(voice, urlOf) }),
    ...(location !== undefined && {
      location: { latitude: location.latitude, longitude: location.longitude },
    }),
  };
}

function viewButton(button: InlineKeyboardButton): ButtonView {
  return {
    text: button.text,
    ...('callback_data' in button && { callbackData: button.callback_data }),
    ...('url' in button && { url: button.url }),
    ...('pay' in button && { pay: true }),
    ...('switch_inline_query' in button && { switchInline: button.switch_inline_query }),
    ...('switch_inline_query_chosen_chat' in button && {
      switchInline: button.switch_inline_query_chosen_chat.query ?? '',
    }),
    ...('web_app' in button && { webApp: button.web_app.url }),
  };
}

function viewMoney(money: {
  currency: string;
  total_amount: number;
  invoice_payload: string;
  telegram_payment_charge_id: string;
}) {
  return {
    currency: money.currency,
    totalAmount: money.total_amount,
    payload: money.invoice_payload,
    chargeId: money.telegram_payment_charge_id,
  };
}

function viewPayments({ message, paidCount }: StoredMessage): Partial<ChatMessage> {
  const { invoice, successful_payment: payment, refunded_payment: refund } = message;
  return {
    ...(invoice !== undefined && {
      invoice: {
        title: invoice.title,
        description: invoice.description,
        currency: invoice.currency,
        totalAmount: invoice.total_amount,
        startParameter: invoice.start_parameter,
        paidCount,
      },
    }),
    ...(payment !== undefined && { payment: viewMoney(payment) }),
    ...(refund !== undefined && { refund: viewMoney(refund) }),
  };
}

function nameOfOrigin({ forward_origin: origin }: Message): string | undefined {
  if (origin?.type === 'user') return origin.sender_user.first_name;
  return origin?.type === 'hidden_user' ? origin.sender_user_name : undefined;
}

/** @param urlOf where the bytes of a file can be fetched */
export function viewMessage(stored: StoredMessage, urlOf: UrlOf): ChatMessage {
  const { message, isFromBot, isSilent } = stored;
  const entities = message.entities ?? message.caption_entities;
  const forwardedFrom = nameOfOrigin(message);
  return {
    id: message.message_id,
    from: isFromBot ? 'bot' : 'user',
    senderId: message.from?.id ?? null,
    date: message.date * 1000,
    ...(message.edit_date !== undefined && { editDate: message.edit_date * 1000 }),
    ...(message.text !== undefined && { text: message.text }),
    ...(message.caption !== undefined && { caption: message.caption }),
    ...(entities !== undefined && { entities }),
    ...viewMedia(message, urlOf),
    ...(message.media_group_id !== undefined && { mediaGroupId: message.media_group_id }),
    buttons: (message.reply_markup?.inline_keyboard ?? []).map((row) => row.map(viewButton)),
    ...(message.reply_to_message !== undefined && {
      replyTo: message.reply_to_message.message_id,
    }),
    ...(forwardedFrom !== undefined && { forwardedFrom }),
    ...(message.has_media_spoiler === true && { hasSpoiler: true }),
    ...(isSilent && { isSilent }),
    ...(message.show_caption_above_media === true && { isCaptionAbove: true }),
    ...(message.effect_id !== undefined && { effectId: message.effect_id }),
    ...viewPayments(stored),
  };
}
