// The outbox of lines that must reach somebody.

import { and, eq, inArray, isNull, lt, lte, ne } from 'drizzle-orm';
import type { ChatAddress } from '../../core/model.js';
import type { NewNotice, NoticeContent } from '../../core/ports/messenger.js';
import type { Store } from '../../core/ports/store.js';
import { notices } from '../schema/messages.js';
import { identities, people } from '../schema/people.js';
import { markUnreachable } from './reach.js';
import type { Transact, Tx } from './transact.js';

type NoticeStore = Pick<Store, 'addNotices' | 'claimDueNotices' | 'finishNotice'>;

/** The content of a notice that is over. */
const EMPTY = '{}';

/** Kept for somebody who cannot be written to now. */
const isKept = and(isNull(notices.dueAt), ne(notices.content, EMPTY));

/** Stores notices, each key once per chat; one for a person goes to every chat of theirs. */
export function insertNotices(tx: Tx, list: readonly NewNotice[], now: number): void {
  for (const notice of list) {
    for (const { isReachable, ...target } of targetsOf(tx, notice)) {
      tx.insert(notices)
        .values({
          ...target,
          key: notice.key,
          content: JSON.stringify(notice.content),
          dueAt: isReachable ? now : null,
          createdAt: now,
        })
        .onConflictDoNothing()
        .run();
    }
  }
}

function targetsOf(tx: Tx, notice: NewNotice) {
  if ('address' in notice.to) {
    return [{ ...notice.to.address, locale: notice.to.locale, isReachable: true }];
  }
  return tx
    .select({
      platform: identities.platform,
      chatId: identities.chatId,
      locale: people.locale,
      unreachableSince: identities.unreachableSince,
    })
    .from(identities)
    .innerJoin(people, eq(people.id, identities.personId))
    .where(eq(identities.personId, notice.to.personId))
    .all()
    .map(({ unreachableSince, ...target }) => ({
      ...target,
      isReachable: unreachableSince === null,
    }));
}

/** Makes what was kept for a chat due. */
export function releaseNotices(tx: Tx, address: ChatAddress, now: number): void {
  tx.update(notices)
    .set({ dueAt: now, failures: 0 })
    .where(and(isKept, eq(notices.platform, address.platform), eq(notices.chatId, address.chatId)))
    .run();
}

export function createNoticeStore(transact: Transact): NoticeStore {
  return {
    addNotices: (list, now) =>
      transact((tx) => {
        insertNotices(tx, list, now);
      }),

    claimDueNotices: (now, leaseMs, limit) =>
      transact((tx) => {
        const due = tx
          .select()
          .from(notices)
          .where(lte(notices.dueAt, now))
          .orderBy(notices.dueAt, notices.id)
          .limit(limit)
          .all();
        if (due.length > 0) {
          tx.update(notices)
            .set({ dueAt: now + leaseMs })
            .where(
              inArray(
                notices.id,
                due.map((row) => row.id),
              ),
            )
            .run();
        }
        return due.map((row) => ({
          id: row.id,
          address: { platform: row.platform, chatId: row.chatId },
          locale: row.locale,
          content: JSON.parse(row.content) as NoticeContent,
          failures: row.failures,
        }));
      }),

    finishNotice: (id, outcome) =>
      transact((tx) => {
        const row = tx.select().from(notices).where(eq(notices.id, id)).get();
        if (row === undefined) return;
        if ('unreachableAt' in outcome) {
          markUnreachable(tx, row, outcome.unreachableAt);
          tx.update(notices).set({ dueAt: null }).where(eq(notices.id, id)).run();
          return;
        }
        if ('retryAt' in outcome) {
          tx.update(notices)
            .set({ dueAt: outcome.retryAt, failures: row.failures + 1 })
            .where(eq(notices.id, id))
            .run();
          return;
        }
        const sentAt = 'sentAt' in outcome ? outcome.sentAt : null;
        tx.update(notices)
          .set({ dueAt: null, sentAt, content: EMPTY })
          .where(eq(notices.id, id))
          .run();
      }),
  };
}

/** Drops what was finished before `before`. */
export function pruneNotices(tx: Tx, before: number): void {
  tx.delete(notices)
    .where(and(isNull(notices.dueAt), eq(notices.content, EMPTY), lt(notices.createdAt, before)))
    .run();
}
