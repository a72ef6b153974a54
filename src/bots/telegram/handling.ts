// One update brought to its end: handled, handled again while the trouble passes, given up with an apology.

import { BotError, GrammyError, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import pLimit from 'p-limit';
import type { Context } from '../../core/context.js';
import { UpstreamError } from '../../core/errors.js';
import type { PendingUpdate } from '../../core/ports/inbox-store.js';
import { wait as waitForReal } from '../../core/wait.js';

const MAX_HANDLERS_AT_ONCE = 64;
/** Longer than the calls of a handler may take together; one that takes longer hangs, and its person goes on. */
const HANDLER_TIMEOUT_MS = 90_000;
const MAX_HANGS = 3;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
/** Trouble of the network is waited out this long. */
const MAX_OUTAGE_MS = 30 * 60_000;
/** Trouble that is this update's own, such as a file that is not there yet, must not keep its person waiting. */
const MAX_OWN_FAILURES = 6;

export interface HandlingOptions {
  handle: (update: Update) => Promise<void>;
  /** The handler failed for good: tells the person that something went wrong. */
  apologize: (update: Update) => Promise<void>;
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait?: typeof waitForReal;
}

/** An update on its way through this process. */
export interface Job {
  readonly pending: PendingUpdate;
  hangs: number;
  /** A run that had been given up as hanging came to its end after all. */
  isDone: boolean;
}

/** `again`: it is to be handled again, after the person's other updates. `parked`: the process stops. */
export type JobOutcome = 'over' | 'again' | 'parked';

type Tried = 'done' | 'hung' | 'parked' | { error: unknown };

export interface Handling {
  /** Never throws. Safe to repeat for a job that is to be handled again or was parked. */
  run(job: Job): Promise<JobOutcome>;
}

/** What a repeat can be expected of; null for a bug or a refusal. */
interface Trouble {
  isOutage: boolean;
  /** The service's own wish. */
  retryAfterMs: number;
}

function troubleOf(thrown: unknown): Trouble | null {
  const error = thrown instanceof BotError ? thrown.error : thrown;
  if (error instanceof UpstreamError) {
    const { isRetryable, upstreamCode: code, retryAfterMs = 0 } = error.fault;
    const isOutage = typeof code !== 'number' || code === 429 || code >= 500;
    return isRetryable ? { isOutage, retryAfterMs } : null;
  }
  if (error instanceof GrammyError) {
    const { error_code: code, parameters } = error;
    const retryAfterMs = (parameters.retry_after ?? 0) * 1000;
    return code === 429 || code >= 500 ? { isOutage: true, retryAfterMs } : null;
  }
  if (error instanceof HttpError) return { isOutage: true, retryAfterMs: 0 };
  // A dialogue that a new version of the program cannot replay has been forgotten by now: the row goes on.
  const isForgotten = error instanceof Error && error.message.startsWith('Bad replay');
  return isForgotten ? { isOutage: false, retryAfterMs: 0 } : null;
}

/** How long to wait before the next try, or null when it is hopeless. */
function retryWaitMs(thrown: unknown, failures: number, ageMs: number): number | null {
  const trouble = troubleOf(thrown);
  if (trouble === null) return null;
  const isOver = trouble.isOutage ? ageMs >= MAX_OUTAGE_MS : failures >= MAX_OWN_FAILURES;
  if (isOver) return null;
  const grownMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  return Math.max(grownMs, Math.min(trouble.retryAfterMs, MAX_OUTAGE_MS));
}

/** A payment was made or went back. Nobody tells that again, so it is never given up, whatever the error is. */
function isMoney({ message }: Update): boolean {
  return message?.successful_payment !== undefined || message?.refunded_payment !== undefined;
}

export function createHandling(ctx: Context, options: HandlingOptions): Handling {
  const { log, signal } = ctx;
  const { wait = waitForReal } = options;
  const isStopping = () => signal.aborted;
  // Only tries are limited, not the waits between them: who waits for the network delays nobody else.
  const limit = pLimit(MAX_HANDLERS_AT_ONCE);

  const tryOnce = async (job: Job, update: Update): Promise<Tried> => {
    if (isStopping()) return 'parked';
    if (job.isDone) return 'done';
    const ended = new AbortController();
    try {
      const work = options.handle(update);
      const hung = wait(HANDLER_TIMEOUT_MS, ended.signal).then(() => 'hung' as const);
      const outcome = await Promise.race([work.then(() => 'done' as const), hung]);
      if (outcome === 'hung') watch(job, update, work);
      return outcome;
    } catch (error) {
      // A process that stops breaks what runs: the update stays and is handled after the next start.
      return isStopping() ? 'parked' : { error };
    } finally {
      ended.abort();
    }
  };

  const watch = (job: Job, update: Update, work: Promise<void>): void => {
    work.then(
      () => {
        job.isDone = true;
      },
      (error: unknown) => {
        log.warn({ updateId: update.update_id, err: error }, 'a handler that hung has failed');
      },
    );
  };

  /** Ends what cannot be handled, with an apology; money stays stored and is tried for as long as it takes. */
  const giveUp = async (update: Update, error: unknown): Promise<JobOutcome> => {
    const { update_id: updateId } = update;
    if (isMoney(update)) {
      log.error({ updateId, err: error }, 'a payment could not be booked; it is tried again');
      return 'again';
    }
    log.error({ updateId, err: error }, 'an update could not be handled');
    await options.apologize(update).catch((apologyError: unknown) => {
      log.warn({ err: apologyError }, 'the apology did not arrive');
    });
    return 'over';
  };

  return {
    run: async (job) => {
      const update = JSON.parse(job.pending.payload) as Update;
      const { update_id: updateId } = update;
      const startedAt = ctx.now();
      for (let failures = 1; ; failures += 1) {
        const tried = await limit(() => tryOnce(job, update));
        if (tried === 'done') return 'over';
        if (tried === 'parked') return 'parked';
        if (tried === 'hung') {
          job.hangs += 1;
          log.error(
            { updateId, hangs: job.hangs },
            'a handler hangs; its person goes on without it',
          );
          return job.hangs < MAX_HANGS ? 'again' : giveUp(update, new Error('its handler hangs'));
        }
        const waitMs = retryWaitMs(tried.error, failures, ctx.now() - startedAt);
        if (waitMs === null) return giveUp(update, tried.error);
        log.warn({ updateId, failures, waitMs, err: tried.error }, 'an update is handled again');
        await wait(waitMs, signal);
      }
    },
  };
}
