// Telegram's updates: durable before they are confirmed, handled once, in order per person, side by side across people.

import type { Update } from 'grammy/types';
import pLimit from 'p-limit';
import type { Context } from '../../core/context.js';
import { createKeyedQueue } from '../../core/keyed-queue.js';
import type { PendingUpdate } from '../../core/ports/inbox-store.js';
import { wait as waitForReal } from '../../core/wait.js';
import { createHandling, type HandlingOptions, type Job } from './handling.js';

const SOURCE = 'telegram';
/** By then the calls of a handler that hung have timed out, and a disk may have room again. */
const AGAIN_AFTER_MS = 30_000;

export interface Inbox {
  /**
   * Stores updates; once this resolves they may be confirmed. What is new is handled in the background, but not before
   * `resume`.
   */
  receive(updates: readonly Update[]): Promise<void>;
  /** Handles what is stored and not finished, and from then on what is received. Once the bot knows who it is. */
  resume(): Promise<void>;
  /** Resolves when nothing is being handled. */
  idle(): Promise<void>;
}

export interface InboxOptions extends HandlingOptions {
  /** Answers what cannot wait behind anything, outside every queue; null when this update is nothing of the kind. */
  answerAtOnce: (update: Update) => Promise<void> | null;
}

/**
 * Whose update it is: the person, else the chat. A pre-checkout query has no chat. It never throws, because one odd
 * update would keep out all that came with it.
 */
export function personKey(update: Update): string {
  const part = Object.entries(update).find(([key]) => key !== 'update_id')?.[1] as
    { from?: { id?: unknown } | null; chat?: { id?: unknown } | null } | null | undefined;
  const id = part?.from?.id ?? part?.chat?.id;
  return typeof id === 'number' ? String(id) : 'nobody';
}

function toJob(pending: PendingUpdate): Job {
  return { pending, hangs: 0, isDone: false };
}

export function createInbox(ctx: Context, options: InboxOptions): Inbox {
  const { wait = waitForReal } = options;
  const people = createKeyedQueue();
  const handling = createHandling(ctx, options);
  const { log, signal, store } = ctx;
  const urgent = new Set<Promise<void>>();
  /** One at a time: what is stored while the stored ones are read must be dispatched once, and in its turn. */
  const intake = pLimit(1);
  let isHandling = false;

  const handleOne = async (job: Job): Promise<void> => {
    const outcome = await handling.run(job);
    if (outcome === 'over') await store.finishUpdate(SOURCE, job.pending.eventId, ctx.now());
    if (outcome !== 'again') return;
    // Out of its turn: what the person sent after it must not wait for it. It is still pending in the store.
    void wait(AGAIN_AFTER_MS, signal).then(() => {
      if (!signal.aborted) dispatch([job]);
    });
  };

  const dispatch = (jobs: readonly Job[]): void => {
    for (const job of jobs) {
      people
        .run(job.pending.personKey, () => handleOne(job))
        .catch((error: unknown) => {
          log.error({ err: error }, 'an update could not be finished');
        });
    }
  };

  /** Such an update is not stored: its time is over before a next process could answer it. */
  const isAnsweredAtOnce = (update: Update): boolean => {
    const answering = options.answerAtOnce(update);
    if (answering === null) return false;
    const settled = answering
      .catch((error: unknown) => {
        log.error({ updateId: update.update_id, err: error }, 'an update was not answered in time');
      })
      .finally(() => urgent.delete(settled));
    urgent.add(settled);
    return true;
  };

  return {
    receive: async (updates) => {
      const received = updates
        .filter((update) => !isAnsweredAtOnce(update))
        .map((update) => ({
          eventId: String(update.update_id),
          personKey: personKey(update),
          payload: JSON.stringify(update),
        }));
      if (received.length === 0) return;
      await intake(async () => {
        const fresh = await store.receiveUpdates(SOURCE, received, ctx.now());
        if (isHandling) dispatch(fresh.map(toJob));
      });
    },
    resume: () =>
      intake(async () => {
        if (isHandling) return;
        const pending = await store.pendingUpdates(SOURCE);
        if (pending.length > 0) log.info({ updates: pending.length }, 'stored updates go on');
        isHandling = true;
        dispatch(pending.map(toJob));
      }),
    idle: async () => {
      await Promise.all([people.idle(), ...urgent]);
    },
  };
}
