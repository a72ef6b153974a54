// What every inbound handler of the Telegram bot is given, and who is writing.

import type { ConversationFlavor } from '@grammyjs/conversations';
import type { Api, Context as GrammyContext } from 'grammy';
import type { Message, User } from 'grammy/types';
import type { Context } from '../../core/context.js';
import type { TelegramConfig } from './telegram-config.js';
import type { ChatAddress, Person } from '../../core/model.js';
import type { Messenger } from '../../core/ports/messenger.js';
import type { PhotoRate } from '../../core/orders/limits.js';
import { meetPerson } from '../../core/people.js';
import type { Texts } from '../../texts/texts.js';
import type { Taps } from './taps.js';

export interface Setting {
  core: Context;
  texts: Texts;
  config: TelegramConfig;
  /** For calls outside a handler's own context, such as fetching files. */
  api: Api;
  messenger: Messenger;
  taps: Taps;
  photoRate: PhotoRate;
  /** Kept for speed only; losing it costs an upload. */
  memory: { exampleFileId: string | null };
}

/** A context with the person behind it, set before any handler runs. */
export type HugContext = ConversationFlavor<GrammyContext> & { person: Person };

export function addressOf(userId: number): ChatAddress {
  return { platform: 'telegram', chatId: String(userId) };
}

/** The payload of `/start <payload>`, if this is one. */
export function startPayload(message: Message | undefined): string | null {
  return /^\/start(?:@\w+)? (\S+)$/.exec(message?.text ?? '')?.[1] ?? null;
}

/** The person behind a Telegram account; made at first sight. */
export function meet(
  { core, texts }: Setting,
  user: User,
  source: string | null = null,
): Promise<Person> {
  const name = [user.first_name, user.last_name].filter((part) => part !== undefined).join(' ');
  return meetPerson(
    core,
    {
      platform: 'telegram',
      platformUserId: String(user.id),
      chatId: String(user.id),
      username: user.username ?? null,
      displayName: name,
      languageHint: user.language_code ?? null,
    },
    { pickLocale: (hint) => texts.pickLocale(hint), source },
  );
}
