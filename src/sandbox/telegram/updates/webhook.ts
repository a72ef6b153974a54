// Pushes updates to the bot's webhook: one after the other within a chat, again and again until it answers 2xx.

import type { WebhookInfo } from 'grammy/types';
import { type Clock, toSeconds } from '../clock.js';
import { badRequest } from '../errors.js';
import type { Backlog, QueuedUpdate } from './backlog.js';
import type { UpdateQueue } from './queue.js';

const PORTS = ['', '443', '80', '88', '8443'];
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const ANSWER_TIMEOUT_MS = 60_000;
const USUAL_CONNECTIONS = 40;

export interface WebhookSettings {
  url: string;
  secretToken: string | undefined;
  maxConnections: number;
  ipAddress: string | undefined;
  hasCertificate: boolean;
}

export interface Webhook {
  /** Replaces the webhook; null ends it. Answers whether there was one. */
  set: (settings: WebhookSettings | null) => boolean;
  info: () => WebhookInfo;
}

/** @throws TelegramError 400 for an address or a secret that Telegram does not take */
export function readWebhookSettings(input: {
  url: string;
  secret_token?: string;
  max_connections?: number;
  ip_address?: string;
  certificate?: unknown;
}): WebhookSettings {
  const { secret_token: secretToken } = input;
  if (secretToken !== undefined && secretToken.length > 256) {
    throw badRequest('secret token is too long');
  }
  if (secretToken !== undefined && !/^[\w-]*$/.test(secretToken)) {
    throw badRequest('secret token contains unallowed characters');
  }
  let url: URL;
  try {
    url = new URL(input.url);
  } catch {
    throw badRequest('bad webhook: invalid webhook URL specified');
  }
  // The one thing that the real server refuses: a bot on the same machine.
  const isLocal = ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (!isLocal && url.protocol !== 'https:') {
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  }
  if (!isLocal && !PORTS.includes(url.port)) {
    throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  }
  return {
    url: input.url,
    secretToken: secretToken === '' ? undefined : secretToken,
    maxConnections: Math.min(Math.max(input.max_connections ?? USUAL_CONNECTIONS, 1), 100),
    ipAddress: input.ip_address,
    hasCertificate: input.certificate !== undefined,
  };
}

interface Delivery {
  settings: WebhookSettings;
  stopped: AbortController;
  busyChats: Set<number>;
  lastError: { at: number; message: string } | null;
}

async function post({ settings, stopped }: Delivery, entry: QueuedUpdate): Promise<string | null> {
  const { secretToken } = settings;
  try {
    const response = await fetch(settings.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secretToken !== undefined && { 'x-telegram-bot-api-secret-token': secretToken }),
      },
      body: JSON.stringify(entry.update),
      redirect: 'manual',
      signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    if (response.ok) return null;
    return `Wrong response from the webhook: ${response.status} ${response.statusText}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? 'Read timeout expired'
      : 'Connection refused';
  }
}

/** Tries until it succeeds, the update is too old or dropped, or the webhook changes. */
async function deliver(
  clock: Clock,
  backlog: Backlog,
  to: Delivery,
  entry: QueuedUpdate,
): Promise<void> {
  const stopped = to.stopped.signal;
  let delayMs = FIRST_RETRY_MS;
  while (!stopped.aborted && backlog.pending().includes(entry)) {
    const fault = await post(to, entry);
    if (to.stopped.signal.aborted) return;
    if (fault === null) {
      backlog.confirm(entry);
      return;
    }
    to.lastError = { at: clock.now(), message: fault };
    await clock.sleep(delayMs, stopped);
    delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS);
  }
}

export function createWebhook(clock: Clock, closing: AbortSignal, queue: UpdateQueue): Webhook {
  const { backlog } = queue;
  let delivery: Delivery | null = null;

  function pump(to: Delivery): void {
    if (to.stopped.signal.aborted) return;
    for (const entry of backlog.pending()) {
      if (to.busyChats.size >= to.settings.maxConnections) return;
      if (to.busyChats.has(entry.chatKey)) continue;
      to.busyChats.add(entry.chatKey);
      void deliver(clock, backlog, to, entry).then(() => {
        to.busyChats.delete(entry.chatKey);
        pump(to);
      });
    }
  }

  closing.addEventListener('abort', () => {
    delivery?.stopped.abort();
  });

  return {
    set: (settings) => {
      const before = delivery;
      before?.stopped.abort();
      if (settings === null) {
        delivery = null;
        queue.setListener(null);
      } else {
        const to: Delivery = {
          settings,
          stopped: new AbortController(),
          busyChats: new Set(),
          lastError: null,
        };
        delivery = to;
        queue.setListener(() => {
          pump(to);
        });
      }
      return before !== null;
    },

    info: () => {
      const allowed = queue.allowed();
      const settings = delivery?.settings;
      const lastError = delivery?.lastError ?? null;
      return {
        url: settings?.url ?? '',
        has_custom_certificate: settings?.hasCertificate ?? false,
        pending_update_count: backlog.pending().length,
        ...(settings !== undefined && { max_connections: settings.maxConnections }),
        ...(settings?.ipAddress !== undefined && { ip_address: settings.ipAddress }),
        ...(lastError !== null && {
          last_error_date: toSeconds(lastError.at),
          last_error_message: lastError.message,
        }),
        ...(allowed.length > 0 && { allowed_updates: [...allowed] }),
      };
    },
  };
}
