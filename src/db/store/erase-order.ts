// Erasing what one reported order holds: it is stopped, and its pictures, files, addresses and handles go.

import { and, eq, inArray, isNotNull, isNull, notInArray, or, type SQL } from 'drizzle-orm';
import { ENDED_STATUSES, isCancellable, isEnded } from '../../core/orders/status.js';
import type {
  EraseOrderOutcome,
  ShownMessage,
  SupportStore,
} from '../../core/ports/support-store.js';
import { orderPhotos, orders, photos, videos } from '../schema/orders.js';
import { applyChange } from './changes.js';
import { insertNotices } from './notices.js';
import { type OrderRow, readOrder, readOrderRow } from './rows.js';
import type { Tx } from './transact.js';

/** The messages that show an order in its chat. */
export function messagesOf(row: OrderRow): ShownMessage[] {
  const address = { platform: row.platform, chatId: row.chatId };
  const ids = new Set([row.deliveredMessageId, row.cardMessageId]);
  return [...ids].flatMap((messageId) => (messageId === null ? [] : [{ address, messageId }]));
}

/** Orders that are not ended and have a photo of this one. */
function unfinishedWithPhotosOf(tx: Tx, row: OrderRow): OrderRow[] {
  const own = tx
    .select({ photoId: orderPhotos.photoId })
    .from(orderPhotos)
    .where(eq(orderPhotos.orderId, row.id));
  const sharing = tx
    .select({ orderId: orderPhotos.orderId })
    .from(orderPhotos)
    .where(inArray(orderPhotos.photoId, own));
  return tx
    .select()
    .from(orders)
    .where(and(inArray(orders.id, sharing), notInArray(orders.status, [...ENDED_STATUSES])))
    .all()
    .filter((other) => other.id !== row.id);
}

/** A step under way could bring back what is erased: it holds a lease unless the order can just be cancelled. */
function isBusy(row: OrderRow): boolean {
  return row.isLeased && !isCancellable(row.status);
}

/** Ends an order for good: nothing is looked for, fetched or shown any more. */
function stop(tx: Tx, row: OrderRow, now: number): void {
  const nothingDue = { nextAttemptAt: null, lateLookUntil: null, cardDueAt: null };
  const change = { orderId: row.id, from: [row.status], cause: 'report', now };
  if (isEnded(row.status)) {
    applyChange(tx, { ...change, set: nothingDue });
  } else if (isCancellable(row.status)) {
    const set = { ...nothingDue, endedAt: now };
    applyChange(tx, { ...change, to: 'cancelled', giveBack: { isFailure: false }, set });
  } else {
    tx.update(videos)
      .set({ status: 'given_up' })
      .where(and(eq(videos.orderId, row.id), eq(videos.status, 'generating')))
      .run();
    const set = { ...nothingDue, endedAt: now, failureCode: 'removed' as const };
    applyChange(tx, { ...change, to: 'failed', giveBack: { isFailure: true }, set });
  }
}

/** Erases what orders hold of videos; answers the files that are now nobody's. */
export function eraseVideos(tx: Tx, which: SQL): string[] {
  const files = tx
    .select({ filePath: videos.filePath })
    .from(videos)
    .where(and(which, isNotNull(videos.filePath)))
    .all()
    .flatMap((row) => (row.filePath === null ? [] : [row.filePath]));
  tx.update(videos)
    .set({ filePath: null, url: null })
    .where(and(which, or(isNotNull(videos.filePath), isNotNull(videos.url))))
    .run();
  return files;
}

function hasSomethingLeft(tx: Tx, row: OrderRow): boolean {
  const photo = tx
    .select({ id: photos.id })
    .from(orderPhotos)
    .innerJoin(photos, eq(photos.id, orderPhotos.photoId))
    .where(and(eq(orderPhotos.orderId, row.id), isNull(photos.erasedAt)))
    .get();
  const video = tx
    .select({ id: videos.id })
    .from(videos)
    .where(and(eq(videos.orderId, row.id), or(isNotNull(videos.filePath), isNotNull(videos.url))))
    .get();
  return !isEnded(row.status) || photo !== undefined || video !== undefined || row.fileRef !== null;
}

/** See `SupportStore.eraseOrder`. */
export function eraseOrder(
  tx: Tx,
  orderId: string,
  now: number,
  noticesFor: Parameters<SupportStore['eraseOrder']>[2],
): EraseOrderOutcome {
  const row = readOrderRow(tx, orderId);
  if (row === undefined) return { outcome: 'not_found' };
  const affected = [row, ...unfinishedWithPhotosOf(tx, row)];
  if (affected.some(isBusy)) return { outcome: 'busy' };
  const isLeft = hasSomethingLeft(tx, row);
  const ids = affected.map((one) => one.id);
  for (const one of affected) stop(tx, one, now);
  const ofOrder = tx
    .select({ photoId: orderPhotos.photoId })
    .from(orderPhotos)
    .where(eq(orderPhotos.orderId, orderId));
  tx.update(photos)
    .set({ bytes: null, erasedAt: now })
    .where(and(inArray(photos.id, ofOrder), isNull(photos.erasedAt)))
    .run();
  tx.update(orderPhotos)
    .set({ pixverseImageId: null })
    .where(inArray(orderPhotos.orderId, ids))
    .run();
  tx.update(orders)
    .set({ fileRef: null, compositeImageId: null })
    .where(inArray(orders.id, ids))
    .run();
  const files = eraseVideos(tx, inArray(videos.orderId, ids));
  const order = readOrder(tx, orderId);
  if (isLeft) insertNotices(tx, noticesFor(order, row.deliveredAt !== null), now);
  const messages = affected.flatMap(messagesOf);
  return { outcome: isLeft ? 'erased' : 'already', order, messages, files };
}
