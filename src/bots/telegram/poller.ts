// Long polling: fetches updates and confirms them only after they are stored. Waits out whatever goes wrong.

import { Api, GrammyError } from 'grammy';
import type { Context } from '../../core/context.js';
import { wait } from '../../core/wait.js';
import type { Inbox } from './inbox.js';
import type { TelegramConfig } from './telegram-config.js';

/** The kinds that the bot handles. Always sent: Telegram keeps the last list otherwise. */
export const ALLOWED_UPDATES = [
  'message',
  'callback_query',
  'pre_checkout_query',
  'my_chat_member',
] as const;

const POLL_SECONDS = 25;
/** Longer than Telegram waits for updates; then the connection is dead. */
const ANSWER_SECONDS = 15;
const MAX_WAIT_MS = 30_000;
/** Another process polls with the same token, most likely the one this replaces. */
const CONFLICT_WAIT_MS = 3_000;

export interface Poller {
  /** Polls until the context's signal aborts. */
  run(): Promise<void>;
  /** Null when Telegram answers, else what is wrong. */
  trouble(): string | null;
}

/** @param onConnected called when Telegram begins to answer */
export function createPoller(
  ctx: Context,
  config: TelegramConfig,
  inbox: Inbox,
  onConnected: () => void,
): Poller {
  // One of its own, without automatic repeats: this loop waits and says so in the log.
  const api = new Api(config.token.reveal(), {
    apiRoot: config.apiRoot,
    timeoutSeconds: POLL_SECONDS + ANSWER_SECONDS,
  });
  let trouble: string | null = 'not connected yet';
  let failures = 0;
  let offset = 0;
  const isStopping = () => ctx.signal.aborted;

  const pollOnce = async (): Promise<void> => {
    const updates = await api.getUpdates(
      // The first call answers at once: it tells whether Telegram takes us.
      { offset, timeout: trouble === null ? POLL_SECONDS : 0, allowed_updates: ALLOWED_UPDATES },
      // grammY types its own AbortSignal; Node's is one.
      ctx.signal as Parameters<Api['getUpdates']>[1],
    );
    if (failures > 0) ctx.log.info({}, 'telegram answers again');
    if (trouble !== null) onConnected();
    trouble = null;
    failures = 0;
    const last = updates.at(-1);
    if (last === undefined) return;
    await inbox.receive(updates);
    offset = last.update_id + 1;
  };

  const settle = async (error: unknown): Promise<void> => {
    failures += 1;
    const code = error instanceof GrammyError ? error.error_code : 'no answer';
    trouble = `telegram getUpdates: ${code}`;
    const waitMs =
      code === 409
        ? CONFLICT_WAIT_MS
        : error instanceof GrammyError && error.parameters.retry_after !== undefined
          ? error.parameters.retry_after * 1000
          : Math.min(1000 * 2 ** (failures - 1), MAX_WAIT_MS);
    ctx.log.warn({ code, failures, waitMs }, 'telegram cannot be polled; waiting');
    await wait(waitMs, ctx.signal);
  };

  return {
    run: async () => {
      while (!isStopping()) {
        try {
          await pollOnce();
        } catch (error) {
          if (isStopping()) return;
          await settle(error);
        }
      }
    },
    trouble: () => trouble,
  };
}
