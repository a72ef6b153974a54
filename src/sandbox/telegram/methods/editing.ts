// The methods that change or remove messages of the bot.

import type { InlineKeyboardMarkup, InputMedia, Message } from 'grammy/types';
import { toSeconds } from '../clock.js';
import { badRequest, TelegramError } from '../errors.js';
import type { ChatRecord, StoredMessage } from '../messages/chats.js';
import { readKeyboard } from '../messages/keyboard.js';
import { formatMessageText } from '../messages/text.js';
import type { TelegramState } from '../state.js';
import { type Call, type Methods, readDetails, requireChat, requireOpenChat } from './call.js';
import { readCaption, readMedia } from './sending.js';

const DELETE_WITHIN_MS = 48 * 60 * 60 * 1000;
const MAX_DELETED = 100;

/** What makes the content of a message; an edit replaces all of it. */
const CONTENT_FIELDS = [
  'text',
  'entities',
  'link_preview_options',
  'caption',
  'caption_entities',
  'show_caption_above_media',
  'has_media_spoiler',
  'photo',
  'video',
  'animation',
  'document',
] as const satisfies readonly (keyof Message)[];
const MEDIA_FIELDS = ['photo', 'video', 'animation', 'document'] as const;

type Content = Partial<Pick<Message, (typeof CONTENT_FIELDS)[number]>>;

interface EditInput {
  business_connection_id?: string;
  chat_id?: number | string;
  message_id?: number;
  inline_message_id?: string;
  reply_markup?: InlineKeyboardMarkup;
}

interface Editable {
  record: ChatRecord;
  stored: StoredMessage;
}

/** @param isMarkupOnly the keyboard can also be changed under what has no editable content */
function findEditable(state: TelegramState, input: EditInput, isMarkupOnly = false): Editable {
  if (input.business_connection_id !== undefined) {
    throw badRequest('business connection not found');
  }
  if (input.inline_message_id !== undefined) throw badRequest('MESSAGE_ID_INVALID');
  if (input.message_id === undefined) throw badRequest('message identifier is not specified');
  const record = requireOpenChat(state, input.chat_id);
  const stored = record.messages.get(input.message_id);
  if (stored === undefined) throw badRequest('message to edit not found');
  const hasContent =
    stored.message.text !== undefined || MEDIA_FIELDS.some((field) => field in stored.message);
  const isEditable = hasContent || (isMarkupOnly && stored.invoice !== undefined);
  if (!stored.isFromBot || !isEditable) throw badRequest("message can't be edited");
  return { record, stored };
}

function contentOf(message: Message): Content {
  const entries = CONTENT_FIELDS.map((field) => [field, message[field]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function hasMedia(message: Message): boolean {
  return MEDIA_FIELDS.some((field) => field in message);
}

/** Equal in what a person sees: files by their ids, everything else by value. */
function isSame(one: unknown, other: unknown): boolean {
  const normal = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const print = (value: unknown) =>
    JSON.stringify(value, (_key, inner: unknown) => normal(inner)) as string | undefined;
  return print(one) === print(other);
}

/**
 * Replaces content and keyboard. Without a keyboard in the call the old one goes.
 * @throws TelegramError 400 when nothing would change
 */
function applyEdit(
  state: TelegramState,
  { record, stored }: Editable,
  content: Content,
  markup: InlineKeyboardMarkup | undefined,
): Message {
  const keyboard = readKeyboard(markup, stored.invoice !== undefined);
  const before = stored.message;
  if (isSame(content, contentOf(before)) && isSame(keyboard, before.reply_markup)) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same ' +
        'as a current content and reply markup of the message',
    );
  }
  const kept = Object.entries(before).filter(
    ([field]) => field !== 'reply_markup' && !(CONTENT_FIELDS as readonly string[]).includes(field),
  );
  const message = {
    ...(Object.fromEntries(kept) as Message),
    ...content,
    ...(keyboard !== undefined && { reply_markup: keyboard }),
    edit_date: toSeconds(state.clock.now()),
  };
  state.chats.edit(record, stored, message);
  return message;
}

async function readNewMedia(
  state: TelegramState,
  call: Call,
  media: InputMedia,
  inAlbum: boolean,
): Promise<Content> {
  if (media.type === 'audio' || media.type === 'live_photo') {
    throw new TelegramError(
      501,
      `Not Implemented: the stand-in has no media of type ${media.type}`,
    );
  }
  const caption = readCaption(media);
  const details = { ...(await readDetails(state, call, media)), inAlbum };
  return { ...(await readMedia(state, call, media.type, media.media, details)), ...caption };
}

/** @throws TelegramError 400 when Telegram would keep the message */
function checkDeletable(state: TelegramState, { message }: StoredMessage): void {
  if (state.clock.now() - message.date * 1000 > DELETE_WITHIN_MS) {
    throw badRequest("message can't be deleted for everyone");
  }
}

export const editingMethods: Methods<
  | 'editMessageText'
  | 'editMessageCaption'
  | 'editMessageMedia'
  | 'editMessageReplyMarkup'
  | 'deleteMessage'
  | 'deleteMessages'
> = {
  editMessageText: (state, input) => {
    if (input.rich_message !== undefined) {
      throw new TelegramError(501, 'Not Implemented: the stand-in has no rich messages');
    }
    const target = findEditable(state, input);
    if (hasMedia(target.stored.message))
      throw badRequest('there is no text in the message to edit');
    const { link_preview_options: preview } = input;
    const content: Content = {
      ...formatMessageText(input),
      ...(preview !== undefined && { link_preview_options: preview }),
    };
    return applyEdit(state, target, content, input.reply_markup);
  },

  editMessageCaption: (state, input) => {
    const target = findEditable(state, input);
    const { message } = target.stored;
    if (!hasMedia(message)) throw badRequest('there is no caption in the message to edit');
    const { caption: _caption, caption_entities: _entities, ...rest } = contentOf(message);
    const { show_caption_above_media: _above, ...media } = rest;
    const content = { ...media, ...readCaption(input) };
    return applyEdit(state, target, content, input.reply_markup);
  },

  editMessageMedia: async (state, input, call) => {
    const { media_group_id } = findEditable(state, input).stored.message;
    const content = await readNewMedia(state, call, input.media, media_group_id !== undefined);
    const target = findEditable(state, input);
    return applyEdit(state, target, content, input.reply_markup);
  },

  editMessageReplyMarkup: (state, input) => {
    const target = findEditable(state, input, true);
    const content = contentOf(target.stored.message);
    return applyEdit(state, target, content, input.reply_markup);
  },

  deleteMessage: (state, input) => {
    const record = requireChat(state, input.chat_id);
    const stored = record.messages.get(input.message_id);
    if (stored === undefined) throw badRequest('message to delete not found');
    if (record.chat.type !== 'private' && !stored.isFromBot) {
      throw badRequest("message can't be deleted");
    }
    checkDeletable(state, stored);
    state.chats.remove(record, input.message_id);
    return true;
  },

  deleteMessages: (state, input) => {
    const record = requireChat(state, input.chat_id);
    if (input.message_ids.length === 0) throw badRequest('message identifiers are not specified');
    if (input.message_ids.length > MAX_DELETED) {
      throw badRequest('too many message identifiers specified');
    }
    const known = input.message_ids.flatMap((id) => record.messages.get(id) ?? []);
    for (const stored of known) checkDeletable(state, stored);
    for (const { message } of known) state.chats.remove(record, message.message_id);
    return true;
  },
};
