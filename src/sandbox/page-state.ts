// What the page shows, in parts. A part is always told whole, so that the page never has to add up changes.

import { stripVTControlCharacters } from 'node:util';
import type { FaultBoard } from './page-faults.js';
import type { SandboxUser } from './telegram/people/user.js';
import type { World } from './world.js';

/** The choices on the page, in seconds. */
export const GENERATION_SECONDS: readonly number[] = [3, 15, 45];

/** Everything that the page shows and acts on. */
export interface PageSetting {
  world: World;
  /** Who one can be on the page; the first unless chosen. */
  people: readonly SandboxUser[];
  faults: FaultBoard;
  /** How long a generation takes, from the next one on; one of `GENERATION_SECONDS`. */
  pace: { seconds: number };
}

/** How many of the newest calls and lines are told. */
const SHOWN_CALLS = 100;
const SHOWN_GENERATIONS = 40;
const SHOWN_LINES = 250;

function readChat({ world, people }: PageSetting, user: SandboxUser) {
  const languageCode = user.profile.language_code ?? '';
  return {
    person: user.id,
    people: people.map(({ profile }) => ({
      id: profile.id,
      name: profile.first_name,
      languageCode: profile.language_code ?? '',
    })),
    messages: user.chat(),
    action: user.chatAction(),
    isBlocked: user.isBlocked(),
    commands: user.commands(),
    description: world.telegram.description(languageCode).description,
  };
}

/** Long polls come without end and tell nothing, unless they fail. */
function readTelegram({ world }: PageSetting) {
  const calls = world.telegram.calls().filter((call) => call.method !== 'getUpdates' || !call.ok);
  return { calls: calls.slice(-SHOWN_CALLS) };
}

function readPixverse({ world: { pixverse } }: PageSetting) {
  return {
    calls: pixverse.calls().slice(-SHOWN_CALLS),
    generations: pixverse.generations().slice(-SHOWN_GENERATIONS),
    balance: pixverse.balance(),
  };
}

/** All parts as they are now, by the name of their event. */
export function readParts(setting: PageSetting, user: SandboxUser): Record<string, unknown> {
  const { keeper } = setting.world;
  return {
    app: { state: keeper.state() },
    chat: readChat(setting, user),
    pace: { seconds: setting.pace.seconds, choices: GENERATION_SECONDS },
    faults: setting.faults.list(),
    pixverse: readPixverse(setting),
    telegram: readTelegram(setting),
    log: keeper.lines().slice(-SHOWN_LINES).map(stripVTControlCharacters),
  };
}
