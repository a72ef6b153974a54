// A chat platform in memory that obeys the contract of Messenger: it remembers what a person would see.

import { UnreachableError, UpstreamError } from '../../src/core/errors.js';
import type { Platform } from '../../src/core/model.js';
import type {
  CardContent,
  Messenger,
  NoticeContent,
  VideoRequest,
} from '../../src/core/ports/messenger.js';

export interface ShownCard {
  orderId: string;
  content: CardContent;
  pictureKey: string | null;
}

export interface RecordingMessenger extends Messenger {
  /** Card messages by id, as they show now; a video takes the place of its card. */
  messages: Map<string, ShownCard | { video: VideoRequest }>;
  notices: NoticeContent[];
  /** Every video message of an order: 1 is right. */
  videosOf(orderId: string): number;
  /** The newest card of an order. */
  cardOf(orderId: string): CardContent | undefined;
  /** The person blocked the bot. */
  isBlocked: boolean;
  /** Videos cannot be put into cards: they were deleted. */
  areCardsGone: boolean;
  /** What the next calls throw, in order; `null` lets one pass. */
  failures: (Error | null)[];
}

export function createRecordingMessenger(platform: Platform = 'telegram'): RecordingMessenger {
  let lastId = 0;
  const messages: RecordingMessenger['messages'] = new Map();

  const messenger: RecordingMessenger = {
    platform,
    maxVideoBytes: 50 * 1024 * 1024,
    messages,
    notices: [],
    isBlocked: false,
    areCardsGone: false,
    failures: [],

    videosOf: (orderId) =>
      [...messages.values()].filter((m) => 'video' in m && m.video.orderId === orderId).length,
    cardOf: (orderId) =>
      [...messages.values()]
        .filter((m): m is ShownCard => 'content' in m && m.orderId === orderId)
        .at(-1)?.content,

    showCard: async (request) => {
      await check();
      const isEdit = request.messageId !== null && !request.isRepost;
      if (!isEdit && request.messageId !== null) messages.delete(request.messageId);
      const messageId = isEdit ? (request.messageId ?? '') : String((lastId += 1));
      const pictureKey = request.picture?.key ?? (isEdit ? request.shownPictureKey : null);
      messages.set(messageId, { orderId: request.orderId, content: request.content, pictureKey });
      return { messageId, pictureKey };
    },
    putVideoInCard: async (request, messageId) => {
      await check();
      if (messenger.areCardsGone || !messages.has(messageId)) return 'not_editable';
      messages.set(messageId, { video: request });
      return { messageId, fileRef: `video:${request.orderId}` };
    },
    sendVideo: async (request) => {
      await check();
      lastId += 1;
      messages.set(String(lastId), { video: request });
      return { messageId: String(lastId), fileRef: `video:${request.orderId}` };
    },
    removeMessage: async (_address, messageId) => {
      await check();
      messages.delete(messageId);
      return true;
    },
    sendNotice: async (_address, _locale, notice) => {
      await check();
      messenger.notices.push(notice);
    },
  };

  function check(): Promise<void> {
    const failure = messenger.failures.shift() ?? null;
    if (failure !== null) return Promise.reject(failure);
    return messenger.isBlocked
      ? Promise.reject(new UnreachableError('blocked'))
      : Promise.resolve();
  }

  return messenger;
}

/** A platform that asks to be left alone. */
export function tooManyRequests(retryAfterMs: number): UpstreamError {
  return new UpstreamError({
    service: 'telegram',
    operation: 'test',
    isRetryable: true,
    upstreamCode: 429,
    retryAfterMs,
  });
}
