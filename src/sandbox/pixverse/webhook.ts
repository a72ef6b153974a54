// The signed messages about ended generations: sent, and sent again until the receiver says `ok`.

import { createHmac, randomBytes } from 'node:crypto';
import type { FaultBox } from './faults.js';
import type { Generation } from './generations.js';

/** Which text is signed; the service's own samples disagree. */
export type SignatureVariant = 'sorted' | 'body_order' | 'raw';

/** A webhook as it would be registered in the web console. */
export interface WebhookRegistration {
  id: string;
  secret: string;
  url: string;
  /** `sorted` unless given. */
  signature?: SignatureVariant;
}

/** One message that was sent. */
export interface WebhookDelivery {
  at: number;
  generationId: string;
  /** 1 for the first try. */
  attempt: number;
  /** The HTTP status that came back, 0 when none did. */
  status: number;
  isAccepted: boolean;
}

interface Message {
  generationId: string;
  traceId: string;
  /** The text of the body; the same in every try. */
  body: string;
  isForged: boolean;
  attempt: number;
  dueAt: number;
}

export interface WebhookOptions {
  registration: WebhookRegistration | undefined;
  now: () => number;
  faults: FaultBox;
  /** The address of a finished video. */
  urlOf: (generation: Generation) => string;
  /** Wants `deliverDue` to be called in so many ms. */
  wake: (ms: number) => void;
  signal: AbortSignal;
}

const RETRY_AFTER_MS = [2, 10, 30, 60, 300, 900, 3600, 14_400].map((seconds) => seconds * 1000);
const ANSWER_TIMEOUT_MS = 10_000;
const KEPT_DELIVERIES = 500;

function signedText(body: string, variant: SignatureVariant): string {
  if (variant === 'raw') return encodeURIComponent(body);
  const fields = JSON.parse(body) as Record<string, string | number | boolean>;
  const pairs = Object.entries(fields).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  if (variant === 'sorted') pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return new URLSearchParams(pairs).toString();
}

/** The `Webhook-Signature` of a body: Base64 of HMAC-SHA256 over time, nonce and the body's fields. */
export function signWebhook(
  secret: string,
  timestamp: string,
  nonce: string,
  body: string,
  variant: SignatureVariant = 'sorted',
): string {
  return createHmac('sha256', secret)
    .update(`${timestamp}\n${nonce}\n${signedText(body, variant)}`)
    .digest('base64');
}

/** What waits to be sent and what was sent; changed by the functions of this file alone. */
export interface Webhook {
  readonly options: WebhookOptions;
  waiting: Message[];
  /** The newest 500, oldest first. */
  readonly deliveries: WebhookDelivery[];
}

export function createWebhook(options: WebhookOptions): Webhook {
  return { options, waiting: [], deliveries: [] };
}

function plan(webhook: Webhook, message: Message): void {
  webhook.waiting.push(message);
  webhook.options.wake(Math.max(0, message.dueAt - webhook.options.now()));
}

/** @throws Error when nobody answers in time */
async function post(
  { now, signal }: WebhookOptions,
  target: WebhookRegistration,
  message: Message,
): Promise<{ status: number; isAccepted: boolean }> {
  const timestamp = String(Math.floor(now() / 1000));
  const nonce = randomBytes(16).toString('hex');
  const secret = message.isForged ? `${target.secret}-forged` : target.secret;
  const response = await fetch(target.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Webhook-Timestamp': timestamp,
      'Webhook-Nonce': nonce,
      'Webhook-Signature': signWebhook(secret, timestamp, nonce, message.body, target.signature),
      'Ai-Trace-Id': message.traceId,
    },
    body: message.body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  });
  const { status } = response;
  return { status, isAccepted: status === 200 && (await response.text()) === 'ok' };
}

async function deliver(
  webhook: Webhook,
  target: WebhookRegistration,
  message: Message,
): Promise<void> {
  const { options, deliveries } = webhook;
  const { generationId, attempt } = message;
  const outcome = await post(options, target, message).catch(() => ({
    status: 0,
    isAccepted: false,
  }));
  if (options.signal.aborted) return;
  deliveries.push({ at: options.now(), generationId, attempt, ...outcome });
  if (deliveries.length > KEPT_DELIVERIES) deliveries.shift();
  const delay = RETRY_AFTER_MS[attempt - 1];
  if (outcome.isAccepted || delay === undefined) return;
  plan(webhook, { ...message, attempt: attempt + 1, dueAt: options.now() + delay });
}

/** Sends what is due. */
export async function deliverDue(webhook: Webhook): Promise<void> {
  const { registration, now } = webhook.options;
  if (registration === undefined) return;
  const due = webhook.waiting.filter(({ dueAt }) => dueAt <= now());
  webhook.waiting = webhook.waiting.filter((message) => !due.includes(message));
  await Promise.all(due.map((message) => deliver(webhook, registration, message)));
}

function bodyOf(generation: Generation, url: string): string {
  const { id, order, film, endStatus } = generation;
  const isDone = endStatus === 1;
  return JSON.stringify({
    id,
    status: endStatus,
    url: isDone ? url : '',
    size: isDone ? (film?.bytes ?? 0) : 0,
    has_audio: order.hasAudio,
    credits: order.credits,
  });
}

/** Plans the message about a generation that has just ended, if it was ordered with this webhook. */
export function announce(webhook: Webhook, generation: Generation): void {
  const { registration, now, faults, urlOf } = webhook.options;
  const { id, traceId, order, endedAt } = generation;
  if (registration === undefined || order.webhookId !== registration.id) return;
  if (faults.draw('webhook', 'lost') !== null) return;
  const message: Message = {
    generationId: id,
    traceId,
    body: bodyOf(generation, urlOf(generation)),
    isForged: faults.draw('webhook', 'forged') !== null,
    attempt: 1,
    dueAt: (endedAt ?? now()) + (faults.draw('webhook', 'late')?.ms ?? 0),
  };
  plan(webhook, message);
  if (faults.draw('webhook', 'twice') !== null) plan(webhook, { ...message });
}
