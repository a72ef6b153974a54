// The one loop: finds what is due by query and gets it done, bounded. Start, crash and deploy are the same case to it.

import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Context } from '../context.js';
import { createKeyedQueue, type KeyedQueue } from '../keyed-queue.js';
import type { Checkout, Order } from '../model.js';
import { stepCheckout } from '../money/checkout.js';
import { stepRefund } from '../money/settlement.js';
import type { DueTimes } from '../ports/store.js';
import { advanceOrder } from './advance.js';
import { showCard } from './card.js';
import { sendNotice } from './notices.js';

/** Longer than the slowest remote call of a step, so that a lease ends only when its holder is dead. */
const LEASE_MS = 5 * 60_000;
const CARD_LEASE_MS = 60_000;
/** PixVerse frees the slot of a generation that takes longer than this (its FAQ). */
const SLOT_HELD_MS = 10 * 60_000;
const MAX_STEPS_AT_ONCE = 24;
const MAX_CARDS_AT_ONCE = 12;
/** Places of their own: thousands of cards that count must not keep out an invoice, a refund or a word. */
const MAX_MONEY_AT_ONCE = 4;
const MAX_NOTICES_AT_ONCE = 8;
/** The loop looks at least this often, in case a wake-up was missed. */
const MAX_WAIT_MS = 1_000;
/** What falls due by the clock within this time is taken together; who rings is served at once. */
const MIN_WAIT_MS = 50;
/** While every place is taken, what becomes free is filled after this. */
const MIN_BUSY_WAIT_MS = 5;

export interface Scheduler {
  /** Runs until the context's signal aborts; resolves when the last step has ended. */
  run(): Promise<void>;
  /** Takes everything that is due now and waits for it; answers how much that was. For tests and for a clean stop. */
  runDue(): Promise<number>;
  /** Ends the present wait. */
  wake(): void;
}

interface Work {
  ctx: Context;
  /** What edits one order's messages goes one at a time. */
  chats: KeyedQueue;
  steps: ReturnType<typeof pLimit>;
  cards: ReturnType<typeof pLimit>;
  money: ReturnType<typeof pLimit>;
  notices: ReturnType<typeof pLimit>;
  running: Set<Promise<unknown>>;
  /** Platform → when its messenger may be asked for cards again. */
  cardPauseUntil: Map<string, number>;
}

function track(work: Work, promise: Promise<unknown>): void {
  const settled = promise
    .catch((error: unknown) => {
      work.ctx.log.error({ err: error }, 'scheduled work failed');
    })
    .finally(() => work.running.delete(settled));
  work.running.add(settled);
}

/** How many more may begin at once. */
function roomIn(places: ReturnType<typeof pLimit>): number {
  return places.concurrency - places.activeCount - places.pendingCount;
}

function startStep(work: Work, order: Order): void {
  const { ctx } = work;
  if (order.status !== 'generated') {
    track(
      work,
      work.steps(() => advanceOrder(ctx, order)),
    );
    return;
  }
  // A delivery waits for the card that is being shown, and then needs to know its message.
  const deliver = async () => {
    const fresh = await ctx.store.readOrder(order.id);
    if (fresh?.status === 'generated') await advanceOrder(ctx, fresh);
  };
  track(
    work,
    work.steps(() => work.chats.run(order.id, deliver)),
  );
}

/** Moves queued orders into free slots and submits them. */
async function takeQueued(work: Work): Promise<number> {
  const { ctx } = work;
  let taken = 0;
  while (roomIn(work.steps) > 0) {
    const order = await ctx.store.startNextQueued({
      traceId: randomUUID(),
      maxRunning: ctx.config.pixverse.maxConcurrent,
      slotHeldMs: SLOT_HELD_MS,
      leaseMs: LEASE_MS,
      now: ctx.now(),
    });
    if (order === null) break;
    startStep(work, order);
    taken += 1;
  }
  return taken;
}

async function takeOrders(work: Work): Promise<number> {
  const { ctx, steps } = work;
  const room = roomIn(steps);
  if (room <= 0) return 0;
  const due = await ctx.store.claimDueOrders(ctx.now(), LEASE_MS, room);
  for (const order of due) startStep(work, order);
  return due.length;
}

async function takeCards(work: Work): Promise<number> {
  const { ctx, cards } = work;
  const room = roomIn(cards);
  if (room <= 0) return 0;
  const due = await ctx.store.claimDueCards(ctx.now(), CARD_LEASE_MS, room);
  for (const order of due)
    track(
      work,
      cards(() => work.chats.run(order.id, () => showDueCard(work, order))),
    );
  return due.length;
}

async function showDueCard(work: Work, claimed: Order): Promise<void> {
  const { ctx, cardPauseUntil } = work;
  // It may have waited for a delivery: what the row says now counts, what was claimed is the lease.
  const fresh = await ctx.store.readOrder(claimed.id);
  if (fresh === null) return;
  const isCardRepost = claimed.isCardRepost || fresh.isCardRepost;
  const order = { ...fresh, cardDueAt: claimed.cardDueAt, isCardRepost };
  const pausedUntil = cardPauseUntil.get(order.platform) ?? 0;
  if (pausedUntil > ctx.now()) {
    await ctx.store.recordCard(order, null, pausedUntil);
    return;
  }
  const pauseMs = await showCard(ctx, order);
  if (pauseMs > 0) cardPauseUntil.set(order.platform, ctx.now() + pauseMs);
}

async function takeNotices(work: Work): Promise<number> {
  const { ctx, notices } = work;
  const room = roomIn(notices);
  if (room <= 0) return 0;
  const due = await ctx.store.claimDueNotices(ctx.now(), CARD_LEASE_MS, room);
  for (const notice of due)
    track(
      work,
      notices(() => sendNotice(ctx, notice)),
    );
  return due.length;
}

/** Shows, closes and takes away invoices, and sends money back. */
async function takeMoney(work: Work): Promise<number> {
  const { ctx, money } = work;
  if (roomIn(money) <= 0) return 0;
  const checkouts = await ctx.store.claimDueCheckouts(ctx.now(), CARD_LEASE_MS, roomIn(money));
  for (const checkout of checkouts)
    track(
      work,
      // Below the card, which may be on its way.
      money(() =>
        work.chats.run(checkout.orderId ?? checkout.id, () => stepDueCheckout(ctx, checkout)),
      ),
    );
  if (roomIn(money) <= 0) return checkouts.length;
  const refunds = await ctx.store.claimDueRefunds(ctx.now(), CARD_LEASE_MS, roomIn(money));
  for (const payment of refunds)
    track(
      work,
      money(() => stepRefund(ctx, payment)),
    );
  return checkouts.length + refunds.length;
}

/** It may have waited for a card: what the row says now counts. */
async function stepDueCheckout(ctx: Context, claimed: Checkout): Promise<void> {
  const fresh = await ctx.store.readCheckout(claimed.id);
  if (fresh !== null) await stepCheckout(ctx, fresh);
}

/** Takes what the times say is due, and asks for nothing else: most turns have one kind of work or none. */
async function takeDue(work: Work, times: DueTimes): Promise<number> {
  const now = work.ctx.now();
  const isDue = (...kinds: (number | null)[]) => kinds.some((at) => at !== null && at <= now);
  let taken = 0;
  // Somebody's last tap goes to PixVerse before anything else. Then cards: "uploading" is to be seen before the upload.
  if (times.hasQueued) taken += await takeQueued(work);
  if (isDue(times.card)) taken += await takeCards(work);
  if (isDue(times.checkout, times.refund)) taken += await takeMoney(work);
  if (isDue(times.order)) taken += await takeOrders(work);
  if (isDue(times.notice)) taken += await takeNotices(work);
  return taken;
}

/** The earliest of the times; null when nothing is planned. */
export function nextDueAt({ order, card, notice, checkout, refund }: DueTimes): number | null {
  const planned = [order, card, notice, checkout, refund].filter((at) => at !== null);
  return planned.length === 0 ? null : Math.min(...planned);
}

function minWaitMs({ steps, cards, money, notices }: Work): number {
  const isFull = [steps, cards, money, notices].some((places) => roomIn(places) <= 0);
  return isFull ? MIN_BUSY_WAIT_MS : MIN_WAIT_MS;
}

export function createScheduler(ctx: Context): Scheduler {
  const work: Work = {
    ctx,
    chats: createKeyedQueue(),
    steps: pLimit(MAX_STEPS_AT_ONCE),
    cards: pLimit(MAX_CARDS_AT_ONCE),
    money: pLimit(MAX_MONEY_AT_ONCE),
    notices: pLimit(MAX_NOTICES_AT_ONCE),
    running: new Set(),
    cardPauseUntil: new Map(),
  };
  /** True when somebody rang since the loop last looked. */
  let isRung = false;
  let endWait = (): void => undefined;
  const ring = (): void => {
    isRung = true;
    endWait();
  };
  ctx.signal.addEventListener('abort', ring, { once: true });

  const wait = async (waitMs: number): Promise<void> => {
    if (isRung) return;
    await new Promise<void>((resolve) => {
      // Even work that is due waits a moment, so that a full house does not spin.
      const timer = setTimeout(resolve, Math.max(waitMs, minWaitMs(work)));
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  /** One turn; answers how long the next one can wait. */
  const turn = async (): Promise<number> => {
    const times = await ctx.store.readDueTimes();
    // What was taken may be followed by more of it.
    if ((await takeDue(work, times)) > 0) return 0;
    const dueAt = nextDueAt(times);
    return dueAt === null ? MAX_WAIT_MS : Math.min(MAX_WAIT_MS, dueAt - ctx.now());
  };

  return {
    run: async () => {
      while (!ctx.signal.aborted) {
        isRung = false;
        let waitMs = MAX_WAIT_MS;
        try {
          waitMs = await turn();
        } catch (error) {
          ctx.log.error({ err: error }, 'the scheduler could not read what is due');
        }
        await wait(waitMs);
      }
      await Promise.all(work.running);
    },
    runDue: async () => {
      let total = 0;
      for (;;) {
        const taken = await takeDue(work, await ctx.store.readDueTimes());
        while (work.running.size > 0) await Promise.all(work.running);
        total += taken;
        if (taken === 0) return total;
      }
    },
    wake: ring,
  };
}
