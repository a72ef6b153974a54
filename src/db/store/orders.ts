// Orders: drafts, due work and the queue. Moves themselves are in changes.ts.

import { and, asc, count, eq, gt, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { ChatAddress, Order } from '../../core/model.js';
import {
  EDITABLE_STATUSES,
  type OrderStatus,
  RUNNING_STATUSES,
  SLOT_STATUSES,
} from '../../core/orders/status.js';
import type { Store } from '../../core/ports/store.js';
import { settings } from '../schema/messages.js';
import {
  orderEvents,
  orderPhotos,
  orders,
  photos,
  photoSources,
  videos,
} from '../schema/orders.js';
import { applyChange, logMove } from './changes.js';
import { type OrderRow, readOrder, readOrderRow, withPhotos } from './rows.js';
import { writeSetting } from './settings.js';
import type { Transact, Tx } from './transact.js';

type OrderStore = Pick<
  Store,
  | 'readOrder'
  | 'findDraft'
  | 'findRunning'
  | 'openDraft'
  | 'changeOrder'
  | 'startNextQueued'
  | 'queuePosition'
  | 'countQueued'
  | 'wakeVideo'
  | 'setSubmitPause'
  | 'listEvents'
>;

/** Statuses in which a generation is looked at. */
const WAKEABLE: readonly OrderStatus[] = ['generating', 'failed'];
const PAUSE_KEY = 'submit_pause_until';

function findDraft(tx: Tx, personId: string, address: ChatAddress): OrderRow | undefined {
  return tx
    .select()
    .from(orders)
    .where(
      and(
        eq(orders.personId, personId),
        eq(orders.platform, address.platform),
        eq(orders.chatId, address.chatId),
        inArray(orders.status, [...EDITABLE_STATUSES]),
      ),
    )
    .get();
}

/** Copies the photos of an order that still have their bytes. */
function copyPhotos(tx: Tx, fromOrderId: string, toOrderId: string): void {
  const kept = tx
    .select({ photo: orderPhotos })
    .from(orderPhotos)
    .innerJoin(photos, eq(photos.id, orderPhotos.photoId))
    .where(and(eq(orderPhotos.orderId, fromOrderId), isNull(photos.erasedAt)))
    .all();
  for (const { photo } of kept) {
    tx.insert(orderPhotos)
      .values({ ...photo, orderId: toOrderId, pixverseImageId: null })
      .run();
    tx.insert(photoSources)
      .values({ orderId: toOrderId, sourceKey: photo.sourceKey })
      .onConflictDoNothing()
      .run();
  }
}

/** Has a draft the photos of that order and no others? Then a further tap on Again means this one. */
function isCopyOf(tx: Tx, draftId: string, orderId: string): boolean {
  const [ours, theirs] = [draftId, orderId].map((id) =>
    readOrder(tx, id)
      .photos.map((photo) => photo.photoId)
      .sort()
      .join(),
  );
  return ours === theirs;
}

function openDraft(
  tx: Tx,
  draft: { orderId: string; personId: string; address: ChatAddress; photosOf: string | null },
  now: number,
): Order {
  const existing = findDraft(tx, draft.personId, draft.address);
  if (existing !== undefined) {
    const isMeant = draft.photosOf === null || isCopyOf(tx, existing.id, draft.photosOf);
    if (isMeant) return withPhotos(tx, existing);
    applyChange(tx, {
      orderId: existing.id,
      from: EDITABLE_STATUSES,
      to: 'cancelled',
      cause: 'superseded',
      now,
      // Even without a known message: the card may be on its way to the chat.
      set: { endedAt: now, cardDueAt: now },
    });
  }
  const { orderId, personId, address } = draft;
  tx.insert(orders)
    .values({ id: orderId, personId, ...address, status: 'draft', createdAt: now, updatedAt: now })
    .run();
  logMove(tx, orderId, null, 'draft', draft.photosOf === null ? 'started' : 'again', now);
  if (draft.photosOf !== null) copyPhotos(tx, draft.photosOf, orderId);
  return readOrder(tx, orderId);
}

function readPause(tx: Tx): number {
  const row = tx.select().from(settings).where(eq(settings.key, PAUSE_KEY)).get();
  return row === undefined ? 0 : Number(row.value);
}

/** First come, first served among queued orders whose pictures PixVerse has. */
function firstReady(tx: Tx, now: number): Pick<OrderRow, 'id' | 'generationAttempts'> | undefined {
  const missingPhoto = tx
    .select({ one: sql`1` })
    .from(orderPhotos)
    .where(and(eq(orderPhotos.orderId, orders.id), isNull(orderPhotos.pixverseImageId)));
  return tx
    .select({ id: orders.id, generationAttempts: orders.generationAttempts })
    .from(orders)
    .where(
      and(
        eq(orders.status, 'queued'),
        eq(orders.isLeased, false),
        or(isNull(orders.nextAttemptAt), lt(orders.nextAttemptAt, now + 1)),
        or(
          and(eq(orders.route, 'composite'), isNotNull(orders.compositeImageId)),
          and(eq(orders.route, 'fusion'), sql`not exists ${missingPhoto}`),
        ),
      ),
    )
    .orderBy(asc(orders.queuedAt), asc(orders.id))
    .limit(1)
    .get();
}

function startNextQueued(tx: Tx, start: Parameters<Store['startNextQueued']>[0]): Order | null {
  if (readPause(tx) > start.now) return null;
  const next = firstReady(tx, start.now);
  if (next === undefined) return null;
  // Counted last: the loop asks at every turn, mostly with nothing queued, and thousands may be running.
  const running = tx
    .select({ orders: count() })
    .from(orders)
    .where(
      and(
        inArray(orders.status, [...SLOT_STATUSES]),
        gt(orders.submittedAt, start.now - start.slotHeldMs),
      ),
    )
    .get();
  if ((running?.orders ?? 0) >= start.maxRunning) return null;
  const started = applyChange(tx, {
    orderId: next.id,
    from: ['queued'],
    to: 'submitting',
    cause: 'slot_free',
    now: start.now,
    set: {
      traceId: start.traceId,
      pixverseVideoId: null,
      submittedAt: start.now,
      lastLookAt: null,
      generationAttempts: next.generationAttempts + 1,
      nextAttemptAt: start.now + start.leaseMs,
    },
  });
  tx.update(orders).set({ isLeased: true }).where(eq(orders.id, next.id)).run();
  return started;
}

/** The queue is short; the place in it is told to a person, so it is counted the plain way. */
function queuePosition(tx: Tx, orderId: string): number {
  const row = readOrderRow(tx, orderId);
  if (row?.queuedAt == null) return 1;
  const ahead = tx
    .select({ orders: count() })
    .from(orders)
    .where(
      and(
        eq(orders.status, 'queued'),
        or(
          lt(orders.queuedAt, row.queuedAt),
          and(eq(orders.queuedAt, row.queuedAt), lt(orders.id, row.id)),
        ),
      ),
    )
    .get();
  return (ahead?.orders ?? 0) + 1;
}

export function createOrderStore(transact: Transact): OrderStore {
  return {
    readOrder: (orderId) =>
      transact((tx) => {
        const row = readOrderRow(tx, orderId);
        return row === undefined ? null : withPhotos(tx, row);
      }),
    findDraft: (personId, address) =>
      transact((tx) => {
        const row = findDraft(tx, personId, address);
        return row === undefined ? null : withPhotos(tx, row);
      }),
    findRunning: (personId) =>
      transact((tx) => {
        const row = tx
          .select()
          .from(orders)
          .where(and(eq(orders.personId, personId), inArray(orders.status, [...RUNNING_STATUSES])))
          .get();
        return row === undefined ? null : withPhotos(tx, row);
      }),
    openDraft: (draft, now) => transact((tx) => openDraft(tx, draft, now)),
    changeOrder: (change) => transact((tx) => applyChange(tx, change)),
    startNextQueued: (start) => transact((tx) => startNextQueued(tx, start)),
    queuePosition: (orderId) => transact((tx) => queuePosition(tx, orderId)),
    countQueued: () =>
      transact(
        (tx) =>
          tx.select({ orders: count() }).from(orders).where(eq(orders.status, 'queued')).get()
            ?.orders ?? 0,
      ),

    wakeVideo: (pixverseVideoId, now) =>
      transact((tx) => {
        const video = tx
          .select({ orderId: videos.orderId })
          .from(videos)
          .where(eq(videos.pixverseVideoId, pixverseVideoId))
          .get();
        if (video === undefined) return null;
        const row = readOrderRow(tx, video.orderId);
        if (row?.isLeased === true && WAKEABLE.includes(row.status)) {
          // A second step beside the one under way would fetch the same file twice.
          tx.update(orders).set({ isWoken: true }).where(eq(orders.id, row.id)).run();
          return withPhotos(tx, { ...row, isWoken: true });
        }
        return applyChange(tx, {
          orderId: video.orderId,
          from: WAKEABLE,
          cause: 'webhook',
          now,
          set: { nextAttemptAt: now },
        });
      }),

    setSubmitPause: (until) =>
      transact((tx) => {
        writeSetting(tx, PAUSE_KEY, String(until));
      }),

    listEvents: (orderId) =>
      transact((tx) =>
        tx
          .select({
            orderId: orderEvents.orderId,
            from: orderEvents.fromStatus,
            to: orderEvents.toStatus,
            cause: orderEvents.cause,
            at: orderEvents.at,
          })
          .from(orderEvents)
          .where(eq(orderEvents.orderId, orderId))
          .orderBy(asc(orderEvents.id))
          .all(),
      ),
  };
}
