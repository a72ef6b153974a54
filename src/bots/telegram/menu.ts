// What Telegram itself shows of the bot: the command menu and the descriptions, in every language.

import type { Api } from 'grammy';
import type { BotCommand } from 'grammy/types';
import type { Log } from '../../core/log.js';
import type { Texts } from '../../texts/texts.js';

const COMMANDS = [
  'start',
  'hug',
  'videos',
  'price',
  'balance',
  'buy',
  'language',
  'currency',
  'help',
  'cancel',
  'terms',
  'privacy',
  'paysupport',
  'delete_my_data',
] as const;

function commandList(texts: Texts, locale: string): BotCommand[] {
  return COMMANDS.map((command) => ({
    command,
    description: texts.t(locale, `command-${command}`),
  }));
}

/** Registers commands and descriptions. Idempotent; a failure costs only the menu, so it is logged and left. */
export async function registerMenu(api: Api, texts: Texts, log: Log): Promise<void> {
  const scope = { type: 'all_private_chats' as const };
  try {
    for (const locale of texts.locales) {
      const language = locale === texts.locales[0] ? {} : { language_code: locale.slice(0, 2) };
      await api.setMyCommands(commandList(texts, locale), { scope, ...language } as object);
      await api.setMyDescription(texts.t(locale, 'bot-description'), language as object);
      await api.setMyShortDescription(texts.t(locale, 'bot-short-description'), language as object);
    }
  } catch (error) {
    log.warn({ err: error }, 'the command menu could not be registered');
  }
}

/** The menu of one chat in the language its person chose. */
export async function registerChatCommands(
  api: Api,
  texts: Texts,
  locale: string,
  chatId: number,
): Promise<void> {
  await api.setMyCommands(commandList(texts, locale), { scope: { type: 'chat', chat_id: chatId } });
}
