// A tap on an inline button: the query that it becomes, and the answer that the person's app shows.

import type { InlineKeyboardButton, Message, User } from 'grammy/types';
import type { ChatRecord } from '../messages/chats.js';
import type { CallbackAnswer, TelegramState } from '../state.js';

export interface Tap {
  queryId: string;
  /** What the bot answered; null when it did not within 15 seconds. */
  answer: Promise<CallbackAnswer | null>;
}

export interface TapOptions {
  /**
   * The person's app still shows an older keyboard, or a message that is gone: `button` is sent as data
   * although the message has no such button now.
   */
  stale?: boolean;
}

function findData(message: Message | undefined, button: string): string {
  const buttons = (message?.reply_markup?.inline_keyboard ?? []).flat();
  const fits = (one: InlineKeyboardButton) =>
    one.text === button || ('callback_data' in one && one.callback_data === button);
  const found = buttons.find(fits);
  if (found === undefined) {
    const shown = buttons.map((one) => one.text).join(', ');
    throw new Error(`there is no button "${button}"; the message shows: ${shown || 'none'}`);
  }
  if (!('callback_data' in found)) {
    throw new Error(`the button "${button}" is not answered by the bot`);
  }
  return found.callback_data;
}

function query(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  messageId: number,
  data: string,
) {
  const { id, answer } = state.callbacks.open();
  const message = record.messages.get(messageId)?.message ?? {
    chat: record.chat,
    message_id: messageId,
    date: 0 as const,
  };
  const chat_instance = record.chatInstance;
  state.updates.push(
    { callback_query: { id, from, message, chat_instance, data } },
    record.chat.id,
  );
  return { queryId: id, answer };
}

/** @throws Error when the message shows no such button, or one that opens something instead */
export function tap(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  messageId: number,
  button: string,
  { stale = false }: TapOptions = {},
): Tap {
  const data = stale ? button : findData(record.messages.get(messageId)?.message, button);
  const first = query(state, record, from, messageId, data);
  if (state.faults.take('repeat_taps') === undefined) return first;
  // Whichever of the two is answered first is what the app shows.
  const second = query(state, record, from, messageId, data);
  return { queryId: first.queryId, answer: Promise.race([first.answer, second.answer]) };
}
