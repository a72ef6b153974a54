// Cards and the history of videos.

import { and, count, desc, eq, isNotNull, isNull, lte, or } from 'drizzle-orm';
import type { Store } from '../../core/ports/store.js';
import { orders, videos } from '../schema/orders.js';
import { toVideo, withPhotos } from './rows.js';
import type { Transact, Tx } from './transact.js';

type VideoStore = Pick<
  Store,
  'claimDueCards' | 'recordCard' | 'adoptCard' | 'readVideo' | 'listVideos' | 'recentGenerationMs'
>;

/** Delivered videos that can still be sent: by the platform's handle or from our file. */
function shownVideos(personId: string) {
  return and(
    eq(orders.personId, personId),
    eq(orders.status, 'delivered'),
    eq(videos.status, 'done'),
    or(isNotNull(orders.fileRef), isNotNull(videos.filePath)),
  );
}

function listVideos(tx: Tx, personId: string, page: { offset: number; limit: number }) {
  const joined = tx
    .select({ order: orders, video: videos })
    .from(orders)
    .innerJoin(
      videos,
      and(eq(videos.orderId, orders.id), eq(videos.pixverseVideoId, orders.pixverseVideoId)),
    )
    .where(shownVideos(personId))
    .orderBy(desc(orders.deliveredAt))
    .limit(page.limit)
    .offset(page.offset)
    .all();
  const total = tx
    .select({ videos: count() })
    .from(orders)
    .innerJoin(
      videos,
      and(eq(videos.orderId, orders.id), eq(videos.pixverseVideoId, orders.pixverseVideoId)),
    )
    .where(shownVideos(personId))
    .get();
  const entries = joined.map(({ order, video }) => ({
    order: withPhotos(tx, order),
    video: toVideo(video),
  }));
  return { entries, total: total?.videos ?? 0 };
}

export function createVideoStore(transact: Transact): VideoStore {
  return {
    claimDueCards: (now, leaseMs, limit) =>
      transact((tx) => {
        const due = tx
          .select()
          .from(orders)
          .where(lte(orders.cardDueAt, now))
          .orderBy(orders.cardDueAt)
          .limit(limit)
          .all();
        for (const row of due) {
          row.cardDueAt = now + leaseMs;
          // The wish to move the card goes with the claim: who asks meanwhile asks anew.
          tx.update(orders)
            .set({ cardDueAt: row.cardDueAt, isCardRepost: false })
            .where(eq(orders.id, row.id))
            .run();
        }
        return due.map((row) => withPhotos(tx, row));
      }),

    recordCard: (claimed, shown, nextDueAt) =>
      transact((tx) => {
        if (shown !== null) {
          tx.update(orders)
            .set({
              cardMessageId: shown.messageId,
              cardPictureKey: shown.pictureKey,
              cardShownKey: shown.key,
            })
            .where(eq(orders.id, claimed.id))
            .run();
        } else if (claimed.isCardRepost) {
          tx.update(orders).set({ isCardRepost: true }).where(eq(orders.id, claimed.id)).run();
        }
        const isUnasked =
          claimed.cardDueAt === null
            ? isNull(orders.cardDueAt)
            : eq(orders.cardDueAt, claimed.cardDueAt);
        tx.update(orders)
          .set({ cardDueAt: nextDueAt })
          .where(and(eq(orders.id, claimed.id), isUnasked))
          .run();
      }),

    adoptCard: (orderId, messageId) =>
      transact((tx) => {
        tx.update(orders)
          .set({ cardMessageId: messageId, cardPictureKey: null, cardShownKey: null })
          .where(and(eq(orders.id, orderId), isNull(orders.cardMessageId)))
          .run();
      }),

    readVideo: (pixverseVideoId) =>
      transact((tx) => {
        const row = tx
          .select()
          .from(videos)
          .where(eq(videos.pixverseVideoId, pixverseVideoId))
          .get();
        return row === undefined ? null : toVideo(row);
      }),

    listVideos: (personId, page) => transact((tx) => listVideos(tx, personId, page)),

    recentGenerationMs: (variant, limit) =>
      transact((tx) =>
        tx
          .select({ generationMs: videos.generationMs })
          .from(videos)
          .where(and(eq(videos.variant, variant), isNotNull(videos.generationMs)))
          .orderBy(desc(videos.updatedAt))
          .limit(limit)
          .all()
          .flatMap((row) => (row.generationMs === null ? [] : [row.generationMs])),
      ),
  };
}
