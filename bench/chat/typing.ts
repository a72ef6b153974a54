// People who write and tap at the pace of people, whatever the bot does meanwhile.

import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { createRandom } from '../numbers.js';

const FIRST_ID = 300_000;
/** From one thing that a person does to the next: about as long as a short sentence takes to write. */
const MIN_GAP_MS = 2_500;
const MAX_GAP_MS = 7_500;
const TURNS_PAGE = /^[‹›]$/;

export interface Crowd {
  /** How many messages and taps there were up to now. */
  acts(): number;
  stop(): Promise<void>;
}

/** Turns a page of the list of currencies, in the newest message that has one. */
function turnPage(user: SandboxUser): void {
  const list = user.chat().findLast((message) => message.buttons.flat().some(isTurn));
  const button = list?.buttons.flat().findLast(isTurn);
  if (list === undefined || button?.callbackData === undefined) user.sendText('/currency');
  else user.press(list.id, button.callbackData).answer.catch(() => undefined);
}

function isTurn({ text }: { text: string }): boolean {
  return TURNS_PAGE.test(text);
}

const ACTS: readonly ((user: SandboxUser) => void)[] = [
  (user) => user.sendText('hello, how long will it take?'),
  turnPage,
  (user) => user.sendText('/price'),
  (user) => user.sendText('and can I send my dog, too?'),
  turnPage,
  (user) => user.sendText('/balance'),
];

/** Everybody begins an order, so that there is a dialogue to write into. */
export function startTyping(telegram: TelegramStandIn, people: number): Crowd {
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(people, signal);
  let acts = 0;

  const live = async (index: number): Promise<void> => {
    const random = createRandom(index);
    const id = FIRST_ID + index;
    const user = telegram.user({ id, first_name: 'Kim', language_code: 'en' });
    let next = index % ACTS.length;
    await sleep(random() * MAX_GAP_MS, undefined, { signal });
    user.sendText('/hug');
    for (;;) {
      await sleep(MIN_GAP_MS + random() * (MAX_GAP_MS - MIN_GAP_MS), undefined, { signal });
      ACTS[next]?.(user);
      acts += 1;
      next = (next + 1) % ACTS.length;
    }
  };
  // Each life ends with the signal.
  const lives = Array.from({ length: people }, (_, index) => live(index));
  return {
    acts: () => acts,
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(lives);
    },
  };
}
