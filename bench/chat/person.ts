// A person who has two photos made into a video: says the next thing as soon as the bot has answered the last one.

import type { ChatMessage } from '../../src/sandbox/telegram/messages/view.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';

const PATIENCE = { timeoutMs: 180_000 };

function hasButton(name: RegExp): (message: ChatMessage) => boolean {
  return (message) => message.buttons.flat().some((button) => name.test(button.text));
}

async function awaitButton(user: SandboxUser, name: RegExp): Promise<() => void> {
  const message = await user.waitFor(hasButton(name), PATIENCE);
  const button = message.buttons.flat().find((one) => name.test(one.text));
  return () => {
    // The answer to the tap itself is not waited for: what follows in the chat tells.
    user.press(message.id, button?.callbackData ?? '').answer.catch(() => undefined);
  };
}

/** A new person, up to the point where only the last tap is missing. @returns the last tap */
export async function comeToLastTap(
  telegram: TelegramStandIn,
  id: number,
  photos: readonly [Buffer, Buffer],
): Promise<{ user: SandboxUser; tap: () => void }> {
  const user = telegram.user({ id, first_name: 'Sam', username: `sam${id}`, language_code: 'en' });
  user.sendText('/start');
  await user.waitFor((message) => message.from === 'bot', PATIENCE);
  await user.sendPhoto(photos[0]);
  await user.waitFor((message) => /1 of 2/.test(message.text ?? ''), PATIENCE);
  await user.sendPhoto(photos[1]);
  const agree = await awaitButton(user, /I confirm/);
  agree();
  return { user, tap: await awaitButton(user, /Standard/) };
}

export async function awaitVideo(user: SandboxUser): Promise<void> {
  const isVideo = (message: ChatMessage) =>
    message.from === 'bot' && (message.video !== undefined || message.animation !== undefined);
  await user.waitFor(isVideo, PATIENCE);
}

/** A whole conversation, from /start to the video in the chat. */
export async function converse(
  telegram: TelegramStandIn,
  id: number,
  photos: readonly [Buffer, Buffer],
): Promise<void> {
  const { user, tap } = await comeToLastTap(telegram, id, photos);
  tap();
  await awaitVideo(user);
}
