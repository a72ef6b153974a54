// Orders, their photos and their videos. The row is the program counter. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit
// of their currency, credits are our own whole units, ids that PixVerse gives are text.

import { sql } from 'drizzle-orm';
import {
  blob,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { FailureCode, Platform, Route, Video } from '../../core/model.js';
import type { OrderStatus } from '../../core/orders/status.js';
import { people } from './people.js';

/** Orders: the row is the program counter. The meaning of each field is `Order` in core/model.ts. */
export const orders = sqliteTable(
  'orders',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    platform: text('platform').$type<Platform>().notNull(),
    chatId: text('chat_id').notNull(),
    status: text('status').$type<OrderStatus>().notNull(),
    failureCode: text('failure_code').$type<FailureCode>(),
    replacing: integer('replacing').$type<1 | 2>(),

    variant: text('variant'),
    /** The frozen quote; the five columns are set together. */
    quoteCurrency: text('quote_currency'),
    quoteExponent: integer('quote_exponent'),
    quoteAmountMinor: integer('quote_amount_minor'),
    quoteCredits: integer('quote_credits'),
    quoteTableVersion: text('quote_table_version'),
    fundedBy: text('funded_by').$type<'free' | 'credits' | 'payment'>(),
    checkoutId: text('checkout_id'),
    paymentId: text('payment_id'),

    route: text('route').$type<Route>().notNull().default('fusion'),
    generationAttempts: integer('generation_attempts').notNull().default(0),
    traceId: text('trace_id'),
    /** Set by a claim in `submitting`, cleared by every move. */
    isSubmitAmbiguous: integer('is_submit_ambiguous', { mode: 'boolean' }).notNull().default(false),
    pixverseVideoId: text('pixverse_video_id'),
    compositeImageId: text('composite_image_id'),
    reuploads: integer('reuploads').notNull().default(0),
    reruns: integer('reruns').notNull().default(0),

    nextAttemptAt: integer('next_attempt_at'),
    /** 1 while a worker holds the row; `next_attempt_at` is then the end of its lease. */
    isLeased: integer('is_leased', { mode: 'boolean' }).notNull().default(false),
    /** A webhook came during the lease: the step after it is due at once. Cleared by every claim and plan. */
    isWoken: integer('is_woken', { mode: 'boolean' }).notNull().default(false),
    stepFailures: integer('step_failures').notNull().default(0),
    /** Counted anew after every move. */
    hardFailures: integer('hard_failures').notNull().default(0),
    slotsRefusedSince: integer('slots_refused_since'),
    lateLookUntil: integer('late_look_until'),

    cardMessageId: text('card_message_id'),
    cardPictureKey: text('card_picture_key'),
    cardShownKey: text('card_shown_key'),
    cardDueAt: integer('card_due_at'),
    isCardRepost: integer('is_card_repost', { mode: 'boolean' }).notNull().default(false),

    sendIntentAt: integer('send_intent_at'),
    unansweredSends: integer('unanswered_sends').notNull().default(0),
    deliveredMessageId: text('delivered_message_id'),
    fileRef: text('file_ref'),
    isGift: integer('is_gift', { mode: 'boolean' }).notNull().default(false),

    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    queuedAt: integer('queued_at'),
    submittedAt: integer('submitted_at'),
    lastLookAt: integer('last_look_at'),
    generatedAt: integer('generated_at'),
    deliveredAt: integer('delivered_at'),
    endedAt: integer('ended_at'),
  },
  (t) => [
    index('orders_due')
      .on(t.nextAttemptAt)
      .where(sql`${t.nextAttemptAt} is not null`),
    index('orders_card_due')
      .on(t.cardDueAt)
      .where(sql`${t.cardDueAt} is not null`),
    index('orders_status').on(t.status, t.queuedAt),
    index('orders_person').on(t.personId, t.status),
    index('orders_delivered').on(t.deliveredAt),
    index('orders_ended').on(t.endedAt),
    uniqueIndex('orders_one_draft')
      .on(t.personId, t.platform, t.chatId)
      .where(sql`${t.status} in ('draft','awaiting_payment')`),
    uniqueIndex('orders_one_running')
      .on(t.personId)
      .where(sql`${t.status} in ('queued','submitting','generating')`),
  ],
);

/** What happened to orders, one row a move, written in the transaction of the move. */
export const orderEvents = sqliteTable(
  'order_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    fromStatus: text('from_status').$type<OrderStatus>(),
    toStatus: text('to_status').$type<OrderStatus>().notNull(),
    cause: text('cause').notNull(),
    at: integer('at').notNull(),
  },
  (t) => [index('order_events_order').on(t.orderId)],
);

/** Photos, ready for PixVerse (JPEG, sRGB, upright, no metadata). `bytes` is null once erased. */
export const photos = sqliteTable(
  'photos',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    bytes: blob('bytes', { mode: 'buffer' }),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    createdAt: integer('created_at').notNull(),
    erasedAt: integer('erased_at'),
  },
  (t) => [
    index('photos_kept')
      .on(t.createdAt)
      .where(sql`${t.erasedAt} is null`),
  ],
);

/** Which photo stands where in an order; a photo can be in several orders (Again, Other quality). */
export const orderPhotos = sqliteTable(
  'order_photos',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    position: integer('position').$type<1 | 2>().notNull(),
    photoId: text('photo_id')
      .notNull()
      .references(() => photos.id),
    sourceKey: text('source_key').notNull(),
    sourceOrder: integer('source_order').notNull(),
    albumKey: text('album_key'),
    /** Per order: nothing says how long PixVerse knows an uploaded picture. */
    pixverseImageId: text('pixverse_image_id'),
  },
  (t) => [
    primaryKey({ columns: [t.orderId, t.position] }),
    index('order_photos_photo').on(t.photoId),
  ],
);

/** Messages whose photo an order has already dealt with, so that a repeat changes nothing. */
export const photoSources = sqliteTable(
  'photo_sources',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    sourceKey: text('source_key').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orderId, t.sourceKey] })],
);

/** History of generations: one row for each video that PixVerse accepted. */
export const videos = sqliteTable(
  'videos',
  {
    id: text('id').primaryKey(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    pixverseVideoId: text('pixverse_video_id').notNull(),
    traceId: text('trace_id').notNull(),
    route: text('route').$type<Route>().notNull(),
    variant: text('variant').notNull(),
    status: text('status').$type<Video['status']>().notNull(),
    url: text('url'),
    resolution: text('resolution').notNull(),
    durationSeconds: integer('duration_seconds').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text('currency').notNull(),
    filePath: text('file_path'),
    sizeBytes: integer('size_bytes'),
    width: integer('width'),
    height: integer('height'),
    generationMs: integer('generation_ms'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('videos_pixverse').on(t.pixverseVideoId),
    index('videos_order').on(t.orderId),
    index('videos_person').on(t.personId, t.createdAt),
    index('videos_learn')
      .on(t.variant, t.updatedAt)
      .where(sql`${t.generationMs} is not null`),
    index('videos_files')
      .on(t.updatedAt)
      .where(sql`${t.filePath} is not null`),
  ],
);
