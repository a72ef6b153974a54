// Fills a database with orders that are being made: each of a person of its own, at every age that a generation has.

import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { DurationModel } from '../../src/core/video/duration-model.js';
import { planNextLook, type PollBounds } from '../../src/core/video/poll-plan.js';
import type { Database } from '../../src/db/sqlite.js';
import { orderPhotos, orders, photos, videos } from '../../src/db/schema/orders.js';
import { consents, identities, people } from '../../src/db/schema/people.js';

/** Ages are spread over this: about how long a generation takes. */
const AGES_MS = 45_000;
/** Cards count the progress; each was last edited within this time. */
const CARD_EVERY_MS = 10_000;
const VARIANT = 'standard';

/** What the services know an order by. */
export interface FlightIds {
  pixverseVideoId: string;
  cardMessageId: string;
}

export interface Flight {
  orders: number;
  now: number;
  model: DurationModel;
  bounds: PollBounds;
  /** Made up where nobody asks the services about them. */
  ids?: readonly FlightIds[];
}

/** The account and the chat of the person whose order is the one with this index. */
export function flightChatId(index: number): number {
  return 5_000_000_000 + index;
}

/** Where the plan had looked by this age, and where it looks next. */
function planAround(flight: Flight, ageMs: number): { lastMs: number; nextMs: number } {
  let lastMs = 0;
  let nextMs = planNextLook(flight.model, 0, flight.bounds);
  while (nextMs <= ageMs) {
    lastMs = nextMs;
    nextMs = planNextLook(flight.model, lastMs, flight.bounds);
  }
  return { lastMs, nextMs };
}

function insertPerson(db: Database, personId: string, chatId: string, now: number): void {
  db.insert(people)
    .values({ id: personId, locale: 'en', offerFirst: VARIANT, createdAt: now })
    .run();
  db.insert(identities)
    .values({
      ...{ platform: 'telegram', platformUserId: chatId, personId, chatId },
      ...{ createdAt: now, seenAt: now },
    })
    .run();
  db.insert(consents).values({ personId, version: 1, agreedAt: now }).run();
}

function insertPhotos(
  db: Database,
  ids: readonly [string, string],
  orderId: string,
  personId: string,
  now: number,
): void {
  for (const position of [1, 2] as const) {
    const id = position === 1 ? ids[0] : ids[1];
    const size = { width: 900, height: 1120 };
    db.insert(photos)
      .values({ id, personId, bytes: Buffer.alloc(64), ...size, createdAt: now })
      .run();
    db.insert(orderPhotos)
      .values({
        ...{ orderId, position, photoId: id, sourceKey: `m${position}`, sourceOrder: position },
        pixverseImageId: '1',
      })
      .run();
  }
}

function insertOrder(db: Database, flight: Flight, index: number): void {
  const { now } = flight;
  const ageMs = (AGES_MS * (index + 0.5)) / flight.orders;
  const { lastMs, nextMs } = planAround(flight, ageMs);
  const submittedAt = Math.round(now - ageMs);
  const chatId = String(flightChatId(index));
  const [id, personId, traceId] = [randomUUID(), randomUUID(), randomUUID()];
  const photoIds = [randomUUID(), randomUUID()] as const;
  const made = { pixverseVideoId: String(700_000_000_000 + index), cardMessageId: `${index + 1}` };
  const { pixverseVideoId, cardMessageId } = flight.ids?.[index] ?? made;
  insertPerson(db, personId, chatId, now);
  db.insert(orders)
    .values({
      ...{ id, personId, platform: 'telegram', chatId, status: 'generating', variant: VARIANT },
      ...{ quoteCurrency: 'XTR', quoteExponent: 0, quoteAmountMinor: 100, quoteCredits: 3 },
      ...{ quoteTableVersion: '1', fundedBy: 'free', generationAttempts: 1, traceId },
      // The preview is in the chat: only what the card says changes.
      ...{ pixverseVideoId, cardMessageId, cardPictureKey: photoIds.join('+') },
      ...{ createdAt: submittedAt, updatedAt: now, queuedAt: submittedAt, submittedAt },
      lastLookAt: lastMs === 0 ? null : Math.round(submittedAt + lastMs),
      nextAttemptAt: Math.round(submittedAt + nextMs),
      cardDueAt: now + ((index * 7919) % CARD_EVERY_MS),
    })
    .run();
  insertPhotos(db, photoIds, id, personId, now);
  db.insert(videos)
    .values({
      ...{ id: randomUUID(), orderId: id, personId, pixverseVideoId, traceId, route: 'fusion' },
      ...{ variant: VARIANT, status: 'generating', resolution: '720p', durationSeconds: 5 },
      ...{ amountMinor: 0, currency: 'XTR', createdAt: submittedAt, updatedAt: submittedAt },
    })
    .run();
}

/** Puts all orders in flight, in one transaction. */
export function fillFlight(db: Database, flight: Flight): void {
  db.transaction(() => {
    for (let index = 0; index < flight.orders; index += 1) insertOrder(db, flight, index);
  });
}

/** Moves everything planned, so that it stands now as it stood `agoMs` ago; filling takes seconds. */
export function moveFlight(db: Database, agoMs: number): void {
  const later = (column: SQLiteColumn) => sql`${column} + ${agoMs}`;
  db.update(orders)
    .set({
      submittedAt: later(orders.submittedAt),
      lastLookAt: later(orders.lastLookAt),
      nextAttemptAt: later(orders.nextAttemptAt),
      cardDueAt: later(orders.cardDueAt),
    })
    .run();
}
