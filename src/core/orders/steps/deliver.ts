// Step: put the finished video into the chat. "Made" and "landed" are separate facts; this one is repeated until it
// landed.

import type { Context } from '../../context.js';
import { AppError, UnreachableError, UpstreamError } from '../../errors.js';
import type { Order, Person, Video } from '../../model.js';
import type { Messenger, VideoFile, VideoRequest, VideoShown } from '../../ports/messenger.js';
import { fetchFile } from './look.js';

/** A message whose answer was lost is sent once more, no oftener: each may stand in the chat. */
const MAX_UNANSWERED_SENDS = 2;

/** The file of a video; fetched again when it is no longer on disk. @throws PixverseError, AppError `not_found` */
async function ensureFile(ctx: Context, order: Order, video: Video): Promise<Video> {
  const names = await ctx.files.list();
  if (video.filePath !== null && names.includes(video.filePath)) return video;
  const result = await ctx.pixverse.fetchResult(video.pixverseVideoId);
  if (result.status !== 'done' || result.url === null) throw new AppError('not_found', 'video');
  const file = await fetchFile(ctx, order, result.url);
  return { ...video, filePath: file.name, sizeBytes: file.sizeBytes };
}

/**
 * The file as a messenger takes it: small enough, with its size and a still.
 * @throws AppError `not_found` when the file was erased
 */
export async function prepareFile(
  ctx: Context,
  video: Video,
  messenger: Messenger,
): Promise<VideoFile> {
  const { filePath, durationSeconds } = video;
  if (filePath === null) throw new AppError('not_found', 'video');
  return {
    ...(await ctx.files.fitInto(filePath, messenger.maxVideoBytes, durationSeconds)),
    width: video.width ?? 0,
    height: video.height ?? 0,
    durationSeconds,
    cover: await ctx.files.readCover(filePath, durationSeconds),
  };
}

/** The video as the messenger is asked to show it. */
export function videoRequest(
  order: Order,
  person: Person,
  video: Video,
  file: VideoFile | null,
): VideoRequest {
  return {
    orderId: order.id,
    address: { platform: order.platform, chatId: order.chatId },
    locale: person.locale,
    variant: video.variant,
    isGift: order.isGift,
    fileRef: order.fileRef,
    file,
  };
}

async function recordDelivery(
  ctx: Context,
  order: Order,
  shown: { messageId: string | null; fileRef: string | null },
  way: 'edited' | 'sent' | 'unanswered',
): Promise<void> {
  const now = ctx.now();
  await ctx.store.changeOrder({
    orderId: order.id,
    from: ['generated'],
    to: 'delivered',
    cause: way,
    now,
    useFreeClaim: order.fundedBy === 'free' && !order.isGift,
    set: {
      deliveredMessageId: shown.messageId,
      fileRef: shown.fileRef,
      unansweredSends: order.unansweredSends,
      deliveredAt: now,
      endedAt: now,
      cardDueAt: null,
    },
    // An edit makes no sound; a gift needs its explanation.
    notices:
      way === 'edited' || order.isGift
        ? [
            {
              key: `order:${order.id}:ready`,
              to: {
                address: { platform: order.platform, chatId: order.chatId },
                locale: (await ctx.store.readPerson(order.personId))?.locale ?? 'en',
              },
              content: { kind: 'video_ready', orderId: order.id, isGift: order.isGift },
            },
          ]
        : [],
  });
  ctx.log.info({ orderId: order.id, way }, 'video delivered');
  ctx.wake();
}

/** The card turned into the video; null where it cannot be and a message of its own is to be sent. */
async function putInCard(
  ctx: Context,
  order: Order,
  messenger: Messenger,
  request: VideoRequest,
): Promise<VideoShown | null> {
  if (order.cardMessageId === null || order.sendIntentAt !== null || order.isGift) return null;
  try {
    const shown = await messenger.putVideoInCard(request, order.cardMessageId);
    return shown === 'not_editable' ? null : shown;
  } catch (error) {
    const fault = error instanceof UpstreamError ? error.fault : null;
    if (fault === null || fault.isRetryable || fault.isAmbiguous === true) throw error;
    ctx.log.warn({ orderId: order.id, err: error }, 'the card does not take the video');
    return null;
  }
}

/** Counts the message before it is sent, because nothing tells afterwards. Null: the order moved meanwhile. */
async function sendOnce(
  ctx: Context,
  order: Order,
  messenger: Messenger,
  request: VideoRequest,
): Promise<VideoShown | null> {
  const count = (unansweredSends: number) =>
    ctx.store.changeOrder({
      orderId: order.id,
      from: ['generated'],
      cause: 'send',
      now: ctx.now(),
      set: { sendIntentAt: ctx.now(), unansweredSends },
    });
  if ((await count(order.unansweredSends + 1)) === null) return null;
  try {
    return await messenger.sendVideo(request);
  } catch (error) {
    const isRefused = error instanceof UpstreamError && error.fault.isAmbiguous !== true;
    if (isRefused || error instanceof UnreachableError) await count(order.unansweredSends);
    throw error;
  }
}

/**
 * Delivers by turning the card into the video, which is safe to repeat; else by sending, with the intent recorded
 * before and the result after. A kill or a lost answer between the two is the one window in which a video can arrive
 * twice; after the second message without an answer the person most likely has it, and it counts as delivered.
 * @throws UnreachableError, UpstreamError, PixverseError
 */
export async function deliverVideo(
  ctx: Context,
  order: Order,
  messenger: Messenger,
): Promise<void> {
  if (order.unansweredSends >= MAX_UNANSWERED_SENDS) {
    ctx.log.warn({ orderId: order.id }, 'the answers to a sent video were lost');
    await recordDelivery(ctx, order, { messageId: null, fileRef: null }, 'unanswered');
    return;
  }
  const person = await ctx.store.readPerson(order.personId);
  const made = await ctx.store.readVideo(order.pixverseVideoId ?? '');
  if (person === null || made === null) throw new Error('a generated order without its video');
  const video = await ensureFile(ctx, order, made);
  const file = await prepareFile(ctx, video, messenger);
  const request = videoRequest(order, person, video, file);
  const inCard = await putInCard(ctx, order, messenger, request);
  if (inCard !== null) {
    await recordDelivery(ctx, order, inCard, 'edited');
    return;
  }
  const shown = await sendOnce(ctx, order, messenger, request);
  if (shown !== null) await recordDelivery(ctx, order, shown, 'sent');
}
