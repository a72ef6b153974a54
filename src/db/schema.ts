// All tables. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit of their currency,
// credits are our own whole units. Ids that PixVerse gives are text: they may exceed 2^53.

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
import type { FailureCode, LedgerEntry, Platform, Route, Video } from '../core/model.js';
import type { OrderStatus } from '../core/orders/status.js';

/** A human being; holds nothing personal, so that the books can keep it. Written by `seePerson`, `setPerson`. */
export const people = sqliteTable('people', {
  id: text('id').primaryKey(),
  locale: text('locale').notNull(),
  isLocaleChosen: integer('is_locale_chosen', { mode: 'boolean' }).notNull().default(false),
  /** ISO 4217, the person's choice; null while hints decide. */
  currency: text('currency'),
  /** Variant listed first, drawn once per person. */
  offerFirst: text('offer_first').notNull(),
  /** Payload of the first deep link: campaign or inviter. */
  source: text('source'),
  createdAt: integer('created_at').notNull(),
});

/** Accounts on platforms: all that is personal about somebody. Written with every update by `seePerson`. */
export const identities = sqliteTable(
  'identities',
  {
    platform: text('platform').$type<Platform>().notNull(),
    platformUserId: text('platform_user_id').notNull(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    chatId: text('chat_id').notNull(),
    /** Lower case, without the @. */
    username: text('username'),
    displayName: text('display_name'),
    languageHint: text('language_hint'),
    unreachableSince: integer('unreachable_since'),
    createdAt: integer('created_at').notNull(),
    seenAt: integer('seen_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.platformUserId] }),
    index('identities_person').on(t.personId),
    index('identities_username').on(t.platform, t.username),
    index('identities_chat').on(t.platform, t.chatId),
  ],
);

/** Which text of the consent a person agreed to, and when. */
export const consents = sqliteTable(
  'consents',
  {
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    version: integer('version').notNull(),
    agreedAt: integer('agreed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.version] })],
);

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
    fundedBy: text('funded_by').$type<'free' | 'credits'>(),

    route: text('route').$type<Route>().notNull().default('fusion'),
    generationAttempts: integer('generation_attempts').notNull().default(0),
    traceId: text('trace_id'),
    pixverseVideoId: text('pixverse_video_id'),
    compositeImageId: text('composite_image_id'),
    reuploads: integer('reuploads').notNull().default(0),
    reruns: integer('reruns').notNull().default(0),

    nextAttemptAt: integer('next_attempt_at'),
    /** 1 while a worker holds the row; `next_attempt_at` is then the end of its lease. */
    isLeased: integer('is_leased', { mode: 'boolean' }).notNull().default(false),
    stepFailures: integer('step_failures').notNull().default(0),
    slotsRefusedSince: integer('slots_refused_since'),
    lateLookUntil: integer('late_look_until'),

    cardMessageId: text('card_message_id'),
    cardPictureKey: text('card_picture_key'),
    cardShownKey: text('card_shown_key'),
    cardDueAt: integer('card_due_at'),
    isCardRepost: integer('is_card_repost', { mode: 'boolean' }).notNull().default(false),

    sendIntentAt: integer('send_intent_at'),
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

/** Free videos that were claimed. A claim is open, used up by delivery, or released. */
export const freeClaims = sqliteTable(
  'free_claims',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** 1 for the first free video of a person, 2 for the second, … */
    number: integer('number').notNull(),
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    claimedAt: integer('claimed_at').notNull(),
    usedAt: integer('used_at'),
    releasedAt: integer('released_at'),
    /** True when it was released by a failure and not by the person. */
    isFailure: integer('is_failure', { mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    uniqueIndex('free_claims_number')
      .on(t.personId, t.number)
      .where(sql`${t.releasedAt} is null`),
    uniqueIndex('free_claims_order').on(t.orderId),
    index('free_claims_day').on(t.claimedAt),
  ],
);

/** The append-only ledger of credits. Rows are never changed or deleted (a trigger forbids it). */
export const ledger = sqliteTable(
  'ledger',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    /** Credits; positive is given, negative is taken. */
    delta: integer('delta').notNull(),
    kind: text('kind').$type<LedgerEntry['kind']>().notNull(),
    /** What caused it: `order:<id>:spend`, `telegram:<update>:grant`, … Each cause is booked once. */
    cause: text('cause').notNull(),
    orderId: text('order_id').references(() => orders.id),
    actor: text('actor'),
    reason: text('reason'),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [uniqueIndex('ledger_cause').on(t.cause), index('ledger_person').on(t.personId, t.id)],
);

/** Lines that must reach somebody. `content` is JSON (NoticeContent), emptied once sent. */
export const notices = sqliteTable(
  'notices',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    key: text('key').notNull(),
    platform: text('platform').$type<Platform>().notNull(),
    chatId: text('chat_id').notNull(),
    locale: text('locale').notNull(),
    content: text('content').notNull(),
    failures: integer('failures').notNull().default(0),
    /** Null once sent or given up. */
    dueAt: integer('due_at'),
    createdAt: integer('created_at').notNull(),
    sentAt: integer('sent_at'),
  },
  (t) => [
    uniqueIndex('notices_key').on(t.key, t.platform, t.chatId),
    index('notices_due')
      .on(t.dueAt)
      .where(sql`${t.dueAt} is not null`),
  ],
);

/** Updates of chat platforms, durable before they are confirmed. `payload` is JSON, emptied once handled. */
export const inbox = sqliteTable(
  'inbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    personKey: text('person_key').notNull(),
    payload: text('payload').notNull(),
    receivedAt: integer('received_at').notNull(),
    doneAt: integer('done_at'),
  },
  (t) => [
    uniqueIndex('inbox_event').on(t.source, t.eventId),
    index('inbox_pending')
      .on(t.source, t.id)
      .where(sql`${t.doneAt} is null`),
    index('inbox_done').on(t.doneAt),
  ],
);

/** Where dialogues stand (@grammyjs/conversations), JSON by key. Losing it loses nothing but a replay. */
export const dialogues = sqliteTable('dialogues', {
  key: text('key').primaryKey(),
  data: text('data').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

/** Single values of the running system. `submit_pause_until`: PixVerse said that all slots are taken. */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});
