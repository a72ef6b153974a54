// A person with a private chat with the bot.

import type { BotCommand, ChatMemberUpdated, User } from 'grammy/types';
import { toSeconds } from '../clock.js';
import type { ChatAction, ChatRecord } from '../messages/chats.js';
import { type PayOutcome, payInvoice } from '../payments/paying.js';
import { menuFor } from '../profile.js';
import { privateChat, type TelegramState } from '../state.js';
import { createPosting, type Posting } from './posting.js';
import { tap, type Tap, type TapOptions } from './tap.js';
import { type UrlOf, watchChat, type WatchedChat } from './watch.js';

export interface UserProfile {
  id: number;
  first_name: string;
  username?: string;
  language_code?: string;
}

export interface PayOptions {
  /** In the minor unit of the currency; where the invoice takes tips. */
  tip?: number;
}

export interface SandboxUser extends WatchedChat, Posting {
  readonly id: number;
  readonly profile: UserProfile;
  /** Taps an inline button, named by its text or its callback data. */
  press: (messageId: number, button: string, options?: TapOptions) => Tap;
  /** Pays the invoice of a message or of a link; settles once the bot has agreed or 10 seconds are over. */
  pay: (invoice: number | string, options?: PayOptions) => Promise<PayOutcome>;
  block: () => void;
  unblock: () => void;
  isBlocked: () => boolean;
  /** What the bot is shown doing now. */
  chatAction: () => string | null;
  /** Everything that it was shown doing, oldest first. */
  chatActions: () => readonly ChatAction[];
  /** The menu of commands that this person sees. */
  commands: () => readonly BotCommand[];
}

function toUser(profile: UserProfile): User {
  return { ...profile, is_bot: false };
}

/** Blocking and unblocking, as the bot is told of it. */
function setBlocked(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  isBlocked: boolean,
): void {
  if ((record.access === 'blocked') === isBlocked) return;
  state.chats.setAccess(record, isBlocked ? 'blocked' : 'open');
  const { id, is_bot, first_name, username } = state.bot;
  const bot = { id, is_bot, first_name, username };
  const member = { status: 'member', user: bot } as const;
  const kicked = { status: 'kicked', user: bot, until_date: 0 } as const;
  const my_chat_member: ChatMemberUpdated = {
    chat: record.chat,
    from,
    date: toSeconds(state.clock.now()),
    old_chat_member: isBlocked ? member : kicked,
    new_chat_member: isBlocked ? kicked : member,
  };
  state.updates.push({ my_chat_member }, record.chat.id);
}

function pay(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  invoice: number | string,
  { tip = 0 }: PayOptions,
): Promise<PayOutcome> {
  const message = typeof invoice === 'number' ? record.messages.get(invoice) : undefined;
  const terms = typeof invoice === 'number' ? message?.invoice : state.invoiceLinks.get(invoice);
  if (terms === undefined) throw new Error(`${invoice} is no invoice`);
  if (tip > terms.maxTipAmount)
    throw new Error(`the invoice takes tips up to ${terms.maxTipAmount}`);
  const options = { tip, ...(message !== undefined && { invoice: message }) };
  const paying = payInvoice(state, record, from, terms, options);
  if (state.faults.take('double_payments') === undefined) return paying;
  const second = payInvoice(state, record, from, terms, options);
  return Promise.all([paying, second]).then(([outcome]) => outcome);
}

export function createUser(state: TelegramState, profile: UserProfile, urlOf: UrlOf): SandboxUser {
  const from = toUser(profile);
  const record = state.chats.open(privateChat(from));

  return {
    id: profile.id,
    profile,
    ...watchChat(record, urlOf),
    ...createPosting(state, record, from),
    press: (messageId, button, options) => tap(state, record, from, messageId, button, options),
    pay: (invoice, options = {}) => pay(state, record, from, invoice, options),
    block: () => {
      setBlocked(state, record, from, true);
    },
    unblock: () => {
      setBlocked(state, record, from, false);
    },
    isBlocked: () => record.access === 'blocked',
    chatAction: () => {
      const last = record.actions.at(-1);
      return last !== undefined && last.until > state.clock.now() ? last.action : null;
    },
    chatActions: () => record.actions,
    commands: () => menuFor(state.profile, profile.id, profile.language_code ?? ''),
  };
}
