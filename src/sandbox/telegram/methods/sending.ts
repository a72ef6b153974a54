// The methods that put messages into a chat.

import type {
  InputMediaAudio,
  InputMediaDocument,
  InputMediaLivePhoto,
  InputMediaPhoto,
  InputMediaVideo,
  Message,
  ReplyParameters,
} from 'grammy/types';
import { badRequest, TelegramError } from '../errors.js';
import { type MediaDetails, type MediaKind, reuseMedia, storeMedia } from '../files/media.js';
import type { MediaContent } from '../files/store.js';
import { type ChatRecord, createAlbumId } from '../messages/chats.js';
import { readKeyboard } from '../messages/keyboard.js';
import { formatCaption, formatMessageText } from '../messages/text.js';
import type { InvoiceTerms } from '../payments/invoice.js';
import type { TelegramState } from '../state.js';
import {
  type Call,
  deskOf,
  type Methods,
  readDetails,
  requireChat,
  requireOpenChat,
  uploadOf,
} from './call.js';

const ALBUM = { min: 2, max: 10 };

/** The parameters that most sending methods share. */
export interface SendInput {
  chat_id: number | string;
  business_connection_id?: string;
  message_thread_id?: number;
  direct_messages_topic_id?: number;
  ephemeral_message_parameters?: object;
  suggested_post_parameters?: object;
  disable_notification?: boolean;
  protect_content?: boolean;
  message_effect_id?: string;
  reply_parameters?: ReplyParameters;
  reply_to_message_id?: number;
  reply_markup?: object;
}

/** Refuses what only exists in chats that the stand-in does not have. */
function refuseOtherChats(input: SendInput): void {
  if (input.business_connection_id !== undefined) {
    throw badRequest('business connection not found');
  }
  if (input.message_thread_id !== undefined) throw badRequest('message thread not found');
  const elsewhere = [
    input.direct_messages_topic_id,
    input.ephemeral_message_parameters,
    input.suggested_post_parameters,
  ];
  if (elsewhere.some((value) => value !== undefined)) {
    throw new TelegramError(501, 'Not Implemented: the stand-in has no such chats');
  }
}

function readReply(record: ChatRecord, input: SendInput): Partial<Message> {
  const { reply_parameters: reply } = input;
  const id = reply?.message_id ?? input.reply_to_message_id;
  if (id === undefined) return {};
  const target = record.messages.get(id);
  if (target === undefined) {
    if (reply?.allow_sending_without_reply === true) return {};
    throw badRequest('message to be replied not found');
  }
  // Telegram nests one level only.
  const { reply_to_message: _nested, ...message } = target.message;
  return { reply_to_message: message as NonNullable<Message['reply_to_message']> };
}

/** Everything about a message that does not depend on its content. */
function readFrame(
  state: TelegramState,
  input: SendInput,
  isInvoice: boolean,
): { record: ChatRecord; frame: Partial<Message> } {
  refuseOtherChats(input);
  const keyboard = readKeyboard(input.reply_markup, isInvoice);
  const record = requireOpenChat(state, input.chat_id);
  const { message_effect_id: effectId } = input;
  if (effectId !== undefined && record.chat.type !== 'private') {
    throw badRequest('EFFECT_ID_INVALID');
  }
  const frame: Partial<Message> = {
    from: withoutAbilities(state),
    ...readReply(record, input),
    ...(keyboard !== undefined && { reply_markup: keyboard }),
    ...(input.protect_content === true && { has_protected_content: true as const }),
    ...(effectId !== undefined && { effect_id: effectId }),
  };
  return { record, frame };
}

/** The bot as the author of messages. */
export function withoutAbilities({ bot }: TelegramState): NonNullable<Message['from']> {
  const { id, is_bot, first_name, username } = bot;
  return { id, is_bot, first_name, username };
}

/** Posts a message of the bot. */
export function send(
  state: TelegramState,
  input: SendInput,
  content: Partial<Message>,
  invoice?: InvoiceTerms,
): Message {
  const { record, frame } = readFrame(state, input, invoice !== undefined);
  const stored = state.chats.post(
    record,
    { ...frame, ...content },
    {
      isFromBot: true,
      isSilent: input.disable_notification === true,
      ...(invoice !== undefined && { invoice }),
    },
  );
  return stored.message;
}

/** An upload or the id of a file, as the media of a message. */
export async function readMedia(
  state: TelegramState,
  call: Call,
  kind: MediaKind,
  source: unknown,
  details: MediaDetails,
): Promise<MediaContent> {
  const desk = deskOf(state, call);
  const upload = uploadOf(call, source);
  if (upload !== undefined) return storeMedia(desk, kind, upload, details);
  if (source === '') throw badRequest(`there is no ${kind} in the request`);
  return reuseMedia(desk, kind, String(source), details);
}

interface CaptionInput {
  caption?: string;
  parse_mode?: string;
  caption_entities?: Message['entities'];
  show_caption_above_media?: boolean;
  has_spoiler?: boolean;
}

/** The caption and how it and the media are shown. */
export function readCaption(input: CaptionInput): Partial<Message> {
  return {
    ...formatCaption({
      ...(input.caption !== undefined && { text: input.caption }),
      ...(input.parse_mode !== undefined && { parse_mode: input.parse_mode }),
      ...(input.caption_entities !== undefined && { entities: input.caption_entities }),
    }),
    ...(input.show_caption_above_media === true && { show_caption_above_media: true as const }),
    ...(input.has_spoiler === true && { has_media_spoiler: true as const }),
  };
}

/** Checks all that can be checked before a file is stored, then sends. */
async function sendMedia(
  state: TelegramState,
  call: Call,
  kind: MediaKind,
  source: unknown,
  input: SendInput & CaptionInput,
): Promise<Message> {
  const caption = readCaption(input);
  readFrame(state, input, false);
  const details = await readDetails(state, call, input);
  const media = await readMedia(state, call, kind, source, details);
  return send(state, input, { ...media, ...caption });
}

type AlbumItem =
  InputMediaAudio | InputMediaDocument | InputMediaLivePhoto | InputMediaPhoto | InputMediaVideo;

async function readAlbumItem(
  state: TelegramState,
  call: Call,
  item: AlbumItem,
): Promise<Partial<Message>> {
  if (item.type === 'audio' || item.type === 'live_photo') {
    throw new TelegramError(501, `Not Implemented: the stand-in has no media of type ${item.type}`);
  }
  const caption = readCaption(item);
  const details = { ...(await readDetails(state, call, item)), inAlbum: true };
  return { ...(await readMedia(state, call, item.type, item.media, details)), ...caption };
}

export const sendingMethods: Methods<
  | 'sendMessage'
  | 'sendPhoto'
  | 'sendVideo'
  | 'sendAnimation'
  | 'sendDocument'
  | 'sendMediaGroup'
  | 'sendChatAction'
> = {
  sendMessage: (state, input) => {
    const content = formatMessageText(input);
    const { link_preview_options: preview } = input;
    return send(state, input, {
      ...content,
      ...(preview !== undefined && { link_preview_options: preview }),
    });
  },
  sendPhoto: (state, input, call) => sendMedia(state, call, 'photo', input.photo, input),
  sendVideo: (state, input, call) => sendMedia(state, call, 'video', input.video, input),
  sendAnimation: (state, input, call) =>
    sendMedia(state, call, 'animation', input.animation, input),
  sendDocument: (state, input, call) => sendMedia(state, call, 'document', input.document, input),

  sendMediaGroup: async (state, input, call) => {
    const items: readonly AlbumItem[] = input.media;
    if (items.length < ALBUM.min) throw badRequest('an album must have 2-10 items');
    if (items.length > ALBUM.max) throw badRequest('too many messages to send as an album');
    readFrame(state, input, false);
    const contents: Partial<Message>[] = [];
    for (const item of items) contents.push(await readAlbumItem(state, call, item));
    const media_group_id = createAlbumId();
    return contents.map((content) => send(state, input, { ...content, media_group_id }));
  },

  sendChatAction: (state, input) => {
    refuseOtherChats(input);
    requireChat(state, input.chat_id);
    state.chats.act(requireOpenChat(state, input.chat_id), input.action);
    return true;
  },
};
