// Telegram as core's Messenger: cards, videos and notices out. Nothing comes in here.

import { type Api, InputFile } from 'grammy';
import type { Message } from 'grammy/types';
import sharp from 'sharp';
import { UpstreamError } from '../../core/errors.js';
import type { Messenger, VideoFile, VideoRequest, VideoShown } from '../../core/ports/messenger.js';
import { showCard, type TelegramMessengerOptions } from './cards.js';
import {
  calling,
  isFileRefUnknown,
  isMessageGone,
  isNotDeletable,
  isNotEditable,
} from './errors.js';
import { createOutboundApi } from './telegram-config.js';
import { noticeText, videoCaption, videoKeyboard } from './render.js';
import { noticeKeyboard } from './support-notices.js';

/** Bot API: a bot uploads at most 50 MB. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
/** Bot API: a thumbnail is a JPEG of at most 320 pixels and 200 kB. */
const THUMBNAIL_SIDE = 320;
/** A chat action is shown for five seconds. */
const ACTION_EVERY_MS = 4_000;

/** What Telegram made of the file: a soundless clip may become an animation. */
type FileKind = 'video' | 'animation' | 'document';

function fileRefOf(message: Message): string | null {
  const kinds: FileKind[] = ['video', 'animation', 'document'];
  const kind = kinds.find((candidate) => message[candidate] !== undefined);
  const file = kind === undefined ? undefined : message[kind];
  return kind === undefined || file === undefined ? null : `${kind}:${file.file_id}`;
}

function readFileRef(fileRef: string): { kind: FileKind; fileId: string } {
  const at = fileRef.indexOf(':');
  return { kind: fileRef.slice(0, at) as FileKind, fileId: fileRef.slice(at + 1) };
}

async function videoFields(file: VideoFile) {
  const thumbnail =
    file.cover === null
      ? null
      : await sharp(file.cover)
          .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside' })
          .jpeg({ quality: 80 })
          .toBuffer();
  return {
    width: file.width,
    height: file.height,
    duration: Math.round(file.durationSeconds),
    supports_streaming: true,
    ...(file.cover !== null && { cover: new InputFile(file.cover, 'cover.jpg') }),
    ...(thumbnail !== null && { thumbnail: new InputFile(thumbnail, 'thumbnail.jpg') }),
  };
}

/** Shows "uploading a video" while `work` runs. */
async function withUploadAction<T>(api: Api, chatId: string, work: () => Promise<T>): Promise<T> {
  const show = () => api.sendChatAction(chatId, 'upload_video').catch(() => undefined);
  void show();
  const timer = setInterval(() => void show(), ACTION_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** @throws as Messenger says; calls are not repeated here, their owner decides */
export function createTelegramMessenger(options: TelegramMessengerOptions): Messenger {
  const { config, texts } = options;
  const api = createOutboundApi(config);

  const dress = async (request: VideoRequest) => ({
    caption: videoCaption(texts, request),
    reply_markup: {
      inline_keyboard: videoKeyboard(texts, request, await options.botUsername()),
    },
  });

  const sendByRef = async (request: VideoRequest, fileRef: string): Promise<Message> => {
    const { kind, fileId } = readFileRef(fileRef);
    const chatId = request.address.chatId;
    const other = await dress(request);
    if (kind === 'animation') return api.sendAnimation(chatId, fileId, other);
    if (kind === 'document') return api.sendDocument(chatId, fileId, other);
    return api.sendVideo(chatId, fileId, { ...other, supports_streaming: true });
  };

  const upload = (request: VideoRequest, file: VideoFile): Promise<Message> =>
    withUploadAction(api, request.address.chatId, async () =>
      api.sendVideo(request.address.chatId, new InputFile(file.path, 'hug.mp4'), {
        ...(await videoFields(file)),
        ...(await dress(request)),
      }),
    );

  const send = async (request: VideoRequest): Promise<Message> => {
    if (request.fileRef !== null) {
      try {
        return await sendByRef(request, request.fileRef);
      } catch (error) {
        if (request.file === null || !isFileRefUnknown(error)) throw error;
      }
    }
    if (request.file === null) {
      throw new UpstreamError({ service: 'telegram', operation: 'sendVideo', isRetryable: false });
    }
    return upload(request, request.file);
  };

  return {
    platform: 'telegram',
    maxVideoBytes: MAX_UPLOAD_BYTES,

    showCard: (request) => calling('showCard', () => showCard(api, options, request)),

    putVideoInCard: (request, messageId) =>
      calling('putVideoInCard', async (): Promise<VideoShown | 'not_editable'> => {
        const { file, address } = request;
        if (file === null) return 'not_editable';
        const { caption, reply_markup } = await dress(request);
        try {
          const message = await withUploadAction(api, address.chatId, async () =>
            api.editMessageMedia(
              address.chatId,
              Number(messageId),
              {
                type: 'video',
                media: new InputFile(file.path, 'hug.mp4'),
                caption,
                ...(await videoFields(file)),
              },
              { reply_markup },
            ),
          );
          return { messageId, fileRef: message === true ? null : fileRefOf(message) };
        } catch (error) {
          if (isNotEditable(error)) return 'not_editable';
          throw error;
        }
      }),

    sendVideo: (request) =>
      calling('sendVideo', async () => {
        const message = await send(request);
        return { messageId: String(message.message_id), fileRef: fileRefOf(message) };
      }),

    sendNotice: (address, locale, notice) =>
      calling('sendNotice', async () => {
        const inline_keyboard = noticeKeyboard(texts, locale, notice);
        await api.sendMessage(address.chatId, noticeText(texts, locale, notice), {
          ...(inline_keyboard.length > 0 && { reply_markup: { inline_keyboard } }),
        });
      }),

    removeMessage: (address, messageId) =>
      calling('removeMessage', async () => {
        try {
          await api.deleteMessage(address.chatId, Number(messageId));
          return true;
        } catch (error) {
          if (isMessageGone(error)) return true;
          if (isNotDeletable(error)) return false;
          throw error;
        }
      }),
  };
}
