// The real scheduler on the real database with 10,000 orders in flight, and PixVerse answering "under way": what the
// queries of the loop cost. Against the same number of timers in memory, which a kill would lose.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/core/context.js';
import { createScheduler } from '../../src/core/orders/scheduler.js';
import type { Store } from '../../src/core/ports/store.js';
import type { Database } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { type GenerationResult, Pixverse } from '../../src/core/video/pixverse.js';
import { benchContext } from '../context.js';

/** About what PixVerse needs for an answer. */
const ANSWER_MS = 30;

const EVERY_TURN = 'readDueTimes';

/** What the loop asks: what is due, and then that. */
const LOOP_QUERIES: readonly (keyof Store)[] = [
  'startNextQueued',
  'claimDueOrders',
  'claimDueCards',
  'claimDueNotices',
  'claimDueCheckouts',
  'claimDueRefunds',
  EVERY_TURN,
];

export interface LoopCost {
  /** CPU of the loop's own queries, as a share of one core. */
  queryShare: number;
  /** CPU of everything: queries, planning, writing what was seen. */
  totalShare: number;
  looksPerSecond: number;
  turnsPerSecond: number;
}

/** Every generation is under way for ever. */
class PatientPixverse extends Pixverse {
  looks = 0;

  override async fetchResult(): Promise<GenerationResult> {
    this.looks += 1;
    await sleep(ANSWER_MS);
    return { status: 'generating', statusCode: 5, url: null, reportedMs: null };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The store, with the CPU time of the loop's queries added up: each runs, and commits, before its function returns. */
function timeQueries(store: Store): { timed: Store; spentMs: () => number; turns: () => number } {
  let spentMs = 0;
  let turns = 0;
  const timed = { ...store };
  for (const name of LOOP_QUERIES) {
    const query = Reflect.get(store, name) as (...args: unknown[]) => unknown;
    Object.assign(timed, {
      [name]: (...args: unknown[]) => {
        if (name === EVERY_TURN) turns += 1;
        const before = cpuMs();
        try {
          return query(...args);
        } finally {
          spentMs += cpuMs() - before;
        }
      },
    });
  }
  return { timed, spentMs: () => spentMs, turns: () => turns };
}

/** @param config the app's, with `pixverse.maxConcurrent` above what is in flight */
export async function measureLoop(
  db: Database,
  config: Context['config'],
  forMs: number,
): Promise<LoopCost> {
  const { timed, spentMs, turns } = timeQueries(createSqliteStore(db));
  const stopping = new AbortController();
  const pixverse = new PatientPixverse(config.pixverse, {
    now: Date.now,
    newTraceId: randomUUID,
    signal: stopping.signal,
  });
  const ctx = benchContext({ config, store: timed, pixverse, signal: stopping.signal });
  const startedAt = performance.now();
  const cpuBefore = cpuMs();
  const running = createScheduler(ctx).run();
  await sleep(forMs);
  const tookMs = performance.now() - startedAt;
  const cost = {
    queryShare: spentMs() / tookMs,
    totalShare: (cpuMs() - cpuBefore) / tookMs,
    looksPerSecond: (1000 * pixverse.looks) / tookMs,
    turnsPerSecond: (1000 * turns()) / tookMs,
  };
  stopping.abort();
  await running;
  return cost;
}

/** As many timers in memory as orders, firing as often as the loop looked; answers their share of one core. */
export async function measureTimers(
  count: number,
  firesPerSecond: number,
  forMs: number,
): Promise<number> {
  const gapMs = (1000 * count) / firesPerSecond;
  const timers = new Map<number, NodeJS.Timeout>();
  const arm = (order: number, waitMs: number): void => {
    const fire = (): void => {
      arm(order, gapMs);
    };
    timers.set(order, setTimeout(fire, waitMs));
  };
  for (let order = 0; order < count; order += 1) arm(order, (gapMs * order) / count);
  const cpuBefore = cpuMs();
  const startedAt = performance.now();
  await sleep(forMs);
  const share = (cpuMs() - cpuBefore) / (performance.now() - startedAt);
  for (const timer of timers.values()) clearTimeout(timer);
  return share;
}
