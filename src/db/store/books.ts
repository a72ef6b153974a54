// Are the books closed? Every invariant is a query for what breaks it; all run on one snapshot and change nothing.

import type SqliteDriver from 'better-sqlite3';
import type { BookCheck, StatisticsStore } from '../../core/ports/statistics-store.js';
import type { BookLimits, BookQuery } from '../checks/book-check.js';
import { CREDIT_CHECKS } from '../checks/credit-checks.js';
import { KEEPING_CHECKS } from '../checks/keeping-checks.js';
import { ORDER_CHECKS } from '../checks/order-checks.js';
import { PAYMENT_CHECKS } from '../checks/payment-checks.js';

type Client = SqliteDriver.Database;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** `PHOTO_KEEP_HOURS` unless told otherwise. */
const PHOTO_KEEP_MS = DAY_MS;
/** Housekeeping runs hourly, so what it does may be this late. */
const HOUSEKEEPING_MS = 2 * HOUR_MS;
const MAX_SAMPLES = 5;

const CHECKS: readonly BookQuery[] = [
  ...CREDIT_CHECKS,
  ...PAYMENT_CHECKS,
  ...ORDER_CHECKS,
  ...KEEPING_CHECKS,
];

function limitsAt(now: number, photoKeepMs: number): BookLimits {
  return {
    dueBefore: now - 15 * MINUTE_MS,
    submittedBefore: now - 40 * MINUTE_MS,
    generatedBefore: now - HOUR_MS,
    queuedBefore: now - DAY_MS,
    draftBefore: now - 2 * DAY_MS,
    photosBefore: now - photoKeepMs - HOUSEKEEPING_MS,
  };
}

function runCheck(client: Client, { name, about, sql }: BookQuery, limits: BookLimits): BookCheck {
  const samples: string[] = [];
  let violations = 0;
  for (const id of client.prepare<[BookLimits], string>(sql).pluck().iterate(limits)) {
    violations += 1;
    if (samples.length < MAX_SAMPLES) samples.push(id);
  }
  return { name, about, violations, samples };
}

/** Runs every check on one snapshot; the connection may be a read-only one. */
export function checkBooks(
  client: Client,
  now: number,
  photoKeepMs: number = PHOTO_KEEP_MS,
): BookCheck[] {
  const limits = limitsAt(now, photoKeepMs);
  const runAll = client.transaction(() => CHECKS.map((check) => runCheck(client, check, limits)));
  return runAll.deferred();
}

/** What is out of the ordinary and allowed, for people to know. */
export interface Allowances {
  /** Videos that came after their order was given back. */
  lateGifts: number;
  /** Credits that could not be taken back after refunds that began elsewhere. */
  unrecoveredCredits: number;
  /** Finished videos that wait for somebody who cannot be reached. */
  keptVideos: number;
}

export function countAllowances(client: Client): Allowances {
  const count = (sql: string): number => client.prepare<[], number>(sql).pluck().get() ?? 0;
  return {
    lateGifts: count('select count(*) from orders where is_gift'),
    unrecoveredCredits: count('select coalesce(sum(unrecovered_credits), 0) from payments'),
    keptVideos: count(
      `select count(*) from orders where status = 'generated' and next_attempt_at is null`,
    ),
  };
}

export function createBookStore(client: Client): Pick<StatisticsStore, 'checkBooks'> {
  return {
    checkBooks: (now, photoKeepMs) =>
      new Promise((resolve) => {
        resolve(checkBooks(client, now, photoKeepMs));
      }),
  };
}
