// Messages of people: put into their chat, and handed to the bot where it may read them.

import type { Message, Update, User } from 'grammy/types';
import type { TelegramState } from '../state.js';
import type { ChatRecord, StoredMessage } from './chats.js';

/** What a bot in privacy mode reads in a group: commands for it, answers to it, and service messages. */
function isForBot(state: TelegramState, record: ChatRecord, { message }: StoredMessage): boolean {
  if (record.chat.type === 'private') return true;
  if (record.access === 'kicked') return false;
  if (message.new_chat_members !== undefined || message.left_chat_member !== undefined) return true;
  if (message.reply_to_message?.from?.id === state.bot.id) return true;
  const command = /^\/\w+(?:@(\w+))?/.exec(message.text ?? message.caption ?? '');
  if (command === null) return false;
  const [, addressee = state.bot.username] = command;
  return addressee.toLowerCase() === state.bot.username.toLowerCase();
}

/** Puts a message into the chat without telling the bot. */
export function post(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  draft: Partial<Message>,
): StoredMessage {
  return state.chats.post(record, { from, ...draft }, { isFromBot: false });
}

/** Makes an update of a message, as it is now. */
export function deliver(
  state: TelegramState,
  record: ChatRecord,
  stored: StoredMessage,
  kind: 'message' | 'edited_message' = 'message',
): void {
  if (!isForBot(state, record, stored)) return;
  const content = { [kind]: stored.message } as Pick<Update, typeof kind>;
  state.updates.push(content, record.chat.id);
}

/** Puts a message into the chat and tells the bot. */
export function say(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  draft: Partial<Message>,
): StoredMessage {
  const stored = post(state, record, from, draft);
  deliver(state, record, stored);
  return stored;
}
