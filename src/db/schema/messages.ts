// What goes in and out of chats, what admins are asked, and single settings. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit
// of their currency, credits are our own whole units, ids that PixVerse gives are text.

import { sql } from 'drizzle-orm';
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { Platform } from '../../core/model.js';
import { people } from './people.js';
import { orders } from './orders.js';

/** Lines that must reach somebody. `content` is JSON (NoticeContent), emptied once sent or given up. */
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
    /** Null once sent or given up, and, with its content, while it is kept for somebody out of reach. */
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

/** Questions about money or a video, for the admins. `text` is what the person wrote, erased with their data. */
export const tickets = sqliteTable(
  'tickets',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    platform: text('platform').$type<Platform>().notNull(),
    chatId: text('chat_id').notNull(),
    kind: text('kind').$type<'paysupport' | 'report'>().notNull(),
    orderId: text('order_id').references(() => orders.id),
    text: text('text'),
    createdAt: integer('created_at').notNull(),
    answeredAt: integer('answered_at'),
  },
  (t) => [
    index('tickets_person').on(t.personId, t.createdAt),
    uniqueIndex('tickets_report')
      .on(t.orderId)
      .where(sql`${t.kind} = 'report'`),
  ],
);

/** What the next text of a chat is taken for, such as the words of a ticket. One a chat. */
export const prompts = sqliteTable(
  'prompts',
  {
    platform: text('platform').$type<Platform>().notNull(),
    chatId: text('chat_id').notNull(),
    /** `ticket:<id>` or `answer:<ticket id>` */
    purpose: text('purpose').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.chatId] })],
);
