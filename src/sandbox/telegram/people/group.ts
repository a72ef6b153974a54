// A group that the bot was added to. The bot reads in it only what a bot in privacy mode reads.

import type { Chat, ChatMemberUpdated, User } from 'grammy/types';
import { toSeconds } from '../clock.js';
import type { ChatRecord } from '../messages/chats.js';
import { say } from '../messages/incoming.js';
import type { TelegramState } from '../state.js';
import { createPosting, type Posting } from './posting.js';
import { tap, type Tap, type TapOptions } from './tap.js';
import type { SandboxUser } from './user.js';
import { type UrlOf, watchChat, type WatchedChat } from './watch.js';

export interface SandboxGroup extends WatchedChat {
  readonly id: number;
  readonly title: string;
  /** The hands of a member in this group. */
  as: (member: SandboxUser) => Posting;
  press: (member: SandboxUser, messageId: number, button: string, options?: TapOptions) => Tap;
  removeBot: () => void;
  addBot: () => void;
}

function setMember(state: TelegramState, record: ChatRecord, from: User, isMember: boolean): void {
  const { id, is_bot, first_name, username } = state.bot;
  const bot = { id, is_bot, first_name, username };
  const member = { status: 'member', user: bot } as const;
  const kicked = { status: 'kicked', user: bot, until_date: 0 } as const;
  const my_chat_member: ChatMemberUpdated = {
    chat: record.chat,
    from,
    date: toSeconds(state.clock.now()),
    old_chat_member: isMember ? { status: 'left', user: bot } : member,
    new_chat_member: isMember ? member : kicked,
  };
  state.chats.setAccess(record, isMember ? 'open' : 'kicked');
  state.updates.push({ my_chat_member }, record.chat.id);
  if (isMember) say(state, record, from, { new_chat_members: [bot] });
}

/** Opens a supergroup and adds the bot to it; the first member did it. */
export function createGroup(
  state: TelegramState,
  chat: Chat.SupergroupChat,
  members: SandboxUser[],
  urlOf: UrlOf,
): SandboxGroup {
  const [owner] = members;
  if (owner === undefined) throw new Error('a group needs a member');
  const record = state.chats.open(chat);
  const userOf = (member: SandboxUser): User => {
    if (!members.includes(member)) throw new Error(`${member.id} is no member of the group`);
    return { ...member.profile, is_bot: false };
  };
  setMember(state, record, userOf(owner), true);

  return {
    id: chat.id,
    title: chat.title,
    ...watchChat(record, urlOf),
    as: (member) => createPosting(state, record, userOf(member)),
    press: (member, messageId, button, options) =>
      tap(state, record, userOf(member), messageId, button, options),
    removeBot: () => {
      setMember(state, record, userOf(owner), false);
    },
    addBot: () => {
      setMember(state, record, userOf(owner), true);
    },
  };
}
