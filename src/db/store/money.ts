// Credits and free videos: what is claimed, spent and given back, each once.

import { and, count, desc, eq, gte, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Quote } from '../../core/model.js';
import { EDITABLE_STATUSES, RUNNING_STATUSES } from '../../core/orders/status.js';
import type { FreeLimits, FreeState, FundOutcome, Store } from '../../core/ports/store.js';
import { freeClaims, ledger, orders } from '../schema.js';
import { applyChange } from './changes.js';
import { balanceOf, hasEntry, insertEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { type OrderRow, readOrderRow } from './rows.js';
import type { Transact, Tx } from './transact.js';

const DAY_MS = 24 * 60 * 60_000;

type MoneyStore = Pick<
  Store,
  'balance' | 'freeState' | 'bookEntry' | 'listEntries' | 'fundFree' | 'fundCredits'
>;

/** May this person have a free video now? A day is a UTC day; what was cancelled costs nothing and does not count. */
function freeStateOf(tx: Tx, personId: string, limits: FreeLimits, now: number): FreeState {
  const own = tx
    .select({
      held: sql<number>`coalesce(sum(${freeClaims.releasedAt} is null), 0)`,
      failed: sql<number>`coalesce(sum(${freeClaims.isFailure}), 0)`,
    })
    .from(freeClaims)
    .where(eq(freeClaims.personId, personId))
    .get();
  if ((own?.held ?? 0) >= limits.freeVideos) return 'used_up';
  if ((own?.failed ?? 0) >= limits.freeFailures) return 'failures_used_up';
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

/** The order that may be funded now, or why not. */
function fundable(tx: Tx, orderId: string): OrderRow | 'wrong_status' | 'order_open' {
  const row = readOrderRow(tx, orderId);
  if (row === undefined || !EDITABLE_STATUSES.includes(row.status)) return 'wrong_status';
  const running = tx
    .select({ id: orders.id })
    .from(orders)
    .where(
      and(
        eq(orders.personId, row.personId),
        inArray(orders.status, [...RUNNING_STATUSES]),
        eq(orders.isGift, false),
      ),
    )
    .get();
  return running === undefined ? row : 'order_open';
}

function queue(
  tx: Tx,
  row: OrderRow,
  funding: { fundedBy: 'free' | 'credits'; variant: string; quote: Quote },
  now: number,
): FundOutcome {
  tx.update(orders).set({ fundedBy: funding.fundedBy }).where(eq(orders.id, row.id)).run();
  const order = applyChange(tx, {
    orderId: row.id,
    from: EDITABLE_STATUSES,
    to: 'queued',
    cause: `funded_${funding.fundedBy}`,
    now,
    set: {
      variant: funding.variant,
      quote: funding.quote,
      replacing: null,
      queuedAt: now,
      stepFailures: 0,
      nextAttemptAt: now,
      cardDueAt: now,
      isCardRepost: false,
    },
  });
  if (order === null) throw new Error('the order moved inside a transaction');
  return { funded: true, order };
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
  return queue(tx, row, { fundedBy: 'free', variant: terms.variant, quote: terms.quote }, now);
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
  insertEntry(
    tx,
    {
      personId: row.personId,
      delta: -terms.quote.credits,
      kind: 'order_spend',
      cause: `order:${orderId}:spend`,
      orderId,
      actor: null,
      reason: null,
    },
    now,
  );
  return queue(tx, row, { fundedBy: 'credits', ...terms }, now);
}

export function createMoneyStore(transact: Transact): MoneyStore {
  return {
    balance: (personId) => transact((tx) => balanceOf(tx, personId)),
    freeState: (personId, limits, now) => transact((tx) => freeStateOf(tx, personId, limits, now)),
    bookEntry: (entry, now, notices = []) =>
      transact((tx) => {
        if (hasEntry(tx, entry.cause)) return 'already';
        if (balanceOf(tx, entry.personId) + entry.delta < 0) return 'overdrawn';
        insertEntry(tx, entry, now);
        insertNotices(tx, notices, now);
        return 'booked';
      }),
    listEntries: (personId, limit) =>
      transact((tx) =>
        tx
          .select()
          .from(ledger)
          .where(eq(ledger.personId, personId))
          .orderBy(desc(ledger.id))
          .limit(limit)
          .all(),
      ),
    fundFree: (orderId, terms, now) => transact((tx) => fundFree(tx, orderId, terms, now)),
    fundCredits: (orderId, terms, now) => transact((tx) => fundCredits(tx, orderId, terms, now)),
  };
}
