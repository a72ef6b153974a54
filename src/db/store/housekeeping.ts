// What grows old: drafts, photo bytes, video files, handled updates.

import { and, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { EDITABLE_STATUSES, ENDED_STATUSES } from '../../core/orders/status.js';
import type { Store } from '../../core/ports/store.js';
import { orderPhotos, orders, photos, videos } from '../schema/orders.js';
import { pruneInbox } from './inbox.js';
import { pruneNotices } from './notices.js';
import { toVideo, withPhotos } from './rows.js';
import { prunePrompts } from './tickets.js';
import type { Transact, Tx } from './transact.js';

type HousekeepingStore = Pick<
  Store,
  | 'listStaleDrafts'
  | 'erasePhotos'
  | 'listOldVideoFiles'
  | 'forgetVideoFile'
  | 'listVideoFilePaths'
  | 'prune'
>;

/** A photo is needed while one of its orders is open or ended after `before`. */
function erasePhotos(tx: Tx, before: number, now: number): number {
  const needed = tx
    .select({ one: sql`1` })
    .from(orderPhotos)
    .innerJoin(orders, eq(orders.id, orderPhotos.orderId))
    .where(
      and(
        eq(orderPhotos.photoId, photos.id),
        sql`(${orders.endedAt} is null or ${orders.endedAt} >= ${before}
          or ${orders.status} not in ${[...ENDED_STATUSES]})`,
      ),
    );
  return tx
    .update(photos)
    .set({ bytes: null, erasedAt: now })
    .where(and(isNull(photos.erasedAt), lt(photos.createdAt, before), sql`not exists ${needed}`))
    .run().changes;
}

export function createHousekeepingStore(transact: Transact): HousekeepingStore {
  return {
    listStaleDrafts: (before, limit) =>
      transact((tx) =>
        tx
          .select()
          .from(orders)
          .where(and(inArray(orders.status, [...EDITABLE_STATUSES]), lt(orders.updatedAt, before)))
          .limit(limit)
          .all()
          .map((row) => withPhotos(tx, row)),
      ),

    erasePhotos: (before, now) => transact((tx) => erasePhotos(tx, before, now)),

    listOldVideoFiles: (before, limit) =>
      transact((tx) =>
        tx
          .select()
          .from(videos)
          .where(and(isNotNull(videos.filePath), lt(videos.updatedAt, before)))
          .limit(limit)
          .all()
          .map(toVideo),
      ),

    forgetVideoFile: (videoId, now) =>
      transact((tx) => {
        tx.update(videos)
          .set({ filePath: null, url: null, updatedAt: now })
          .where(eq(videos.id, videoId))
          .run();
      }),

    listVideoFilePaths: () =>
      transact((tx) =>
        tx
          .select({ filePath: videos.filePath })
          .from(videos)
          .where(isNotNull(videos.filePath))
          .all()
          .flatMap((row) => (row.filePath === null ? [] : [row.filePath])),
      ),

    prune: (before) =>
      transact((tx) => {
        pruneInbox(tx, before);
        pruneNotices(tx, before);
        prunePrompts(tx, before);
      }),
  };
}
