// Turns table rows into the records of core, and back. No decisions here.

import { asc, eq, sql } from 'drizzle-orm';
import type { Identity, Order, OrderPhoto, Person, Quote, Video } from '../../core/model.js';
import type { videos } from '../schema/orders.js';
import type { identities, people } from '../schema/people.js';
import { orderPhotos, orders, photos } from '../schema/orders.js';
import { preparedOnce } from './prepared.js';
import type { Tx } from './transact.js';

export type OrderRow = typeof orders.$inferSelect;

export function toPerson(row: typeof people.$inferSelect): Person {
  return { ...row };
}

export function toIdentity(row: typeof identities.$inferSelect): Identity {
  const { createdAt: _createdAt, seenAt: _seenAt, ...identity } = row;
  return identity;
}

export function toVideo(row: typeof videos.$inferSelect): Video {
  return { ...row };
}

function toQuote(row: OrderRow): Quote | null {
  if (
    row.quoteCurrency === null ||
    row.quoteExponent === null ||
    row.quoteAmountMinor === null ||
    row.quoteCredits === null ||
    row.quoteTableVersion === null
  ) {
    return null;
  }
  return {
    currency: row.quoteCurrency,
    exponent: row.quoteExponent,
    amountMinor: row.quoteAmountMinor,
    credits: row.quoteCredits,
    tableVersion: row.quoteTableVersion,
  };
}

/** The columns of a quote, for `set` and `values`. */
export function quoteColumns(quote: Quote | null): Partial<OrderRow> {
  return {
    quoteCurrency: quote?.currency ?? null,
    quoteExponent: quote?.exponent ?? null,
    quoteAmountMinor: quote?.amountMinor ?? null,
    quoteCredits: quote?.credits ?? null,
    quoteTableVersion: quote?.tableVersion ?? null,
  };
}

export function toOrder(row: OrderRow, orderPhotoList: OrderPhoto[]): Order {
  const {
    quoteCurrency: _currency,
    quoteExponent: _exponent,
    quoteAmountMinor: _amountMinor,
    quoteCredits: _credits,
    quoteTableVersion: _tableVersion,
    isLeased: _isLeased,
    isWoken: _isWoken,
    ...rest
  } = row;
  return { ...rest, quote: toQuote(row), photos: orderPhotoList };
}

const selectPhotos = preparedOnce((tx) =>
  tx
    .select({
      photoId: orderPhotos.photoId,
      position: orderPhotos.position,
      sourceKey: orderPhotos.sourceKey,
      sourceOrder: orderPhotos.sourceOrder,
      albumKey: orderPhotos.albumKey,
      pixverseImageId: orderPhotos.pixverseImageId,
      width: photos.width,
      height: photos.height,
      erasedAt: photos.erasedAt,
    })
    .from(orderPhotos)
    .innerJoin(photos, eq(photos.id, orderPhotos.photoId))
    .where(eq(orderPhotos.orderId, sql.placeholder('orderId')))
    .orderBy(asc(orderPhotos.position))
    .prepare(),
);

/** The order of a row, with its photos. */
export function withPhotos(tx: Tx, row: OrderRow): Order {
  return toOrder(row, selectPhotos(tx).all({ orderId: row.id }));
}

const selectOrder = preparedOnce((tx) =>
  tx
    .select()
    .from(orders)
    .where(eq(orders.id, sql.placeholder('orderId')))
    .prepare(),
);

export function readOrderRow(tx: Tx, orderId: string): OrderRow | undefined {
  return selectOrder(tx).get({ orderId });
}

/** @throws Error when the order does not exist: the caller has just written it. */
export function readOrder(tx: Tx, orderId: string): Order {
  const row = readOrderRow(tx, orderId);
  if (row === undefined) throw new Error(`order ${orderId} is gone`);
  return withPhotos(tx, row);
}
