// A chat as it looks from a person's side: its messages, what changes in it, and waiting for that.

import type { ChatAction, ChatEvent, ChatRecord } from '../messages/chats.js';
import { type ChatMessage, viewMessage } from '../messages/view.js';

const USUAL_TIMEOUT_MS = 5000;
/** How many messages a failed wait prints. */
const PRINTED = 5;

export type ChatChange =
  | { kind: 'message' | 'edited'; message: ChatMessage }
  | { kind: 'deleted'; messageId: number }
  | { kind: 'action'; action: ChatAction }
  | { kind: 'access'; isBlocked: boolean };

export interface WatchedChat {
  /** What is in the chat now, in order; deleted messages are absent, edits are applied. */
  chat: () => ChatMessage[];
  /** Calls on every change; the answer ends it. */
  onChange: (listener: (change: ChatChange) => void) => () => void;
  /**
   * The newest message that fits, as soon as there is one. Real time, not the clock of the stand-in.
   * @throws Error that shows the end of the chat when none came in time
   */
  waitFor: (
    predicate: (message: ChatMessage) => boolean,
    options?: { timeoutMs?: number },
  ) => Promise<ChatMessage>;
}

/** Where the bytes of a file can be fetched. */
export type UrlOf = (fileId: string) => string;

export function watchChat(record: ChatRecord, urlOf: UrlOf): WatchedChat {
  const chat = () => [...record.messages.values()].map((stored) => viewMessage(stored, urlOf));

  function toChange(event: ChatEvent): ChatChange {
    switch (event.kind) {
      case 'message':
      case 'edited':
        return { kind: event.kind, message: viewMessage(event.stored, urlOf) };
      case 'access':
        return { kind: 'access', isBlocked: record.access !== 'open' };
      default:
        return event;
    }
  }

  function onChange(listener: (change: ChatChange) => void): () => void {
    const wrapped = (event: ChatEvent) => {
      listener(toChange(event));
    };
    record.listeners.add(wrapped);
    return () => {
      record.listeners.delete(wrapped);
    };
  }

  return {
    chat,
    onChange,
    waitFor: (predicate, { timeoutMs = USUAL_TIMEOUT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const found = () => chat().findLast(predicate);
        const now = found();
        if (now !== undefined) {
          resolve(now);
          return;
        }
        const stop = onChange(() => {
          const message = found();
          if (message === undefined) return;
          end();
          resolve(message);
        });
        const timer = setTimeout(() => {
          end();
          const last = JSON.stringify(chat().slice(-PRINTED), null, 2);
          reject(new Error(`no such message within ${timeoutMs} ms; the chat ends with ${last}`));
        }, timeoutMs);
        function end(): void {
          stop();
          clearTimeout(timer);
        }
      }),
  };
}
