// The chats and all messages in them. Messages are replaced, never changed, so that what was delivered stays as it was.

import { randomInt } from 'node:crypto';
import type { Chat, Message } from 'grammy/types';
import type { InvoiceTerms } from '../payments/invoice.js';
import { type Clock, toSeconds } from '../clock.js';

/** How long a chat action is shown, unless a message of the bot ends it. */
const ACTION_LIFE_MS = 5000;

export interface StoredMessage {
  message: Message;
  isFromBot: boolean;
  /** Sent without a sound. */
  isSilent: boolean;
  /** What a Pay button charges; invoices only. */
  invoice?: InvoiceTerms;
  /** How often the invoice was paid. */
  paidCount: number;
}

export interface ChatAction {
  action: string;
  at: number;
  /** When it stops being shown. */
  until: number;
}

export type ChatEvent =
  | { kind: 'message' | 'edited'; stored: StoredMessage }
  | { kind: 'deleted'; messageId: number }
  | { kind: 'action'; action: ChatAction }
  | { kind: 'access' };

export interface ChatRecord {
  chat: Chat;
  /** By id, in the order in which they were sent; deleted ones are gone. */
  messages: Map<number, StoredMessage>;
  actions: ChatAction[];
  /** Whether the bot may write: `blocked` in a private chat, `kicked` in a group. */
  access: 'open' | 'blocked' | 'kicked';
  /** Name by which callback queries know this chat. */
  chatInstance: string;
  listeners: Set<(event: ChatEvent) => void>;
}

export interface Chats {
  open: (chat: Chat) => ChatRecord;
  find: (chatId: number | string) => ChatRecord | undefined;
  /** Puts a message at the end of a chat. */
  post: (
    record: ChatRecord,
    draft: Partial<Message>,
    facts: { isFromBot: boolean; isSilent?: boolean; invoice?: InvoiceTerms },
  ) => StoredMessage;
  edit: (record: ChatRecord, stored: StoredMessage, message: Message) => void;
  remove: (record: ChatRecord, messageId: number) => void;
  act: (record: ChatRecord, action: string) => void;
  setAccess: (record: ChatRecord, access: ChatRecord['access']) => void;
}

function emit(record: ChatRecord, event: ChatEvent): void {
  for (const listener of [...record.listeners]) listener(event);
}

/** Joins the messages of one album. */
export function createAlbumId(): string {
  return String(randomInt(10 ** 13, 10 ** 14));
}

export function createChats(clock: Clock): Chats {
  const records = new Map<number, ChatRecord>();
  /** Private chats and small groups count messages together, each supergroup by itself. */
  const lastIds = new Map<number, number>();

  function nextId(chat: Chat): number {
    const counter = chat.type === 'supergroup' ? chat.id : 0;
    const id = (lastIds.get(counter) ?? 0) + 1;
    lastIds.set(counter, id);
    return id;
  }

  return {
    open: (chat) => {
      const record: ChatRecord = {
        chat,
        messages: new Map(),
        actions: [],
        access: 'open',
        chatInstance: String(7_000_000_000_000_000 + records.size),
        listeners: new Set(),
      };
      records.set(chat.id, record);
      return record;
    },

    find: (chatId) => {
      if (typeof chatId === 'number') return records.get(chatId);
      if (/^-?\d+$/.test(chatId)) return records.get(Number(chatId));
      const named = [...records.values()].filter(({ chat }) => chat.type === 'supergroup');
      return named.find(({ chat }) => `@${chat.username ?? ''}` === chatId);
    },

    post: (record, draft, facts) => {
      const message = {
        message_id: nextId(record.chat),
        chat: record.chat,
        date: toSeconds(clock.now()),
        ...draft,
      };
      const stored: StoredMessage = { message, isSilent: false, paidCount: 0, ...facts };
      record.messages.set(message.message_id, stored);
      if (facts.isFromBot) endAction(record, clock.now());
      emit(record, { kind: 'message', stored });
      return stored;
    },

    edit: (record, stored, message) => {
      stored.message = message;
      emit(record, { kind: 'edited', stored });
    },

    remove: (record, messageId) => {
      if (record.messages.delete(messageId)) emit(record, { kind: 'deleted', messageId });
    },

    act: (record, action) => {
      const at = clock.now();
      endAction(record, at);
      const shown = { action, at, until: at + ACTION_LIFE_MS };
      record.actions.push(shown);
      emit(record, { kind: 'action', action: shown });
    },

    setAccess: (record, access) => {
      record.access = access;
      emit(record, { kind: 'access' });
    },
  };
}

function endAction(record: ChatRecord, now: number): void {
  const last = record.actions.at(-1);
  if (last !== undefined && last.until > now) last.until = now;
}
