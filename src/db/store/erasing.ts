// Erasing everything personal of somebody. Ledger and order events stay: they name nobody.

import { and, eq, inArray, isNotNull, isNull, like, notInArray, or, sql } from 'drizzle-orm';
import { ENDED_STATUSES } from '../../core/orders/status.js';
import type { FreeLimits } from '../../core/ports/money-store.js';
import type {
  ErasingHindrance,
  ErasingPrepared,
  SupportStore,
} from '../../core/ports/support-store.js';
import { dialogues, notices, prompts, tickets } from '../schema/messages.js';
import { checkouts, freeClaims, payments } from '../schema/money.js';
import { orderPhotos, orders, photos, photoSources, videos } from '../schema/orders.js';
import { identities, people } from '../schema/people.js';
import { applyChange } from './changes.js';
import { closeOpenCheckouts, toCheckout } from './checkout-rows.js';
import { eraseOrder, eraseVideos, messagesOf } from './erase-order.js';
import { rememberErased } from './fingerprints.js';
import { ticketIdsOf } from './tickets.js';
import type { Transact, Tx } from './transact.js';

type ErasingStore = Pick<
  SupportStore,
  'eraseOrder' | 'erasingHindrance' | 'prepareErasing' | 'erasePerson'
>;
type Account = typeof identities.$inferSelect;

function accountsOf(tx: Tx, personId: string): Account[] {
  return tx.select().from(identities).where(eq(identities.personId, personId)).all();
}

/** Payments of a person: theirs, and those that nobody could be found for but that they made. */
function paymentsOf(personId: string, accounts: readonly Account[]) {
  const payerRefs = accounts.map((account) => account.platformUserId);
  const isUnclaimed = and(isNull(payments.personId), inArray(payments.payerRef, payerRefs));
  return or(eq(payments.personId, personId), isUnclaimed);
}

function findHindrance(tx: Tx, personId: string): ErasingHindrance | null {
  const underWay = tx
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.personId, personId),
        or(
          inArray(orders.status, ['submitting', 'generating', 'generated']),
          // A late video is being fetched this moment.
          and(eq(orders.status, 'failed'), eq(orders.isLeased, true)),
        ),
      ),
    )
    .get();
  if (underWay !== undefined) return 'at_pixverse';
  const moving = tx
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        paymentsOf(personId, accountsOf(tx, personId)),
        or(
          eq(payments.refundStatus, 'due'),
          // It waits for an operator, who could not give it back without the account.
          and(
            eq(payments.outcome, 'unknown'),
            isNull(payments.refundStatus),
            eq(payments.isRefundable, true),
          ),
        ),
      ),
    )
    .get();
  return moving === undefined ? null : 'money_on_its_way';
}

function prepareErasing(tx: Tx, personId: string, now: number): ErasingPrepared {
  const hindrance = findHindrance(tx, personId);
  if (hindrance !== null) return { hindrance, cards: [], invoices: [] };
  const unfinished = tx
    .select()
    .from(orders)
    .where(and(eq(orders.personId, personId), notInArray(orders.status, [...ENDED_STATUSES])))
    .all();
  for (const row of unfinished) {
    applyChange(tx, {
      orderId: row.id,
      from: [row.status],
      to: 'cancelled',
      cause: 'erasing',
      now,
      giveBack: { isFailure: false },
      set: { endedAt: now, cardDueAt: row.cardMessageId === null ? null : now },
    });
  }
  closeOpenCheckouts(tx, eq(checkouts.personId, personId), now);
  const invoices = tx
    .select()
    .from(checkouts)
    .where(and(eq(checkouts.personId, personId), isNotNull(checkouts.messageId)))
    .all()
    .map(toCheckout);
  const cards = unfinished.flatMap(messagesOf);
  return { hindrance: findHindrance(tx, personId), cards, invoices };
}

/**
 * Free videos that an erased account counts as used: what it used or holds, and all of them where its free tries were
 * lost to failures.
 */
function countFreeUsed(tx: Tx, personId: string, limits: FreeLimits): number {
  const claims = tx
    .select({
      held: sql<number>`coalesce(sum(${freeClaims.releasedAt} is null), 0)`,
      failed: sql<number>`coalesce(sum(${freeClaims.isFailure}), 0)`,
    })
    .from(freeClaims)
    .where(eq(freeClaims.personId, personId))
    .get();
  const before = tx
    .select({ used: people.freeUsedBefore })
    .from(people)
    .where(eq(people.id, personId))
    .get();
  const used = (claims?.held ?? 0) + (before?.used ?? 0);
  return (claims?.failed ?? 0) >= limits.freeFailures ? Math.max(used, limits.freeVideos) : used;
}

/** Takes pictures, videos and every id of a chat out of a person's orders. */
function eraseOrders(tx: Tx, personId: string, now: number): string[] {
  const own = tx.select({ id: orders.id }).from(orders).where(eq(orders.personId, personId));
  tx.update(photos)
    .set({ bytes: null, erasedAt: now })
    .where(and(eq(photos.personId, personId), isNull(photos.erasedAt)))
    .run();
  tx.update(orderPhotos)
    .set({ sourceKey: '', albumKey: null, pixverseImageId: null })
    .where(inArray(orderPhotos.orderId, own))
    .run();
  tx.delete(photoSources).where(inArray(photoSources.orderId, own)).run();
  tx.update(orders)
    .set({
      chatId: '',
      fileRef: null,
      compositeImageId: null,
      cardMessageId: null,
      cardPictureKey: null,
      cardShownKey: null,
      cardDueAt: null,
      deliveredMessageId: null,
      nextAttemptAt: null,
      lateLookUntil: null,
    })
    .where(eq(orders.personId, personId))
    .run();
  return eraseVideos(tx, eq(videos.personId, personId));
}

/** Empties what was said in the person's chats and what the admins were to be told of it. */
function eraseMessages(tx: Tx, personId: string, accounts: readonly Account[]): void {
  for (const { platform, platformUserId, chatId } of accounts) {
    tx.delete(notices)
      .where(and(eq(notices.platform, platform), eq(notices.chatId, chatId)))
      .run();
    tx.delete(prompts)
      .where(and(eq(prompts.platform, platform), eq(prompts.chatId, chatId)))
      .run();
    tx.delete(dialogues)
      .where(eq(dialogues.key, `${platform}:${platformUserId}`))
      .run();
  }
  for (const ticketId of ticketIdsOf(tx, personId)) {
    tx.delete(notices)
      .where(like(notices.key, `ticket:${ticketId}:%`))
      .run();
  }
  tx.update(tickets).set({ text: null, chatId: '' }).where(eq(tickets.personId, personId)).run();
}

function erasePerson(
  tx: Tx,
  personId: string,
  limits: FreeLimits,
  now: number,
): { outcome: 'erased'; files: string[] } | { outcome: ErasingHindrance } {
  const hindrance = findHindrance(tx, personId);
  if (hindrance !== null) return { outcome: hindrance };
  const accounts = accountsOf(tx, personId);
  const freeUsed = countFreeUsed(tx, personId, limits);
  for (const account of accounts) rememberErased(tx, account, freeUsed, now);
  const files = eraseOrders(tx, personId, now);
  eraseMessages(tx, personId, accounts);
  tx.update(checkouts)
    .set({ chatId: '', messageId: null, dueAt: null })
    .where(eq(checkouts.personId, personId))
    .run();
  // Without its payer a payment cannot go back any more.
  tx.update(payments)
    .set({ payerRef: null, isRefundable: false })
    .where(paymentsOf(personId, accounts))
    .run();
  tx.update(people)
    .set({ source: null, currency: null, currencyChosenAt: null })
    .where(eq(people.id, personId))
    .run();
  tx.delete(identities).where(eq(identities.personId, personId)).run();
  return { outcome: 'erased', files };
}

export function createErasingStore(transact: Transact): ErasingStore {
  return {
    eraseOrder: (orderId, now, noticesFor) =>
      transact((tx) => eraseOrder(tx, orderId, now, noticesFor)),
    erasingHindrance: (personId) => transact((tx) => findHindrance(tx, personId)),
    prepareErasing: (personId, now) => transact((tx) => prepareErasing(tx, personId, now)),
    erasePerson: (personId, limits, now) =>
      transact((tx) => erasePerson(tx, personId, limits, now)),
  };
}
