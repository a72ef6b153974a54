// One real app between gates, killed with -9 at exact points and started again: many cases share one world, each with a
// person of its own.

import { expect } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { ChatMessage } from '../../src/sandbox/telegram/messages/view.js';
import { findOpenBooks, readWhileRunning, type Run, withDatabase } from './app-database.js';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  isVideo,
  openFlow,
  press,
  videosIn,
} from './flow.js';
import { type Gate, type GatePoint, openGate } from './gate.js';
import { picture } from './pictures.js';

/** As short as a generation can be looked at: half a hundred cases wait for one each. */
const GENERATION_MS = 50;

export interface KillWorld extends Flow {
  databaseFile: string;
  gate: { pixverse: Gate; telegram: Gate };
  newUser(): SandboxUser;
  /** kill -9 and a new start. */
  restart: () => Promise<void>;
  /** Kills at a point and starts the app again. Resolves once it runs again. */
  killAt(service: 'pixverse' | 'telegram', point: GatePoint): Promise<void>;
  /** Rows of the running app. */
  read: Run;
  /** Stops the app and looks at what all cases left; then everything is closed. */
  endWithClosedBooks(): Promise<void>;
}

/** The world's variables are pointed at the gates instead of the stand-ins. */
export async function openKillWorld(
  environment: Record<string, string> = {},
  { isByWebhook = false } = {},
): Promise<KillWorld> {
  const gates: Partial<KillWorld['gate']> = {};
  const flow = await openFlow({
    environment,
    generationMs: () => GENERATION_MS,
    gate: async ({ pixverse, telegram, appUrl }) => {
      gates.pixverse = await openGate(new URL(pixverse.baseUrl).origin);
      gates.telegram = await openGate(telegram.apiRoot);
      return {
        PIXVERSE_BASE_URL: `${gates.pixverse.origin}/openapi/v2/`,
        TELEGRAM_API_ROOT: gates.telegram.origin,
        ...(isByWebhook && { PUBLIC_URL: appUrl, TELEGRAM_WEBHOOK_SECRET: 'kill-world-secret' }),
      };
    },
  });
  const gate = gates as KillWorld['gate'];
  const databaseFile = `${flow.folder}/hug.db`;
  let users = 20_000;
  const restart = async (): Promise<void> => {
    await flow.keeper.kill();
    await flow.keeper.start();
  };
  return {
    ...flow,
    databaseFile,
    gate,
    restart,
    newUser: () => {
      users += 1;
      return flow.telegram.user({ id: users, first_name: 'Kim', language_code: 'en' });
    },
    killAt: (service, point) => gate[service].at(point, restart),
    read: (query, ...values) => readWhileRunning({ databaseFile }, (run) => run(query, ...values)),
    endWithClosedBooks: async () => {
      try {
        await flow.keeper.stop();
        expect(findOpenBooks({ databaseFile })).toEqual({});
        const pending = 'select id from inbox where done_at is null';
        expect(withDatabase({ databaseFile }, (run) => run(pending))).toEqual([]);
      } finally {
        await flow.close();
        await gate.pixverse.close();
        await gate.telegram.close();
      }
    },
  };
}

/** A person taps, and once more when nothing has come of it after a while: the app may have died under the tap. */
export async function tapUntil(
  user: SandboxUser,
  pattern: RegExp,
  isDone: () => boolean,
): Promise<void> {
  await user.waitFor(() => isDone() || user.chat().some(hasButton(pattern)), { timeoutMs: 20_000 });
  for (let tries = 0; tries < 8 && !isDone(); tries += 1) {
    if (user.chat().some(hasButton(pattern))) void press(user, pattern);
    await user.waitFor(isDone, { timeoutMs: 3_000 }).catch(() => null);
  }
}

/** A card that says how far the order is: with the pictures, and nothing to choose any more. */
function isUnderWay(message: ChatMessage): boolean {
  const isAsking = hasButton(/Embrace|I confirm/)(message);
  return message.from === 'bot' && message.photo !== undefined && !isAsking;
}

/** Both photos, the consent and the choice of a quality, each step as soon as it is possible. */
export async function chooseVideo(user: SandboxUser): Promise<void> {
  await user.sendPhoto(await picture({ color: '#cc3333' }));
  await user.sendPhoto(await picture({ color: '#3333cc' }));
  const has = (fits: (message: ChatMessage) => boolean) => () => user.chat().some(fits);
  await tapUntil(user, /I confirm/, has(hasButton(/Standard Embrace/)));
  const isTaken = has((m) => m.invoice !== undefined || isUnderWay(m) || isVideo(m));
  await tapUntil(user, /Standard Embrace/, isTaken);
}

export function unpaidInvoice(user: SandboxUser): ChatMessage | undefined {
  return user.chat().findLast((m) => m.invoice?.paidCount === 0);
}

/** The whole journey of a new person whose first video is free. */
export async function journey(user: SandboxUser): Promise<void> {
  await chooseVideo(user);
  await expectVideos(user, 1);
}

/** One delivered order with one generation of PixVerse, or two where one had failed, and one video in the chat. */
export async function expectOneVideo(
  world: KillWorld,
  user: SandboxUser,
  { generations = 1 } = {},
): Promise<void> {
  await expectBot(user, /Your video is ready/);
  expect(videosIn(user)).toHaveLength(1);
  const own = "chat_id = ? and status not in ('draft', 'awaiting_payment')";
  const orders = world.read(
    `select id, status, generation_attempts from orders where ${own}`,
    String(user.id),
  );
  expect(orders).toMatchObject([{ status: 'delivered', generation_attempts: generations }]);
  const videos = world.read(
    'select pixverse_video_id as id, status from videos where order_id = ? order by created_at',
    orders[0]?.['id'],
  );
  expect(videos).toHaveLength(generations);
  expect(videos.at(-1)).toMatchObject({ status: 'done' });
  // What PixVerse accepted is what we know of, over all cases so far.
  const accepted = world.pixverse.generations().map(({ id }) => id);
  const known = world.read('select pixverse_video_id as id from videos').map(({ id }) => id);
  expect(known.toSorted()).toEqual(accepted.toSorted());
}
