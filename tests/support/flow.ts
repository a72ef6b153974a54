// A conversation with the real app, as a child process between the stand-ins: say this, expect that, kill and restart.

import { rmSync } from 'node:fs';
import type { ChatMessage } from '../../src/sandbox/telegram/messages/view.js';
import type { CallbackAnswer } from '../../src/sandbox/telegram/state.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { openWorld, type World, type WorldOptions } from '../../src/sandbox/world.js';
import { picture } from './pictures.js';
import { makeQuickFolder } from './quick-folder.js';

export interface Flow extends World {
  folder: string;
  /** Every line that the app printed, over all its lives. */
  output: string[];
  close(): Promise<void>;
}

const WAIT_MS = 20_000;

export async function openFlow(options: Partial<WorldOptions> = {}): Promise<Flow> {
  const folder = makeQuickFolder('hug-flow-');
  const output: string[] = [];
  const world = await openWorld({
    folder,
    generationMs: () => 300,
    render: 'sample',
    ...options,
    onLine: (line) => output.push(line),
    environment: {
      PIXVERSE_RETRY_DELAY: '50',
      PIXVERSE_POLL_MIN_MS: '100',
      PIXVERSE_POLL_MAX_MS: '500',
      NODE_ENV: 'test',
      ...options.environment,
    },
  });
  await world.keeper.start();
  return {
    ...world,
    folder,
    output,
    close: async () => {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a message of the bot that fits, as it is then. */
export function expectBot(
  user: SandboxUser,
  fits: RegExp | ((message: ChatMessage) => boolean),
): Promise<ChatMessage> {
  const test = fits instanceof RegExp ? (m: ChatMessage) => fits.test(textOf(m)) : fits;
  return user.waitFor((m) => m.from === 'bot' && test(m), { timeoutMs: WAIT_MS });
}

export function textOf(message: ChatMessage): string {
  return message.text ?? message.caption ?? '';
}

export function hasButton(pattern: RegExp): (message: ChatMessage) => boolean {
  return (message) => message.buttons.flat().some((button) => pattern.test(button.text));
}

/** Presses a button as soon as some message has it; answers what the bot said to the press. */
export async function press(user: SandboxUser, pattern: RegExp): Promise<CallbackAnswer | null> {
  const message = await expectBot(user, hasButton(pattern));
  const button = message.buttons.flat().find((b) => pattern.test(b.text));
  return user.press(message.id, button?.callbackData ?? '').answer;
}

export function isVideo(message: ChatMessage): boolean {
  return message.video !== undefined || message.animation !== undefined;
}

export function videosIn(user: SandboxUser): ChatMessage[] {
  return user.chat().filter(isVideo);
}

/** Two photos, one after the other, with the first answered before the second is sent. */
export async function sendTwoPhotos(user: SandboxUser): Promise<void> {
  await user.sendPhoto(await picture({ color: '#cc3333' }));
  await expectBot(user, /1 of 2|1 de 2/);
  await user.sendPhoto(await picture({ color: '#3333cc' }));
}

/** The whole journey up to the tap on a quality. */
export async function orderVideo(user: SandboxUser, offer = /Standard/): Promise<void> {
  await sendTwoPhotos(user);
  const card = await expectBot(user, (m) => hasButton(/I confirm/)(m) || hasButton(offer)(m));
  if (hasButton(/I confirm/)(card)) await press(user, /I confirm/);
  await press(user, offer);
}

/** Waits until the chat has this many videos. */
export async function expectVideos(user: SandboxUser, count: number): Promise<ChatMessage[]> {
  await user.waitFor(() => videosIn(user).length >= count, { timeoutMs: WAIT_MS });
  return videosIn(user);
}
