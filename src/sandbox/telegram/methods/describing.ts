// The methods that set and read what the bot says about itself.

import { badRequest } from '../errors.js';
import { countCharacters } from '../messages/text.js';
import type { Methods } from './call.js';

const MAX_COMMANDS = 100;
const MAX_COMMAND_DESCRIPTION = 256;

function checkLength(text: string, limit: number, what: string): void {
  if (countCharacters(text) > limit) throw badRequest(`${what} is too long`);
}

export const describingMethods: Methods<
  | 'setMyCommands'
  | 'deleteMyCommands'
  | 'getMyCommands'
  | 'setMyName'
  | 'getMyName'
  | 'setMyDescription'
  | 'getMyDescription'
  | 'setMyShortDescription'
  | 'getMyShortDescription'
  | 'setChatMenuButton'
  | 'getChatMenuButton'
> = {
  setMyCommands: ({ profile }, { commands, scope, language_code }) => {
    if (commands.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH');
    for (const { command, description } of commands) {
      if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
      const length = countCharacters(description);
      if (length < 1 || length > MAX_COMMAND_DESCRIPTION) {
        throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
      }
    }
    const bare = commands.map((one) => ({ ...one, command: one.command.replace('/', '') }));
    profile.setCommands(scope ?? { type: 'default' }, language_code ?? '', bare);
    return true;
  },
  deleteMyCommands: ({ profile }, { scope, language_code }) => {
    profile.setCommands(scope ?? { type: 'default' }, language_code ?? '', null);
    return true;
  },
  getMyCommands: ({ profile }, { scope, language_code }) => [
    ...(profile.commands(scope ?? { type: 'default' }, language_code ?? '') ?? []),
  ],

  setMyName: ({ profile }, { name = '', language_code = '' }) => {
    checkLength(name, 64, 'bot name');
    profile.setWords('name', language_code, name);
    return true;
  },
  getMyName: ({ profile }, { language_code = '' }) => ({
    name: profile.words('name', language_code),
  }),
  setMyDescription: ({ profile }, { description = '', language_code = '' }) => {
    checkLength(description, 512, 'bot description');
    profile.setWords('description', language_code, description);
    return true;
  },
  getMyDescription: ({ profile }, { language_code = '' }) => ({
    description: profile.words('description', language_code),
  }),
  setMyShortDescription: ({ profile }, { short_description = '', language_code = '' }) => {
    checkLength(short_description, 120, 'bot short description');
    profile.setWords('shortDescription', language_code, short_description);
    return true;
  },
  getMyShortDescription: ({ profile }, { language_code = '' }) => ({
    short_description: profile.words('shortDescription', language_code),
  }),

  setChatMenuButton: ({ profile }, { chat_id, menu_button = { type: 'default' } }) => {
    profile.setMenuButton(chat_id, menu_button);
    return true;
  },
  getChatMenuButton: ({ profile }, { chat_id }) => profile.menuButton(chat_id),
};
