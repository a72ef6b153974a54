// The real bot in this process, between the stand-ins, on a clock of its own: updates go in, and it is known when each
// was finished and what the person saw of it.

import { createTelegramBot, type TelegramBot } from '../../src/bots/telegram/bot.js';
import { createTelegramMessenger } from '../../src/bots/telegram/messenger.js';
import type { Context } from '../../src/core/context.js';
import type { Log } from '../../src/core/log.js';
import { createScheduler } from '../../src/core/orders/scheduler.js';
import type { Store } from '../../src/core/ports/store.js';
import { Secret } from '../../src/core/secret.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { loadTexts } from '../../src/texts/texts.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';
import { textOf } from './flow.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

export interface BotWorld {
  core: CoreWorld;
  telegram: TelegramStandIn;
  /** What was logged as an error since it was last emptied, with the update it is about. */
  errors: { updateId: number | undefined; text: string }[];
  /** Callback and pre-checkout queries that the bot answered, by id. */
  answered: Set<string>;
  /** How often the bot showed or changed something in a private chat. */
  signs: Map<number, number>;
  /** Texts of the bot that Telegram would refuse: a half of a character is not UTF-8. */
  brokenTexts: string[];
  openUser(profile: Parameters<TelegramStandIn['user']>[0]): SandboxUser;
  receive(updates: readonly object[]): Promise<void>;
  /** Resolves when every update that was received is finished. */
  finished(): Promise<void>;
  /** Does what is due, moves the clock, and does what is due then. */
  turn(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A store that tells when what came in has been handled. */
function watchInbox(store: Store): { store: Store; finished: () => Promise<void> } {
  const open = new Set<string>();
  let wake = (): void => undefined;
  return {
    store: {
      ...store,
      receiveUpdates: async (source, updates, now) => {
        const fresh = await store.receiveUpdates(source, updates, now);
        for (const { eventId } of fresh) open.add(eventId);
        return fresh;
      },
      finishUpdate: async (source, eventId, now) => {
        await store.finishUpdate(source, eventId, now);
        open.delete(eventId);
        if (open.size === 0) wake();
      },
    },
    finished: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (open.size === 0) resolve();
      }),
  };
}

function createErrorLog(errors: BotWorld['errors']): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) => {
      const { updateId, err } = fields as { updateId?: number; err?: unknown };
      const stack = err instanceof Error ? (err.stack ?? err.message) : String(err);
      errors.push({ updateId, text: `${message}: ${stack}` });
    },
    child: () => log,
  };
  return log;
}

function createBot(core: Context, telegram: TelegramStandIn): TelegramBot {
  const config = {
    token: new Secret(TOKEN),
    apiRoot: telegram.apiRoot,
    webhook: null,
    providerToken: null,
  };
  const texts = loadTexts();
  const messenger = createTelegramMessenger({
    config,
    texts,
    photoKeepHours: 24,
    log: core.log,
    botUsername: () => Promise.resolve('a_bot'),
  });
  const messengers = core.messengers as Map<'telegram', typeof messenger>;
  messengers.set('telegram', messenger);
  return createTelegramBot(core, { config, texts, messenger });
}

export async function openBotWorld(): Promise<BotWorld> {
  const core = await openCoreWorld({
    config: {
      ffmpegPath: 'no-ffmpeg-here',
      free: { freeVideos: 3, freeFailures: 3, dailyBudget: 200 },
    },
  });
  const answered = new Set<string>();
  const telegram = await startTelegramStandIn({
    token: TOKEN,
    now: core.ctx.now,
    log: ({ method, summary }) => {
      const id = /(?:callback|pre_checkout)_query_id=(\S+)/.exec(summary)?.[1];
      if (/^answer(Callback|PreCheckout)Query$/.test(method) && id !== undefined) answered.add(id);
    },
  });
  const errors: BotWorld['errors'] = [];
  const signs = new Map<number, number>();
  const brokenTexts: string[] = [];
  const stopping = new AbortController();
  const { store, finished } = watchInbox(core.ctx.store);
  const ctx: Context = {
    ...core.ctx,
    store,
    log: createErrorLog(errors),
    messengers: new Map(),
    signal: stopping.signal,
  };
  const bot = createBot(ctx, telegram);
  const scheduler = createScheduler(ctx);
  await bot.start();

  return {
    core,
    telegram,
    errors,
    answered,
    signs,
    brokenTexts,
    openUser: (profile) => {
      const user = telegram.user(profile);
      user.onChange((change) => {
        if (!('message' in change) || change.message.from !== 'bot') return;
        signs.set(user.id, (signs.get(user.id) ?? 0) + 1);
        if (/\p{Surrogate}/u.test(textOf(change.message))) brokenTexts.push(textOf(change.message));
      });
      return user;
    },
    receive: async (updates) => {
      for (const update of updates) await bot.receive(update as Parameters<typeof bot.receive>[0]);
    },
    finished,
    turn: async (ms) => {
      await scheduler.runDue();
      core.clock.now += ms;
      await scheduler.runDue();
    },
    close: async () => {
      stopping.abort();
      await bot.stop();
      await telegram.close();
      await core.close();
    },
  };
}
