// Credits and free videos: what is claimed, spent and given back, each once.

import { and, count, desc, eq, gte, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Quote } from '../../core/model.js';
import type {
  FreeLimits,
  FreeState,
  FundOutcome,
  MoneyStore,
} from '../../core/ports/money-store.js';
import { settings } from '../schema/messages.js';
import { freeClaims, ledger, strikes } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { people } from '../schema/people.js';
import { fundable, queue, spendCredits } from './funding.js';
import { balanceOf, hasEntry, insertEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { writeSetting } from './settings.js';
import type { Transact, Tx } from './transact.js';

const DAY_MS = 24 * 60 * 60_000;

type CreditStore = Pick<
  MoneyStore,
  | 'balance'
  | 'freeState'
  | 'bookEntry'
  | 'listEntries'
  | 'fundFree'
  | 'fundCredits'
  | 'listStrikes'
  | 'countUnsubmitted'
  | 'readSetting'
  | 'writeSetting'
>;

/** May this person have a free video now? A day is a UTC day; what was cancelled costs nothing and does not count. */
function freeStateOf(tx: Tx, personId: string, limits: FreeLimits, now: number): FreeState {
  if (limits.freeVideos <= 0) return 'off';
  const own = tx
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
  if ((own?.held ?? 0) + (before?.used ?? 0) >= limits.freeVideos) return 'used_up';
  if ((own?.failed ?? 0) >= Math.max(1, limits.freeFailures)) return 'failures_used_up';
  const today = tx
    .select({ claims: count() })
    .from(freeClaims)
    .where(
      and(
        gte(freeClaims.claimedAt, now - (now % DAY_MS)),
        or(
          isNull(freeClaims.releasedAt),
          isNotNull(freeClaims.usedAt),
          eq(freeClaims.isFailure, true),
        ),
      ),
    )
    .get();
  return (today?.claims ?? 0) >= limits.dailyBudget ? 'budget_used_up' : 'available';
}

function fundFree(
  tx: Tx,
  orderId: string,
  terms: { variant: string; quote: Quote; limits: FreeLimits },
  now: number,
): FundOutcome {
  const row = fundable(tx, orderId);
  if (typeof row === 'string') return { funded: false, why: row };
  const state = freeStateOf(tx, row.personId, terms.limits, now);
  if (state !== 'available') return { funded: false, why: state };
  const held = tx
    .select({ number: freeClaims.number })
    .from(freeClaims)
    .where(and(eq(freeClaims.personId, row.personId), isNull(freeClaims.releasedAt)))
    .all();
  const taken = new Set(held.map((claim) => claim.number));
  let number = 1;
  while (taken.has(number)) number += 1;
  tx.insert(freeClaims).values({ personId: row.personId, number, orderId, claimedAt: now }).run();
  const { variant, quote } = terms;
  return queue(tx, orderId, { fundedBy: 'free', variant, quote }, now);
}

function fundCredits(
  tx: Tx,
  orderId: string,
  terms: { variant: string; quote: Quote },
  now: number,
): FundOutcome {
  const row = fundable(tx, orderId);
  if (typeof row === 'string') return { funded: false, why: row };
  if (balanceOf(tx, row.personId) < terms.quote.credits) {
    return { funded: false, why: 'insufficient_credits' };
  }
  spendCredits(tx, row, terms.quote.credits, now);
  const { variant, quote } = terms;
  return queue(tx, orderId, { fundedBy: 'credits', variant, quote }, now);
}

export function createCreditStore(transact: Transact): CreditStore {
  return {
    balance: (personId) => transact((tx) => balanceOf(tx, personId)),
    freeState: (personId, limits, now) => transact((tx) => freeStateOf(tx, personId, limits, now)),
    bookEntry: (entry, now, noticesFor = () => []) =>
      transact((tx) => {
        if (hasEntry(tx, entry.cause)) return 'already';
        const balance = balanceOf(tx, entry.personId) + entry.delta;
        if (balance < 0) return 'overdrawn';
        insertEntry(tx, entry, now);
        insertNotices(tx, noticesFor(balance), now);
        return 'booked';
      }),
    listEntries: (personId, limit, offset = 0) =>
      transact((tx) =>
        tx
          .select()
          .from(ledger)
          .where(eq(ledger.personId, personId))
          .orderBy(desc(ledger.id))
          .limit(limit)
          .offset(offset)
          .all(),
      ),
    fundFree: (orderId, terms, now) => transact((tx) => fundFree(tx, orderId, terms, now)),
    fundCredits: (orderId, terms, now) => transact((tx) => fundCredits(tx, orderId, terms, now)),

    listStrikes: (personId, since) =>
      transact((tx) =>
        tx
          .select({ at: strikes.at })
          .from(strikes)
          .where(and(eq(strikes.personId, personId), gte(strikes.at, since)))
          .orderBy(desc(strikes.at))
          .all()
          .map((row) => row.at),
      ),

    countUnsubmitted: () =>
      transact((tx) =>
        tx
          .select({ variant: orders.variant, orders: count() })
          .from(orders)
          .where(inArray(orders.status, ['queued', 'submitting']))
          .groupBy(orders.variant)
          .all()
          .map((row) => ({ variant: row.variant ?? '', orders: row.orders })),
      ),

    readSetting: (key) =>
      transact(
        (tx) => tx.select().from(settings).where(eq(settings.key, key)).get()?.value ?? null,
      ),
    writeSetting: (key, value) =>
      transact((tx) => {
        writeSetting(tx, key, value);
      }),
  };
}
