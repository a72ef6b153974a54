// Photos of orders: which stands where, and their bytes.

import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { Order, OrderPhoto, PhotoPosition } from '../../core/model.js';
import { EDITABLE_STATUSES } from '../../core/orders/status.js';
import type { AddPhotoOutcome, NewPhoto, Store } from '../../core/ports/store.js';
import { orderPhotos, photos, photoSources } from '../schema/orders.js';
import { applyChange, dropPhoto } from './changes.js';
import { readOrderRow, withPhotos } from './rows.js';
import type { Transact, Tx } from './transact.js';

type PhotoStore = Pick<Store, 'addPhoto' | 'readPhoto' | 'saveImageId'>;

/** Where a further photo goes: a place, the photo it pushes out, or nowhere. */
type Place =
  | { position: PhotoPosition; pushesOut: OrderPhoto | null; movesFirst: boolean }
  | { position: null };

/**
 * The rule of albums: their messages come in any order, so the smaller message number comes first, and of more than
 * two the first two count.
 */
function findPlace(order: Order, photo: NewPhoto): Place {
  const at = (position: PhotoPosition) => order.photos.find((p) => p.position === position) ?? null;
  if (order.replacing !== null) {
    return { position: order.replacing, pushesOut: at(order.replacing), movesFirst: false };
  }
  const [first, second] = [at(1), at(2)];
  const isSameAlbum = (other: OrderPhoto) =>
    photo.albumKey !== null && other.albumKey === photo.albumKey;
  if (first === null) return { position: 1, pushesOut: null, movesFirst: false };
  const comesFirst = isSameAlbum(first) && photo.sourceOrder < first.sourceOrder;
  if (second === null) {
    return { position: comesFirst ? 1 : 2, pushesOut: null, movesFirst: comesFirst };
  }
  if (isSameAlbum(first) && isSameAlbum(second) && photo.sourceOrder < second.sourceOrder) {
    return { position: comesFirst ? 1 : 2, pushesOut: second, movesFirst: comesFirst };
  }
  return { position: null };
}

function insertPhoto(
  tx: Tx,
  order: Order,
  photo: NewPhoto,
  place: Exclude<Place, { position: null }>,
  now: number,
): void {
  if (place.pushesOut !== null) dropPhoto(tx, order.id, place.pushesOut.photoId, now);
  if (place.movesFirst) {
    tx.update(orderPhotos)
      .set({ position: 2 })
      .where(and(eq(orderPhotos.orderId, order.id), eq(orderPhotos.position, 1)))
      .run();
  }
  const photoId = randomUUID();
  tx.insert(photos)
    .values({
      id: photoId,
      personId: order.personId,
      bytes: photo.bytes,
      width: photo.width,
      height: photo.height,
      createdAt: now,
    })
    .run();
  tx.insert(orderPhotos)
    .values({
      orderId: order.id,
      position: place.position,
      photoId,
      sourceKey: photo.sourceKey,
      sourceOrder: photo.sourceOrder,
      albumKey: photo.albumKey,
    })
    .run();
}

function addPhoto(
  tx: Tx,
  orderId: string,
  photo: NewPhoto,
  due: { cardAt: number; uploadAt: number | null },
  now: number,
): { order: Order; outcome: AddPhotoOutcome } | null {
  const row = readOrderRow(tx, orderId);
  if (row === undefined || !EDITABLE_STATUSES.includes(row.status)) return null;
  const order = withPhotos(tx, row);
  const source = tx
    .insert(photoSources)
    .values({ orderId, sourceKey: photo.sourceKey })
    .onConflictDoNothing()
    .run();
  if (source.changes === 0) return { order, outcome: 'same' };
  const place = findPlace(order, photo);
  if (place.position === null) return { order, outcome: 'extra' };
  insertPhoto(tx, order, photo, place, now);
  const changed = applyChange(tx, {
    orderId,
    from: EDITABLE_STATUSES,
    cause: 'photo',
    now,
    set: {
      replacing: null,
      cardDueAt: due.cardAt,
      isCardRepost: true,
      ...(due.uploadAt !== null && { nextAttemptAt: due.uploadAt }),
    },
  });
  if (changed === null) throw new Error('the order moved inside a transaction');
  return { order: changed, outcome: order.replacing === null ? 'added' : 'replaced' };
}

export function createPhotoStore(transact: Transact): PhotoStore {
  return {
    addPhoto: (orderId, photo, due, now) =>
      transact((tx) => addPhoto(tx, orderId, photo, due, now)),

    readPhoto: (photoId) =>
      transact(
        (tx) =>
          tx.select({ bytes: photos.bytes }).from(photos).where(eq(photos.id, photoId)).get()
            ?.bytes ?? null,
      ),

    saveImageId: (orderId, photoId, pixverseImageId) =>
      transact((tx) => {
        tx.update(orderPhotos)
          .set({ pixverseImageId })
          .where(and(eq(orderPhotos.orderId, orderId), eq(orderPhotos.photoId, photoId)))
          .run();
      }),
  };
}
