// People, their accounts and what they agreed to. Times (`…_at`) are epoch milliseconds UTC, amounts are integers in the minor unit
// of their currency, credits are our own whole units, ids that PixVerse gives are text.

import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Platform } from '../../core/model.js';

/** A human being; holds nothing personal, so that the books can keep it. Written by `seePerson`, `setPerson`. */
export const people = sqliteTable(
  'people',
  {
    id: text('id').primaryKey(),
    locale: text('locale').notNull(),
    isLocaleChosen: integer('is_locale_chosen', { mode: 'boolean' }).notNull().default(false),
    /** ISO 4217, the person's choice; null while hints decide. */
    currency: text('currency'),
    /** When it was chosen: a change to a cheaper one is allowed once in a while. */
    currencyChosenAt: integer('currency_chosen_at'),
    /** Free videos that this account had used before its data were erased. Written by `seePerson`. */
    freeUsedBefore: integer('free_used_before').notNull().default(0),
    /** Variant listed first, drawn once per person. */
    offerFirst: text('offer_first').notNull(),
    /** Payload of the first deep link: campaign or inviter. */
    source: text('source'),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('people_created').on(t.createdAt)],
);

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

/** Accounts whose data were erased, as a keyed hash, so that erasing does not bring a further free video. */
export const erasedAccounts = sqliteTable('erased_accounts', {
  fingerprint: text('fingerprint').primaryKey(),
  freeUsed: integer('free_used').notNull(),
  erasedAt: integer('erased_at').notNull(),
});
