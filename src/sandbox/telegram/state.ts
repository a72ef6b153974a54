// Everything the stand-in knows, in one object that the methods and the people act on.

import type { Chat, User, UserFromGetMe } from 'grammy/types';
import type { Clock } from './clock.js';
import type { FaultBook } from './faults.js';
import type { FileStore } from './files/store.js';
import { type Chats, createChats } from './messages/chats.js';
import type { InvoiceTerms } from './payments/invoice.js';
import { createLedger, type Ledger } from './payments/ledger.js';
import { type BotProfile, createProfile } from './profile.js';
import { createQueries, type Queries } from './queries.js';
import { createBacklog } from './updates/backlog.js';
import { createUpdateQueue, type UpdateQueue } from './updates/queue.js';
import { createWebhook, type Webhook } from './updates/webhook.js';

/** How long an app waits for the answer to a tap. */
const CALLBACK_LIFE_MS = 15_000;
const CHECKOUT_LIFE_MS = 10_000;

export interface CallbackAnswer {
  text: string | null;
  showAlert: boolean;
  url: string | null;
}

export type CheckoutAnswer = { ok: true } | { ok: false; message: string };

export interface TelegramState {
  bot: UserFromGetMe;
  clock: Clock;
  /** Aborts when the stand-in closes. */
  closing: AbortSignal;
  faults: FaultBook;
  files: FileStore;
  chats: Chats;
  updates: UpdateQueue;
  webhook: Webhook;
  callbacks: Queries<CallbackAnswer>;
  checkouts: Queries<CheckoutAnswer>;
  profile: BotProfile;
  ledger: Ledger;
  /** Invoices that exist as a link, by that link. */
  invoiceLinks: Map<string, InvoiceTerms>;
}

export interface StateParts {
  token: string;
  botUsername: string;
  clock: Clock;
  closing: AbortSignal;
  faults: FaultBook;
  files: FileStore;
}

function createBot({ token, botUsername }: StateParts): UserFromGetMe {
  return {
    id: Number(token.split(':')[0]),
    is_bot: true,
    first_name: botUsername,
    username: botUsername,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_guest_queries: false,
    supports_join_request_queries: false,
  };
}

export function createState(parts: StateParts): TelegramState {
  const { clock, closing, faults, files } = parts;
  const bot = createBot(parts);
  const backlog = createBacklog(clock, {
    isRepeated: () => faults.take('duplicate_updates') !== undefined,
    isReordered: () => faults.take('reordered_updates') !== undefined,
  });
  const updates = createUpdateQueue(clock, closing, backlog);
  return {
    bot,
    clock,
    closing,
    faults,
    files,
    chats: createChats(clock),
    updates,
    webhook: createWebhook(clock, closing, updates),
    callbacks: createQueries(clock, closing, CALLBACK_LIFE_MS, 41),
    checkouts: createQueries(clock, closing, CHECKOUT_LIFE_MS, 73),
    profile: createProfile(bot.first_name),
    ledger: createLedger(clock),
    invoiceLinks: new Map(),
  };
}

/** The private chat with a person, as the Bot API names it. */
export function privateChat(user: User): Chat.PrivateChat {
  return {
    id: user.id,
    type: 'private',
    first_name: user.first_name,
    ...(user.last_name !== undefined && { last_name: user.last_name }),
    ...(user.username !== undefined && { username: user.username }),
  };
}
