// Core in one process with a clock that tests move: SQLite in memory, the PixVerse stand-in, a chat in memory.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveConsent } from '../../src/core/consent.js';
import type { Context } from '../../src/core/context.js';
import type { Log } from '../../src/core/log.js';
import type { ChatAddress, Order, Person } from '../../src/core/model.js';
import { NO_METRICS } from '../../src/core/metrics.js';
import { addPhoto, chooseVariant } from '../../src/core/orders/orders.js';
import { createScheduler, nextDueAt, type Scheduler } from '../../src/core/orders/scheduler.js';
import { Secret } from '../../src/core/secret.js';
import type { Config } from '../../src/core/settings.js';
import { createVideoFiles } from '../../src/core/video/files.js';
import { Pixverse } from '../../src/core/video/pixverse.js';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { findFfmpeg } from '../../src/sandbox/pixverse/ffmpeg.js';
import { type PixverseStandIn, startPixverse } from '../../src/sandbox/pixverse/server.js';
import { checkChanges } from './checked-store.js';
import { picture } from './pictures.js';
import { type BankProvider, createBankProvider } from './bank-provider.js';
import { createRecordingMessenger, type RecordingMessenger } from './recording-messenger.js';

export const START = Date.UTC(2027, 0, 15, 12);
export const GENERATION_MS = 40_000;

export interface CoreWorld {
  ctx: Context;
  scheduler: Scheduler;
  pixverse: PixverseStandIn;
  messenger: RecordingMessenger;
  /** The payment service: who paid what, and what went back. */
  bank: BankProvider;
  clock: { now: number };
  /** What the store works on, for tests that look beneath it. */
  database: OpenDatabase;
  /** What was logged as an error, for tests that expect none. */
  errors: string[];
  /** Takes everything that is due now. */
  run(): Promise<void>;
  /** Moves the clock from due time to due time until nothing is planned within `limitMs`. */
  settle(limitMs?: number): Promise<void>;
  newPerson(userId?: string): Promise<Person>;
  addressOf(person: Person): ChatAddress;
  /** A draft with two photos and the consent given. */
  draft(person: Person): Promise<Order>;
  /** A draft whose last tap was made. */
  order(person: Person, variant?: string): Promise<Order>;
  read(orderId: string): Promise<Order>;
  close(): Promise<void>;
}

function testConfig(overrides: Partial<Config['pixverse']>, dataDir: string): Config {
  return {
    isProduction: false,
    logLevel: 'silent',
    http: { host: '127.0.0.1', port: 0, publicUrl: null },
    databaseFile: ':memory:',
    dataDir,
    videoKeepMs: 30 * 86_400_000,
    photoKeepMs: 24 * 3_600_000,
    ffmpegPath: 'ffmpeg',
    exampleVideo: null,
    operator: { name: null, supportContact: null, termsUrl: null, privacyUrl: null },
    adminIds: [{ platform: 'telegram', platformUserId: '1' }],
    free: { freeVideos: 1, freeFailures: 3, dailyBudget: 200 },
    pixverse: {
      apiKey: new Secret('key'),
      baseUrl: '',
      maxRetries: 5,
      retryDelayMs: 2_000,
      model: 'v6',
      aspectRatio: '9:16',
      maxConcurrent: 5,
      lowCredits: 500,
      pollMinMs: 1_000,
      pollMaxMs: 15_000,
      webhook: null,
      ...overrides,
    },
  };
}

export interface CoreWorldOptions {
  pixverse?: Partial<Config['pixverse']>;
  config?: Partial<Config>;
  /** Slots of the stand-in, when they differ from ours. */
  standInSlots?: number;
  /** Real time that a download may take. */
  downloadTimeoutMs?: number;
}

export async function openCoreWorld(options: CoreWorldOptions = {}): Promise<CoreWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'hug-core-'));
  const clock = { now: START };
  const now = () => clock.now;
  const pixverse = await startPixverse({
    apiKey: 'key',
    now,
    generationMs: () => GENERATION_MS,
    render: 'sample',
    mediaFolder: join(folder, 'pixverse'),
    maxConcurrent: options.standInSlots ?? 5,
  });
  const config: Config = {
    ...testConfig({ baseUrl: pixverse.baseUrl, ...options.pixverse }, folder),
    ffmpegPath: await findFfmpeg(),
    ...options.config,
  };
  const database = openDatabase(':memory:');
  const messenger = createRecordingMessenger();
  const provider = createBankProvider();
  const errors: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields, message) =>
      errors.push(`${message} ${String((fields as { err?: unknown }).err)}`),
    child: () => log,
  };
  const stopping = new AbortController();
  const ctx: Context = {
    config,
    store: checkChanges(createSqliteStore(database.db)),
    pixverse: new Pixverse(config.pixverse, {
      now,
      newTraceId: randomUUID,
      signal: stopping.signal,
      ...(options.downloadTimeoutMs !== undefined && {
        downloadTimeoutMs: options.downloadTimeoutMs,
      }),
    }),
    files: createVideoFiles({ dataDir: folder, ffmpegPath: config.ffmpegPath, log }),
    messengers: new Map([['telegram' as const, messenger]]),
    paymentProviders: new Map([[provider.id, provider]]),
    now,
    random: () => 0.5,
    log,
    metrics: NO_METRICS,
    wake: () => undefined,
    signal: stopping.signal,
  };
  const scheduler = createScheduler(ctx);
  const addresses = new Map<string, ChatAddress>();
  let users = 100;
  let messages = 0;

  const run = async (): Promise<void> => {
    await scheduler.runDue();
  };

  const world: CoreWorld = {
    ctx,
    database,
    scheduler,
    pixverse,
    messenger,
    bank: provider,
    clock,
    errors,
    run,
    settle: async (limitMs = 45 * 60_000) => {
      const end = clock.now + limitMs;
      for (let rounds = 0; rounds < 2_000; rounds += 1) {
        await run();
        const dueAt = nextDueAt(await ctx.store.readDueTimes());
        if (dueAt === null || dueAt > end) return;
        clock.now = Math.max(clock.now, dueAt);
      }
      throw new Error('never settled');
    },
    newPerson: async (userId = String((users += 1))) => {
      const person = await ctx.store.seePerson(
        {
          platform: 'telegram',
          platformUserId: userId,
          chatId: userId,
          username: `user${userId}`,
          displayName: 'Somebody',
          languageHint: 'en',
        },
        { locale: 'en', offerFirst: 'premium', source: null },
        clock.now,
      );
      addresses.set(person.id, { platform: 'telegram', chatId: userId });
      return person;
    },
    addressOf: (person) => addresses.get(person.id) ?? { platform: 'telegram', chatId: '0' },
    draft: async (person) => {
      await giveConsent(ctx, person.id);
      let order: Order | null = null;
      for (const color of ['#cc3333', '#3333cc']) {
        messages += 1;
        const added = await addPhoto(ctx, person, world.addressOf(person), {
          bytes: await picture({ color }),
          sourceKey: `m:${messages}`,
          sourceOrder: messages,
          albumKey: null,
        });
        order = added.order;
      }
      if (order === null) throw new Error('no draft');
      return order;
    },
    order: async (person, variant = 'premium') => {
      const chosen = await chooseVariant(ctx, person, await world.draft(person), variant);
      if (chosen.outcome !== 'queued') throw new Error(chosen.why);
      return chosen.order;
    },
    read: async (orderId) => {
      const order = await ctx.store.readOrder(orderId);
      if (order === null) throw new Error('gone');
      return order;
    },
    close: async () => {
      stopping.abort();
      await pixverse.close();
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
