// How an order row changes: the one place that writes statuses, and the effects that go with a move.

import { randomUUID } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import type { Order } from '../../core/model.js';
import { isMoveAllowed, type OrderStatus } from '../../core/orders/status.js';
import type { NewVideo, OrderChange, VideoUpdate } from '../../core/ports/store.js';
import { checkouts, freeClaims, strikes } from '../schema/money.js';
import { orderEvents, orderPhotos, orders, photos, videos } from '../schema/orders.js';
import { closeOpenCheckouts } from './checkout-rows.js';
import { insertEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { beginRefund, readPayment, recoverCredits } from './refund-rows.js';
import { type OrderRow, quoteColumns, readOrderRow, withPhotos } from './rows.js';
import type { Tx } from './transact.js';

/** Writes the event row of a move. */
export function logMove(
  tx: Tx,
  orderId: string,
  from: OrderStatus | null,
  to: OrderStatus,
  cause: string,
  at: number,
): void {
  tx.insert(orderEvents).values({ orderId, fromStatus: from, toStatus: to, cause, at }).run();
}

/**
 * Applies a change if the order is in one of its `from` statuses; answers the order as it is then, else null.
 * A change that moves the order or plans its next step ends a lease on it.
 * @throws Error when the move is not in the table: a bug, and the transaction is undone
 */
export function applyChange(tx: Tx, change: OrderChange): Order | null {
  const row = readOrderRow(tx, change.orderId);
  if (row === undefined || !change.from.includes(row.status)) return null;
  if (change.to !== undefined && !isMoveAllowed(row.status, change.to)) {
    throw new Error(`an order cannot go from ${row.status} to ${change.to}`);
  }
  const { quote, ...set } = change.set ?? {};
  const isDueAtOnce = row.isWoken && change.to === undefined && set.nextAttemptAt != null;
  const endsStep = change.to !== undefined || set.nextAttemptAt !== undefined;
  const columns: Partial<OrderRow> = {
    ...(change.to !== undefined && {
      status: change.to,
      nextAttemptAt: null,
      isSubmitAmbiguous: false,
      hardFailures: 0,
    }),
    ...(endsStep && { isLeased: false, isWoken: false }),
    ...set,
    ...(isDueAtOnce && { nextAttemptAt: change.now }),
    ...(quote !== undefined && quoteColumns(quote)),
    updatedAt: change.now,
  };
  tx.update(orders)
    .set(columns)
    .where(and(eq(orders.id, row.id), eq(orders.status, row.status)))
    .run();
  if (change.to !== undefined) {
    // Nobody shall pay for an order that has moved on.
    if (change.to === 'cancelled' || change.to === 'expired' || change.to === 'queued') {
      closeOpenCheckouts(tx, eq(checkouts.orderId, row.id), change.now);
    }
    logMove(tx, row.id, row.status, change.to, change.cause, change.now);
  }
  applyEffects(tx, row, change);
  return withPhotos(tx, { ...row, ...columns });
}

function applyEffects(tx: Tx, row: OrderRow, change: OrderChange): void {
  if (change.giveBack !== undefined) giveBack(tx, row, change.giveBack, change.now);
  if (change.strike === true) {
    tx.insert(strikes).values({ personId: row.personId, orderId: row.id, at: change.now }).run();
  }
  if (change.useFreeClaim === true) {
    tx.update(freeClaims)
      .set({ usedAt: change.now })
      .where(and(eq(freeClaims.orderId, row.id), isNull(freeClaims.releasedAt)))
      .run();
  }
  if (change.swapPhotos === true) swapPhotos(tx, row.id);
  if (change.dropPhotoId !== undefined) dropPhoto(tx, row.id, change.dropPhotoId, change.now);
  if (change.forgetImageIds === true) {
    tx.update(orderPhotos)
      .set({ pixverseImageId: null })
      .where(eq(orderPhotos.orderId, row.id))
      .run();
  }
  if (change.video !== undefined) writeVideo(tx, row, change.video, change.now);
  if (change.notices !== undefined) insertNotices(tx, change.notices, change.now);
}

/** Returns what funded the order, once: the ledger's cause and the open claim see to that. */
function giveBack(
  tx: Tx,
  row: OrderRow,
  { isFailure, by }: NonNullable<OrderChange['giveBack']>,
  now: number,
): void {
  if (row.fundedBy === 'free') {
    tx.update(freeClaims)
      .set({ releasedAt: now, isFailure })
      .where(
        and(
          eq(freeClaims.orderId, row.id),
          isNull(freeClaims.releasedAt),
          isNull(freeClaims.usedAt),
        ),
      )
      .run();
  } else if (row.fundedBy !== null && row.quoteCredits !== null) {
    const booked = insertEntry(
      tx,
      {
        personId: row.personId,
        delta: row.quoteCredits,
        kind: 'order_return',
        cause: `order:${row.id}:return`,
        orderId: row.id,
        actor: by?.actor ?? null,
        reason: by?.reason ?? null,
      },
      now,
    );
    const payment = row.paymentId === null ? undefined : readPayment(tx, row.paymentId);
    if (booked === 'booked' && payment !== undefined) {
      const cause = isFailure ? 'order_failed' : 'order_cancelled';
      beginRefund(tx, payment, by ?? { cause, actor: null, reason: null }, now);
      recoverCredits(tx, payment, now);
    }
  }
}

function swapPhotos(tx: Tx, orderId: string): void {
  const rows = tx.select().from(orderPhotos).where(eq(orderPhotos.orderId, orderId)).all();
  tx.delete(orderPhotos).where(eq(orderPhotos.orderId, orderId)).run();
  for (const photo of rows) {
    tx.insert(orderPhotos)
      .values({ ...photo, position: photo.position === 1 ? 2 : 1 })
      .run();
  }
}

/** Takes a photo out of an order; its bytes go with it unless another order has the photo too. */
export function dropPhoto(tx: Tx, orderId: string, photoId: string, now: number): void {
  tx.delete(orderPhotos)
    .where(and(eq(orderPhotos.orderId, orderId), eq(orderPhotos.photoId, photoId)))
    .run();
  const other = tx.select().from(orderPhotos).where(eq(orderPhotos.photoId, photoId)).get();
  if (other === undefined) {
    tx.update(photos).set({ bytes: null, erasedAt: now }).where(eq(photos.id, photoId)).run();
  }
}

function writeVideo(tx: Tx, row: OrderRow, change: NewVideo | VideoUpdate, now: number): void {
  if (change.begin) {
    const { begin: _begin, ...video } = change;
    tx.insert(videos)
      .values({
        ...video,
        id: randomUUID(),
        orderId: row.id,
        personId: row.personId,
        status: 'generating',
        createdAt: now,
        updatedAt: now,
      })
      .run();
  } else {
    tx.update(videos)
      .set({ ...change.set, updatedAt: now })
      .where(eq(videos.pixverseVideoId, change.pixverseVideoId))
      .run();
  }
}
