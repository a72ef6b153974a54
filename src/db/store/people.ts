// People, their accounts and their consents.

import { randomUUID } from 'node:crypto';
import { and, desc, eq, gte, inArray, isNotNull, or } from 'drizzle-orm';
import type { Identity, Person } from '../../core/model.js';
import { EDITABLE_STATUSES, RUNNING_STATUSES } from '../../core/orders/status.js';
import type { NewPerson, SeenIdentity, Store } from '../../core/ports/store.js';
import { orders } from '../schema/orders.js';
import { consents, identities, people } from '../schema/people.js';
import { readFreeUsedBefore } from './fingerprints.js';
import { releaseNotices } from './notices.js';
import { markUnreachable } from './reach.js';
import { toIdentity, toPerson } from './rows.js';
import type { Transact, Tx } from './transact.js';

/** A row that says when somebody was last seen need not be exact: it is written at most this often. */
const SEEN_EVERY_MS = 60 * 60_000;
/** An order ends a little before its card is tried and the account is found to be out of reach. */
const CARD_LATE_MS = 60 * 60_000;

type PeopleStore = Pick<
  Store,
  | 'seePerson'
  | 'readPerson'
  | 'setPerson'
  | 'findIdentity'
  | 'findIdentityOf'
  | 'setUnreachable'
  | 'hasConsent'
  | 'recordConsent'
>;

function readPerson(tx: Tx, personId: string): Person | null {
  const row = tx.select().from(people).where(eq(people.id, personId)).get();
  return row === undefined ? null : toPerson(row);
}

function identityWhere(identity: Pick<Identity, 'platform' | 'platformUserId'>) {
  return and(
    eq(identities.platform, identity.platform),
    eq(identities.platformUserId, identity.platformUserId),
  );
}

function makePerson(tx: Tx, seen: SeenIdentity, fresh: NewPerson, now: number): Person {
  const person = tx
    .insert(people)
    .values({
      id: randomUUID(),
      ...fresh,
      freeUsedBefore: readFreeUsedBefore(tx, seen),
      createdAt: now,
    })
    .returning()
    .get();
  tx.insert(identities)
    .values({ ...seen, personId: person.id, createdAt: now, seenAt: now })
    .run();
  return toPerson(person);
}

/** Refreshes a known account where it changed; somebody who was out of reach gets what was kept. */
function refreshPerson(
  tx: Tx,
  known: typeof identities.$inferSelect,
  seen: SeenIdentity,
  fresh: NewPerson,
  now: number,
): void {
  const isChanged =
    known.chatId !== seen.chatId ||
    known.username !== seen.username ||
    known.displayName !== seen.displayName ||
    known.languageHint !== seen.languageHint ||
    known.unreachableSince !== null;
  if (!isChanged && now - known.seenAt < SEEN_EVERY_MS) return;
  tx.update(identities)
    .set({ ...seen, unreachableSince: null, seenAt: now })
    .where(identityWhere(seen))
    .run();
  if (known.languageHint !== seen.languageHint) {
    tx.update(people)
      .set({ locale: fresh.locale })
      .where(and(eq(people.id, known.personId), eq(people.isLocaleChosen, false)))
      .run();
  }
  if (known.unreachableSince !== null) welcomeBack(tx, known, known.unreachableSince, now);
}

/** What could not be shown or said while the account was out of reach is due: videos, cards and notices. */
function welcomeBack(
  tx: Tx,
  known: typeof identities.$inferSelect,
  unreachableSince: number,
  now: number,
): void {
  const isOwn = eq(orders.personId, known.personId);
  tx.update(orders)
    .set({ nextAttemptAt: now, isLeased: false, stepFailures: 0 })
    .where(and(isOwn, eq(orders.status, 'generated')))
    .run();
  const endedMeanwhile = gte(orders.endedAt, unreachableSince - CARD_LATE_MS);
  // A card that says the same as before is not shown anew.
  tx.update(orders)
    .set({ cardDueAt: now })
    .where(
      and(
        isOwn,
        eq(orders.platform, known.platform),
        or(
          inArray(orders.status, [...EDITABLE_STATUSES, ...RUNNING_STATUSES]),
          and(endedMeanwhile, eq(orders.status, 'failed')),
          and(
            endedMeanwhile,
            inArray(orders.status, ['cancelled', 'expired']),
            isNotNull(orders.cardMessageId),
          ),
        ),
      ),
    )
    .run();
  releaseNotices(tx, known, now);
}

export function createPeopleStore(transact: Transact): PeopleStore {
  return {
    seePerson: (seen, fresh, now) =>
      transact((tx) => {
        const known = tx.select().from(identities).where(identityWhere(seen)).get();
        if (known === undefined) return makePerson(tx, seen, fresh, now);
        refreshPerson(tx, known, seen, fresh, now);
        const person = readPerson(tx, known.personId);
        if (person === null) throw new Error('an account has no person');
        return person;
      }),

    readPerson: (personId) => transact((tx) => readPerson(tx, personId)),

    setPerson: (personId, set) =>
      transact((tx) => {
        tx.update(people).set(set).where(eq(people.id, personId)).run();
      }),

    findIdentity: (platform, who) =>
      transact((tx) => {
        const row = tx
          .select()
          .from(identities)
          .where(
            and(
              eq(identities.platform, platform),
              'username' in who
                ? eq(identities.username, who.username)
                : eq(identities.platformUserId, who.platformUserId),
            ),
          )
          .orderBy(desc(identities.seenAt))
          .get();
        return row === undefined ? null : toIdentity(row);
      }),

    findIdentityOf: (personId, platform) =>
      transact((tx) => {
        const row = tx
          .select()
          .from(identities)
          .where(and(eq(identities.personId, personId), eq(identities.platform, platform)))
          .orderBy(desc(identities.seenAt))
          .get();
        return row === undefined ? null : toIdentity(row);
      }),

    setUnreachable: (address, now) =>
      transact((tx) => {
        markUnreachable(tx, address, now);
      }),

    hasConsent: (personId, version) =>
      transact(
        (tx) =>
          tx
            .select({ version: consents.version })
            .from(consents)
            .where(and(eq(consents.personId, personId), eq(consents.version, version)))
            .get() !== undefined,
      ),

    recordConsent: (personId, version, now) =>
      transact((tx) => {
        tx.insert(consents)
          .values({ personId, version, agreedAt: now })
          .onConflictDoNothing()
          .run();
        tx.update(orders)
          .set({ nextAttemptAt: now, isLeased: false, cardDueAt: now, updatedAt: now })
          .where(and(eq(orders.personId, personId), inArray(orders.status, [...EDITABLE_STATUSES])))
          .run();
      }),
  };
}
