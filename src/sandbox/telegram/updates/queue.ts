// How updates reach the bot: what it asked for, by polls that wait, or told to a webhook.

import type { Update } from 'grammy/types';
import type { Clock } from '../clock.js';
import { conflict } from '../errors.js';
import type { Backlog, UpdateContent } from './backlog.js';

export type UpdateKind = Exclude<keyof Update, 'update_id'>;

/** Delivered only to a bot that asks for them by name. */
const NOT_BY_DEFAULT: readonly UpdateKind[] = [
  'chat_member',
  'message_reaction',
  'message_reaction_count',
];
const MAX_BATCH = 100;
const MAX_TIMEOUT_SECONDS = 50;

const WEBHOOK_IS_SET =
  "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLL =
  'terminated by other getUpdates request; make sure that only one bot instance is running';

export interface PollRequest {
  offset?: number;
  limit?: number;
  timeout?: number;
  allowed_updates?: readonly UpdateKind[];
}

export interface UpdateQueue {
  backlog: Backlog;
  /** Numbers and keeps an update; an update that the bot did not ask for is dropped. */
  push: (content: UpdateContent, chatKey: number) => void;
  /**
   * The updates from `offset` on; confirms those before it.
   * @throws TelegramError 409 while a webhook is set, or when another poll or a webhook takes over
   */
  poll: (request: PollRequest, gone: AbortSignal) => Promise<Update[]>;
  /** Undefined keeps the list that there is, an empty one means the default. */
  allow: (kinds: readonly UpdateKind[] | undefined) => void;
  allowed: () => readonly UpdateKind[];
  /** Whoever is told of new updates instead of a poll: the webhook. Null gives them back to polls. */
  setListener: (listener: (() => void) | null) => void;
}

interface Waiting {
  wake: () => void;
  fail: (error: Error) => void;
}

export function createUpdateQueue(
  clock: Clock,
  closing: AbortSignal,
  backlog: Backlog,
): UpdateQueue {
  let allowed: readonly UpdateKind[] = [];
  let waiting: Waiting | null = null;
  let listener: (() => void) | null = null;

  function isAllowed(content: UpdateContent): boolean {
    const [kind] = Object.keys(content) as UpdateKind[];
    if (kind === undefined) return false;
    return allowed.length === 0 ? !NOT_BY_DEFAULT.includes(kind) : allowed.includes(kind);
  }

  async function wait(seconds: number, gone: AbortSignal): Promise<void> {
    const ended = new AbortController();
    let mine: Waiting | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        waiting = mine = { wake: resolve, fail: reject };
        const signal = AbortSignal.any([closing, gone, ended.signal]);
        void clock.sleep(seconds * 1000, signal).then(resolve);
      });
    } finally {
      if (waiting === mine) waiting = null;
      ended.abort();
    }
  }

  function endPoll(error?: Error): void {
    const ended = waiting;
    waiting = null;
    if (error === undefined) ended?.wake();
    else ended?.fail(error);
  }

  return {
    backlog,

    push: (content, chatKey) => {
      if (!isAllowed(content)) return;
      backlog.add(content, chatKey);
      if (listener !== null) listener();
      else endPoll();
    },

    poll: async ({ offset = 0, limit = MAX_BATCH, timeout = 0, allowed_updates }, gone) => {
      if (listener !== null) {
        throw conflict(WEBHOOK_IS_SET);
      }
      endPoll(conflict(OTHER_POLL));
      if (allowed_updates !== undefined) allowed = allowed_updates;
      if (offset !== 0) backlog.confirmUpTo(offset);
      const count = Math.min(Math.max(limit, 1), MAX_BATCH);
      const ready = backlog.collect(count);
      if (ready.length > 0 || timeout <= 0) return ready;
      await wait(Math.min(timeout, MAX_TIMEOUT_SECONDS), gone);
      return gone.aborted ? [] : backlog.collect(count);
    },

    allow: (kinds) => {
      if (kinds !== undefined) allowed = kinds;
    },
    allowed: () => allowed,
    setListener: (next) => {
      listener = next;
      if (next === null) return;
      endPoll(conflict('terminated by setWebhook request'));
      next();
    },
  };
}
