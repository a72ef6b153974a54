// Telegram's updates: durable before they are confirmed, handled once, in order per person, side by side across people.

import { BotError, GrammyError, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import pLimit from 'p-limit';
import type { Context } from '../../core/context.js';
import { UpstreamError } from '../../core/errors.js';
import { createKeyedQueue } from '../../core/keyed-queue.js';
import type { PendingUpdate } from '../../core/ports/store.js';
import { wait } from '../../core/wait.js';

const SOURCE = 'telegram';
const MAX_HANDLERS_AT_ONCE = 64;
/** A handler that takes longer hangs: its person must not stay mute. */
const HANDLER_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 6;
const FIRST_RETRY_MS = 500;

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

export interface InboxOptions {
  /** Answers what cannot wait behind anything, outside every queue; null when this update is nothing of the kind. */
  answerAtOnce: (update: Update) => Promise<void> | null;
  handle: (update: Update) => Promise<void>;
  /** The handler failed for good: tells the person that something went wrong. */
  apologize: (update: Update) => Promise<void>;
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

/** Network trouble and the like: the same update may succeed a moment later. */
function isPassing(thrown: unknown): boolean {
  const error = thrown instanceof BotError ? thrown.error : thrown;
  if (error instanceof UpstreamError) return error.fault.isRetryable;
  if (error instanceof GrammyError) return error.error_code === 429 || error.error_code >= 500;
  // A dialogue that a new version of the program cannot replay has been forgotten by now: the row goes on.
  return (
    error instanceof HttpError || (error instanceof Error && error.message.startsWith('Bad replay'))
  );
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<'done' | 'hung'> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<'hung'>((resolve) => {
    timer = setTimeout(() => {
      resolve('hung');
    }, timeoutMs);
  });
  try {
    return await Promise.race([work.then(() => 'done' as const), hung]);
  } finally {
    clearTimeout(timer);
  }
}

export function createInbox(ctx: Context, options: InboxOptions): Inbox {
  const people = createKeyedQueue();
  const limit = pLimit(MAX_HANDLERS_AT_ONCE);
  const { log, signal, store } = ctx;
  const isStopping = () => signal.aborted;
  const urgent = new Set<Promise<void>>();
  /** One at a time: what is stored while the stored ones are read must be dispatched once, and in its turn. */
  const intake = pLimit(1);
  let isHandling = false;

  const attempt = async (update: Update): Promise<void> => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        const outcome = await withTimeout(options.handle(update), HANDLER_TIMEOUT_MS);
        if (outcome === 'hung') {
          log.error(
            { updateId: update.update_id },
            'a handler hangs; its person goes on without it',
          );
        }
        return;
      } catch (error) {
        if (attempts >= MAX_ATTEMPTS || !isPassing(error)) throw error;
        log.warn(
          { updateId: update.update_id, attempts, err: error },
          'an update is handled again',
        );
        await wait(FIRST_RETRY_MS * 2 ** (attempts - 1), signal);
        if (isStopping()) throw error;
      }
    }
  };

  const handleOne = async (pending: PendingUpdate): Promise<void> => {
    if (isStopping()) return;
    const update = JSON.parse(pending.payload) as Update;
    try {
      await attempt(update);
    } catch (error) {
      // The process stops: the update stays and is handled after the next start.
      if (isStopping()) return;
      log.error({ updateId: update.update_id, err: error }, 'an update could not be handled');
      await options.apologize(update).catch((apologyError: unknown) => {
        log.warn({ err: apologyError }, 'the apology did not arrive');
      });
    }
    await store.finishUpdate(SOURCE, pending.eventId, ctx.now());
  };

  const dispatch = (list: readonly PendingUpdate[]): void => {
    for (const pending of list) {
      people
        .run(pending.personKey, () => limit(() => handleOne(pending)))
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
        if (isHandling) dispatch(fresh);
      });
    },
    resume: () =>
      intake(async () => {
        if (isHandling) return;
        const pending = await store.pendingUpdates(SOURCE);
        if (pending.length > 0) log.info({ updates: pending.length }, 'stored updates go on');
        isHandling = true;
        dispatch(pending);
      }),
    idle: async () => {
      await Promise.all([people.idle(), ...urgent]);
    },
  };
}
