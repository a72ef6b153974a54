// What a person can send, in the shapes in which Telegram hands it to the bot.

import type { Message, User } from 'grammy/types';
import sharp from 'sharp';
import { toSeconds } from '../clock.js';
import { type MediaDesk, storeMedia, storePhoto } from '../files/media.js';
import type { MediaContent } from '../files/store.js';
import type { ChatRecord, StoredMessage } from '../messages/chats.js';
import { deliver, say } from '../messages/incoming.js';
import { readPlainCaption, readPlainText } from '../messages/text.js';
import type { TelegramState } from '../state.js';
import { type AlbumOptions, sendAlbum } from './album.js';

export interface SendOptions {
  caption?: string;
  /** Id of the message that this one answers. */
  replyTo?: number;
  /** Name of the person it was forwarded from. */
  forwardedFrom?: string;
}

export interface PhotoOptions extends SendOptions {
  mediaGroupId?: string;
  /** Longest side that the app leaves; 1280 unless the person asks for more. */
  maxSide?: number;
}

export interface DocumentOptions extends SendOptions {
  fileName: string;
  mimeType: string;
  mediaGroupId?: string;
}

export interface Posting {
  sendText: (text: string, options?: { replyTo?: number }) => number;
  sendPhoto: (bytes: Buffer, options?: PhotoOptions) => Promise<number>;
  sendDocument: (bytes: Buffer, options: DocumentOptions) => Promise<number>;
  sendAlbum: (photos: Buffer[], options?: AlbumOptions) => Promise<number[]>;
  sendVideo: (bytes: Buffer, options?: SendOptions) => Promise<number>;
  sendSticker: (emoji?: string) => Promise<number>;
  sendVoice: (options?: { durationSeconds?: number }) => Promise<number>;
  sendLocation: (latitude: number, longitude: number) => number;
  /** Forwards a message of this chat into it again. */
  forward: (messageId: number) => number;
  editText: (messageId: number, text: string) => void;
  /** Removes a message for both sides; the bot is not told. */
  deleteMessage: (messageId: number) => void;
}

/** What of a message is forwarded with it. */
const FORWARDED = [
  'text',
  'entities',
  'caption',
  'caption_entities',
  'photo',
  'video',
  'animation',
  'document',
  'sticker',
  'voice',
  'location',
] as const satisfies readonly (keyof Message)[];

function requireMessage(record: ChatRecord, messageId: number): StoredMessage {
  const stored = record.messages.get(messageId);
  if (stored === undefined) throw new Error(`there is no message ${messageId} in this chat`);
  return stored;
}

/** Telegram's apps offer nothing but to unblock. */
function refuseBlocked(record: ChatRecord): void {
  if (record.access === 'blocked') {
    throw new Error('this person has blocked the bot: unblock it first');
  }
}

function readOptions(
  state: TelegramState,
  record: ChatRecord,
  { caption, replyTo, forwardedFrom }: SendOptions,
): Partial<Message> {
  const date = toSeconds(state.clock.now());
  const target = replyTo === undefined ? undefined : requireMessage(record, replyTo).message;
  const { reply_to_message: _nested, ...reply } = target ?? {};
  return {
    ...(caption !== undefined && readPlainCaption(caption)),
    ...(target !== undefined && {
      reply_to_message: reply as NonNullable<Message['reply_to_message']>,
    }),
    ...(forwardedFrom !== undefined && {
      forward_origin: { type: 'hidden_user', date, sender_user_name: forwardedFrom },
    }),
  };
}

/** A sticker as plain as can be. */
async function storeSticker(desk: MediaDesk, emoji: string): Promise<MediaContent> {
  const side = 512;
  const blank = { width: side, height: side, channels: 4, background: '#ffcc0080' } as const;
  const bytes = await sharp({ create: blank }).webp().toBuffer();
  const facts = { type: 'Sticker', mimeType: 'image/webp', fileName: undefined } as const;
  const file = await desk.files.save(bytes, facts);
  file.content = {
    sticker: {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      type: 'regular',
      width: side,
      height: side,
      is_animated: false,
      is_video: false,
      emoji,
      file_size: file.sizeBytes,
    },
  };
  return file.content;
}

/** A voice message without a voice. */
async function storeVoice(desk: MediaDesk, duration: number): Promise<MediaContent> {
  const facts = { type: 'VoiceNote', mimeType: 'audio/ogg', fileName: undefined } as const;
  const file = await desk.files.save(Buffer.from('OggS\0silence'), facts);
  file.content = {
    voice: {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      duration,
      mime_type: file.mimeType,
      file_size: file.sizeBytes,
    },
  };
  return file.content;
}

function readForward({ message }: StoredMessage): Partial<Message> {
  const content = FORWARDED.filter((field) => field in message).map(
    (field) => [field, message[field]] as const,
  );
  const origin = message.from;
  return {
    ...(Object.fromEntries(content) as Partial<Message>),
    ...(origin !== undefined && {
      forward_origin: { type: 'user', date: message.date, sender_user: origin },
    }),
  };
}

/** The hands of one person in one chat. */
export function createPosting(state: TelegramState, record: ChatRecord, from: User): Posting {
  const desk: MediaDesk = { files: state.files, note: () => undefined };
  const sendDraft = (draft: Partial<Message>) => {
    refuseBlocked(record);
    return say(state, record, from, draft).message.message_id;
  };
  const optionsOf = (options: SendOptions) => readOptions(state, record, options);
  const groupOf = (id: string | undefined) => (id === undefined ? {} : { media_group_id: id });

  return {
    sendText: (text, options = {}) => sendDraft({ ...optionsOf(options), ...readPlainText(text) }),

    sendPhoto: async (bytes, options = {}) => {
      const photo = await storePhoto(desk, bytes, options.maxSide);
      return sendDraft({ photo, ...optionsOf(options), ...groupOf(options.mediaGroupId) });
    },

    sendDocument: async (bytes, { fileName, mimeType, mediaGroupId, ...options }) => {
      const content = await storeMedia(desk, 'document', { bytes, fileName }, { mimeType });
      return sendDraft({ ...content, ...optionsOf(options), ...groupOf(mediaGroupId) });
    },

    sendAlbum: (photos, options = {}) => {
      refuseBlocked(record);
      return sendAlbum(state, record, from, photos, options);
    },

    sendVideo: async (bytes, options = {}) => {
      const content = await storeMedia(desk, 'video', { bytes, fileName: 'video.mp4' }, {});
      return sendDraft({ ...content, ...optionsOf(options) });
    },

    sendSticker: async (emoji = '👍') => sendDraft(await storeSticker(desk, emoji)),
    sendVoice: async ({ durationSeconds = 3 } = {}) =>
      sendDraft(await storeVoice(desk, durationSeconds)),
    sendLocation: (latitude, longitude) => sendDraft({ location: { latitude, longitude } }),

    forward: (messageId) => sendDraft(readForward(requireMessage(record, messageId))),

    editText: (messageId, text) => {
      const stored = requireMessage(record, messageId);
      if (stored.isFromBot) throw new Error('people can edit their own messages only');
      const { entities: _entities, ...rest } = stored.message;
      const edit_date = toSeconds(state.clock.now());
      state.chats.edit(record, stored, { ...rest, ...readPlainText(text), edit_date });
      deliver(state, record, stored, 'edited_message');
    },

    deleteMessage: (messageId) => {
      requireMessage(record, messageId);
      state.chats.remove(record, messageId);
    },
  };
}
