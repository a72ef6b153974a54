// The composition root: outbound first, then the context, then what comes in. Everything meets here and nowhere else.

import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { schedule, type ScheduledTask } from 'node-cron';
import { createTelegramBot, type TelegramBot } from './bots/telegram/bot.js';
import { calling } from './bots/telegram/errors.js';
import { createTelegramMessenger } from './bots/telegram/messenger.js';
import { createOutboundApi, type TelegramConfig } from './bots/telegram/telegram-config.js';
import { verifyBooks } from './core/books.js';
import type { Config } from './core/settings.js';
import type { Context } from './core/context.js';
import type { Log } from './core/log.js';
import { keepHouse } from './core/housekeeping.js';
import type { Platform, ProviderId } from './core/model.js';
import { reconcilePayments } from './core/money/reconcile.js';
import { checkPixverseCredits } from './core/money/sales.js';
import { createScheduler } from './core/orders/scheduler.js';
import type { Messenger } from './core/ports/messenger.js';
import type { PaymentProvider } from './core/ports/payment-provider.js';
import type { Store } from './core/ports/store.js';
import { rollUpRecentDays, tellYesterday } from './core/statistics.js';
import { createVideoFiles } from './core/video/files.js';
import { Pixverse } from './core/video/pixverse.js';
import { createBackups } from './db/backup.js';
import { checkBooksAside } from './db/check-books-aside.js';
import { type OpenDatabase, openDatabase } from './db/sqlite.js';
import { createSqliteStore } from './db/store/store.js';
import { createMeters } from './http/metrics.js';
import { type HttpServer, startHttp } from './http/server.js';
import { createTelegramProvider } from './payments/telegram-provider.js';
import { createTelegramStars } from './payments/telegram-stars.js';
import type { Settings } from './config.js';
import { loadTexts, type Texts } from './texts/texts.js';

/** When house is kept, the database copied, and compared with the services. node-cron runs nothing else. */
const HOUSEKEEPING_AT = '17 * * * *';
const BACKUP_AT = '47 * * * *';
const COMPARING_AT = '*/5 * * * *';
/** UTC: yesterday is over. */
const SUMMARY_AT = '10 0 * * *';
const BOOKS_AT = '40 3 * * *';
const HOUR_MS = 60 * 60_000;
/** What runs may finish for this long when the process stops, and then has this long to be cut off. */
const GRACE_MS = 6_000;
const CUT_OFF_MS = 1_500;

export interface App {
  /** Starts listening, workers and bots; resolves when everything is connected. */
  start(): Promise<{ port: number }>;
  /** Takes no new work, finishes or parks what runs, closes the database. */
  stop(): Promise<void>;
  readonly context: Context;
}

/** What tests may put in the place of the real thing. */
export type Overrides = Partial<
  Pick<Context, 'store' | 'pixverse' | 'messengers' | 'paymentProviders' | 'now' | 'random'>
>;

/** ffmpeg makes stills and smaller files; without it videos are still delivered. */
async function checkFfmpeg(config: Config, log: Log): Promise<void> {
  try {
    await promisify(execFile)(config.ffmpegPath, ['-version'], { timeout: 10_000 });
  } catch {
    log.warn(
      {},
      'ffmpeg was not found: videos get no cover and cannot be made smaller. Install it or set FFMPEG_PATH',
    );
  }
}

/** Everything that happens hourly. A summary that was missed because nobody ran is told now. */
async function keepHouseAndFigures(ctx: Context): Promise<void> {
  await keepHouse(ctx);
  await rollUpRecentDays(ctx);
  await tellYesterday(ctx);
}

/** The store on a file checks its books beside the running program; one in memory cannot. */
function createStore(database: OpenDatabase, file: string): Store {
  const store = createSqliteStore(database.db);
  if (file === ':memory:') return store;
  return { ...store, checkBooks: (now, keepMs) => checkBooksAside(file, now, keepMs) };
}

/** Payments that were missed, and PixVerse's credits: at start and every few minutes. */
async function compareWithServices(ctx: Context): Promise<void> {
  await Promise.all([reconcilePayments(ctx), checkPixverseCredits(ctx)]);
}

/** In the order of preference: local currency where the operator connected a provider, else Stars. */
function createProviders(
  telegram: TelegramConfig | null,
  texts: Texts,
): Map<ProviderId, PaymentProvider> {
  if (telegram === null) return new Map();
  const outbound = { api: createOutboundApi(telegram), calling };
  const stars = createTelegramStars(outbound, texts);
  const { providerToken } = telegram;
  const local =
    providerToken === null ? [] : [createTelegramProvider(outbound, texts, providerToken)];
  return new Map([...local, stars].map((provider) => [provider.id, provider]));
}

/** @throws DatabaseFault when the database cannot be used */
export function createApp(settings: Settings, log: Log, overrides: Overrides = {}): App {
  const { core: config } = settings;
  const stopping = new AbortController();
  const cuttingOff = new AbortController();
  setMaxListeners(0, stopping.signal, cuttingOff.signal);
  const now = overrides.now ?? Date.now;

  // Outbound
  const texts = loadTexts();
  const database: OpenDatabase | null =
    overrides.store === undefined ? openDatabase(config.databaseFile) : null;
  const backups =
    database === null
      ? null
      : createBackups({ copyTo: database.backUp, dataDir: config.dataDir, now, log });
  const telegram: { bot: TelegramBot | null } = { bot: null };
  const messengers = new Map<Platform, Messenger>();
  if (settings.telegram !== null) {
    messengers.set(
      'telegram',
      createTelegramMessenger({
        config: settings.telegram,
        texts,
        photoKeepHours: config.photoKeepMs / HOUR_MS,
        log,
        botUsername: async () => (await telegram.bot?.username()) ?? '',
      }),
    );
  }

  const meters = createMeters();

  // Context
  let wake = (): void => undefined;
  const context: Context = Object.freeze({
    config,
    store: overrides.store ?? createStore(database as OpenDatabase, config.databaseFile),
    pixverse: new Pixverse(config.pixverse, {
      now,
      newTraceId: randomUUID,
      signal: cuttingOff.signal,
    }),
    files: createVideoFiles({ dataDir: config.dataDir, ffmpegPath: config.ffmpegPath, log }),
    messengers,
    paymentProviders: createProviders(settings.telegram, texts),
    now,
    random: Math.random,
    log,
    metrics: meters.metrics,
    wake: () => {
      wake();
    },
    signal: stopping.signal,
    ...overrides,
  });

  // Inbound
  const scheduler = createScheduler(context);
  wake = () => {
    scheduler.wake();
  };
  const messenger = messengers.get('telegram');
  if (settings.telegram !== null && messenger !== undefined) {
    telegram.bot = createTelegramBot(context, { config: settings.telegram, texts, messenger });
  }

  let http: HttpServer | null = null;
  let working: Promise<void> = Promise.resolve();
  const tasks: ScheduledTask[] = [];
  let comparing: Promise<void> = Promise.resolve();
  let isWorking = false;

  const troubles = (): string[] => {
    const found = [telegram.bot?.trouble() ?? null, isWorking ? null : 'workers: not running'];
    return found.filter((trouble) => trouble !== null);
  };

  return {
    context,
    start: async () => {
      const { bot } = telegram;
      http = await startHttp(context, {
        troubles,
        meters,
        ...(bot !== null &&
          settings.telegram?.webhook != null && {
            telegram: {
              secret: settings.telegram.webhook.secret,
              receive: (update) => bot.receive(update),
            },
          }),
      });
      void checkFfmpeg(config, log);
      await context.store.voidLeases(now());
      working = scheduler.run();
      isWorking = true;
      const runGuarded = async (task: () => Promise<void>): Promise<void> => {
        try {
          await task();
        } catch (error) {
          log.error({ err: error }, 'housekeeping failed; it is repeated at its next time');
        }
      };
      const plan = (when: string, task: () => Promise<void>): void => {
        const options = { noOverlap: true, timezone: 'UTC' };
        tasks.push(schedule(when, () => runGuarded(task), options));
      };
      plan(HOUSEKEEPING_AT, () => keepHouseAndFigures(context));
      if (backups !== null) plan(BACKUP_AT, () => backups.run());
      plan(COMPARING_AT, () => compareWithServices(context));
      plan(SUMMARY_AT, () => tellYesterday(context));
      plan(BOOKS_AT, async () => {
        await verifyBooks(context);
      });
      const { port } = http;
      await bot?.start();
      comparing = runGuarded(() => compareWithServices(context));
      return { port };
    },
    stop: async () => {
      isWorking = false;
      stopping.abort();
      for (const task of tasks) await task.stop();
      await http?.stop();
      const ended = Promise.all([working, comparing, telegram.bot?.stop(), backups?.idle()]);
      const isEnded = await Promise.race([ended.then(() => true), sleep(GRACE_MS, false)]);
      if (!isEnded) {
        // What is cut off here is parked: its row says where it stood, and the next start goes on.
        log.warn({}, 'work is still under way; it goes on after the next start');
        cuttingOff.abort();
        await Promise.race([ended, sleep(CUT_OFF_MS)]);
      }
      database?.close();
    },
  };
}
