// Questions of a person's app that the bot answers once and within a time: taps on buttons and pre-checkouts.

import type { Clock } from './clock.js';
import { badRequest } from './errors.js';

interface OpenQuery<Answer> {
  until: number;
  settle: (answer: Answer | null) => void;
}

export interface Queries<Answer> {
  /** `answer` is null when none came in time. */
  open: () => { id: string; answer: Promise<Answer | null> };
  /** @throws TelegramError 400 for an unknown, answered or expired query */
  answer: (id: string, answer: Answer) => void;
}

/**
 * @param lifeMs how long an answer is waited for
 * @param seed first part of the ids, so that kinds of queries do not share any
 */
export function createQueries<Answer>(
  clock: Clock,
  closing: AbortSignal,
  lifeMs: number,
  seed: number,
): Queries<Answer> {
  const open = new Map<string, OpenQuery<Answer>>();
  let count = 0;

  return {
    open: () => {
      count += 1;
      const id = `${seed}${String(count).padStart(12, '0')}`;
      const answered = new AbortController();
      const answer = new Promise<Answer | null>((resolve) => {
        const settle = (value: Answer | null) => {
          if (!open.delete(id)) return;
          answered.abort();
          resolve(value);
        };
        open.set(id, { until: clock.now() + lifeMs, settle });
        void clock.sleep(lifeMs, AbortSignal.any([closing, answered.signal])).then(() => {
          settle(null);
        });
      });
      return { id, answer };
    },

    answer: (id, answer) => {
      const query = open.get(id);
      if (query === undefined || clock.now() >= query.until) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      }
      query.settle(answer);
    },
  };
}
