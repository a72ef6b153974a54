// Updates of chat platforms, durable before they are confirmed, and where dialogues stand.

import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import type { InboxStore, PendingUpdate } from '../../core/ports/inbox-store.js';
import { dialogues, inbox } from '../schema/messages.js';
import type { Transact, Tx } from './transact.js';

export function createInboxStore(transact: Transact): InboxStore {
  return {
    receiveUpdates: (source, updates, now) =>
      transact((tx) => {
        const fresh: PendingUpdate[] = [];
        for (const update of updates) {
          const written = tx
            .insert(inbox)
            .values({ source, ...update, receivedAt: now })
            .onConflictDoNothing()
            .run();
          if (written.changes > 0) fresh.push({ ...update, receivedAt: now });
        }
        return fresh;
      }),

    pendingUpdates: (source) =>
      transact((tx) =>
        tx
          .select({
            eventId: inbox.eventId,
            personKey: inbox.personKey,
            payload: inbox.payload,
            receivedAt: inbox.receivedAt,
          })
          .from(inbox)
          .where(and(eq(inbox.source, source), isNull(inbox.doneAt)))
          .orderBy(asc(inbox.id))
          .all(),
      ),

    finishUpdate: (source, eventId, now) =>
      transact((tx) => {
        tx.update(inbox)
          .set({ doneAt: now, payload: '', personKey: '' })
          .where(and(eq(inbox.source, source), eq(inbox.eventId, eventId)))
          .run();
      }),

    readDialogue: (key) =>
      transact(
        (tx) => tx.select().from(dialogues).where(eq(dialogues.key, key)).get()?.data ?? null,
      ),

    writeDialogue: (key, data, now) =>
      transact((tx) => {
        tx.insert(dialogues)
          .values({ key, data, updatedAt: now })
          .onConflictDoUpdate({ target: dialogues.key, set: { data, updatedAt: now } })
          .run();
      }),

    deleteDialogue: (key) =>
      transact((tx) => {
        tx.delete(dialogues).where(eq(dialogues.key, key)).run();
      }),
  };
}

/** Drops handled updates and forgotten dialogues older than `before`. */
export function pruneInbox(tx: Tx, before: number): void {
  tx.delete(inbox).where(lt(inbox.doneAt, before)).run();
  tx.delete(dialogues).where(lt(dialogues.updatedAt, before)).run();
}
