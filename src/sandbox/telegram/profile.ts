// What the bot says about itself: commands, name, descriptions and menu button, by scope and language.

import type { BotCommand, BotCommandScope, MenuButton } from 'grammy/types';

type Words = 'name' | 'description' | 'shortDescription';

export interface BotProfile {
  /** Exactly the list that was set for this scope and language; undefined when none was. */
  commands: (scope: BotCommandScope, languageCode: string) => readonly BotCommand[] | undefined;
  setCommands: (
    scope: BotCommandScope,
    languageCode: string,
    commands: readonly BotCommand[] | null,
  ) => void;
  /** The text for a language, else the one for all languages. */
  words: (kind: Words, languageCode: string) => string;
  setWords: (kind: Words, languageCode: string, text: string) => void;
  /** The button of a private chat, else the one of all. */
  menuButton: (chatId: number | undefined) => MenuButton;
  setMenuButton: (chatId: number | undefined, button: MenuButton) => void;
}

export function createProfile(name: string): BotProfile {
  const commands = new Map<string, readonly BotCommand[]>();
  const words = new Map<string, string>([['name:', name]]);
  const buttons = new Map<number | undefined, MenuButton>();
  const keyOf = (scope: BotCommandScope, languageCode: string) =>
    `${JSON.stringify(Object.entries(scope).sort())}:${languageCode}`;

  return {
    commands: (scope, languageCode) => commands.get(keyOf(scope, languageCode)),
    setCommands: (scope, languageCode, list) => {
      const key = keyOf(scope, languageCode);
      if (list === null || list.length === 0) commands.delete(key);
      else commands.set(key, list);
    },
    words: (kind, languageCode) =>
      words.get(`${kind}:${languageCode}`) ?? words.get(`${kind}:`) ?? '',
    setWords: (kind, languageCode, text) => {
      const key = `${kind}:${languageCode}`;
      if (text !== '') words.set(key, text);
      else if (key === 'name:') words.set(key, name);
      else words.delete(key);
    },
    menuButton: (chatId) => buttons.get(chatId) ?? buttons.get(undefined) ?? { type: 'commands' },
    setMenuButton: (chatId, button) => {
      if (button.type === 'default') buttons.delete(chatId);
      else buttons.set(chatId, button);
    },
  };
}

/** The menu that a person sees in the private chat, by the order that the Bot API documents. */
export function menuFor(
  profile: BotProfile,
  chatId: number,
  languageCode: string,
): readonly BotCommand[] {
  const scopes: BotCommandScope[] = [
    { type: 'chat', chat_id: chatId },
    { type: 'all_private_chats' },
    { type: 'default' },
  ];
  for (const scope of scopes) {
    const list = profile.commands(scope, languageCode) ?? profile.commands(scope, '');
    if (list !== undefined) return list;
  }
  return [];
}
