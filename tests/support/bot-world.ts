// The bot in this process between the Telegram stand-in and core's world, so that its store can be made to fail at one
// moment and its log can be read.

import { createTelegramBot, type TelegramBot } from '../../src/bots/telegram/bot.js';
import { createTelegramMessenger } from '../../src/bots/telegram/messenger.js';
import type { TelegramConfig } from '../../src/bots/telegram/telegram-config.js';
import type { Context } from '../../src/core/context.js';
import { createScheduler } from '../../src/core/orders/scheduler.js';
import type { Store } from '../../src/core/ports/store.js';
import { Secret } from '../../src/core/secret.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { loadTexts } from '../../src/texts/texts.js';
import { type CoreWorld, openCoreWorld } from './core-world.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

export interface BotWorld {
  core: CoreWorld;
  telegram: TelegramStandIn;
  /** One person, who speaks English. */
  user: SandboxUser;
  /** Puts the bot together without starting it; `store` may fail where a test wants it. */
  createBot(options?: { store?: Store; webhook?: TelegramConfig['webhook'] }): TelegramBot;
  close(): Promise<void>;
}

export async function openBotWorld(): Promise<BotWorld> {
  const core = await openCoreWorld();
  const telegram = await startTelegramStandIn({ token: TOKEN });
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  const bots: TelegramBot[] = [];

  return {
    core,
    telegram,
    user: telegram.user({ id: 42, first_name: 'Kim', language_code: 'en' }),
    createBot: ({ store = core.ctx.store, webhook = null } = {}) => {
      const config = {
        token: new Secret(TOKEN),
        apiRoot: telegram.apiRoot,
        webhook,
        providerToken: null,
      };
      const texts = loadTexts();
      const messenger = createTelegramMessenger({
        config,
        texts,
        photoKeepHours: 24,
        log: core.ctx.log,
        botUsername: () => Promise.resolve('a_bot'),
      });
      let wake = (): void => undefined;
      const ctx: Context = {
        ...core.ctx,
        store,
        now: Date.now,
        messengers: new Map([['telegram', messenger]]),
        signal: stopping.signal,
        wake: () => {
          wake();
        },
      };
      const scheduler = createScheduler(ctx);
      wake = scheduler.wake.bind(scheduler);
      running.push(scheduler.run());
      const bot = createTelegramBot(ctx, { config, texts, messenger });
      bots.push(bot);
      return bot;
    },
    close: async () => {
      stopping.abort();
      await Promise.all([...running, ...bots.map((bot) => bot.stop())]);
      await telegram.close();
      await core.close();
    },
  };
}
