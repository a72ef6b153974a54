// A whole small world: the stand-ins of the outside services and the real app between them. The sandbox, `npm run try`
// and the flow tests all live in one of these.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeeper, freePort, type Keeper } from './keeper.js';
import { findFfmpeg } from './pixverse/ffmpeg.js';
import { type PixverseOptions, type PixverseStandIn, startPixverse } from './pixverse/server.js';
import { startTelegramStandIn, type TelegramStandIn } from './telegram/server.js';
import type { SandboxUser } from './telegram/people/user.js';

/** The one person of the sandbox; an admin of the bot. */
export const CHAT_USER = { id: 1001, first_name: 'Sam', username: 'sam', language_code: 'en' };
const TELEGRAM_TOKEN = '700000001:sandbox-token-of-the-one-and-only-bot';
const PIXVERSE_KEY = 'sandbox-key';
/** Of a payment provider in its test mode; the app sells in local currency with it. */
export const PROVIDER_TOKEN = '381764678:TEST:sandbox';
const WEBHOOK = { id: 'sandbox-webhook', secret: 'sandbox-webhook-secret' };

export interface WorldOptions {
  /** The app's database and files, and what the stand-ins keep. */
  folder: string;
  generationMs?: () => number;
  render?: PixverseOptions['render'];
  /** PixVerse tells results by webhook as well as when it is asked. Switched on unless false. */
  hasWebhook?: boolean;
  maxConcurrent?: number;
  credits?: number;
  /** 0 to below 1, for faults with a probability; `Math.random` unless given. */
  random?: () => number;
  /** Further variables of the app, or other values for them. */
  environment?: Record<string, string>;
  onLine?: (line: string) => void;
  /** Variables that are known only once the stand-ins run, such as the address of something put in front of them. */
  gate?: (standIns: {
    pixverse: PixverseStandIn;
    telegram: TelegramStandIn;
    /** Where the app will be. */
    appUrl: string;
  }) => Promise<Record<string, string>>;
}

export interface World {
  pixverse: PixverseStandIn;
  telegram: TelegramStandIn;
  keeper: Keeper;
  /** The chat user, who is an admin. */
  user: SandboxUser;
  /** Where the app's HTTP server is while it runs. */
  appUrl: string;
  close(): Promise<void>;
}

/** Starts the stand-ins; the app is started with `world.keeper.start()`. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder } = options;
  const port = await freePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const hasWebhook = options.hasWebhook ?? true;
  const pixverse = await startPixverse({
    apiKey: PIXVERSE_KEY,
    mediaFolder: join(folder, 'pixverse'),
    ...(options.generationMs !== undefined && { generationMs: options.generationMs }),
    ...(options.render !== undefined && { render: options.render }),
    ...(options.maxConcurrent !== undefined && { maxConcurrent: options.maxConcurrent }),
    ...(options.credits !== undefined && { credits: options.credits }),
    ...(options.random !== undefined && { random: options.random }),
    ...(hasWebhook && { webhook: { ...WEBHOOK, url: `${appUrl}/webhooks/pixverse` } }),
  });
  const filesFolder = join(folder, 'telegram');
  await mkdir(filesFolder, { recursive: true });
  const telegram = await startTelegramStandIn({
    token: TELEGRAM_TOKEN,
    filesFolder,
    ...(options.random !== undefined && { random: options.random }),
  });
  const user = telegram.user(CHAT_USER);
  const keeper = createKeeper({
    folder,
    ...(options.onLine !== undefined && { onLine: options.onLine }),
    environment: {
      PORT: String(port),
      DATABASE_URL: `file:${join(folder, 'hug.db')}`,
      DATA_DIR: join(folder, 'app'),
      FFMPEG_PATH: await findFfmpeg(),
      PIXVERSE_API_KEY: PIXVERSE_KEY,
      PIXVERSE_BASE_URL: pixverse.baseUrl,
      PIXVERSE_MAX_CONCURRENT: String(options.maxConcurrent ?? 5),
      ...(hasWebhook && {
        PIXVERSE_WEBHOOK_ID: WEBHOOK.id,
        PIXVERSE_WEBHOOK_SECRET: WEBHOOK.secret,
      }),
      TELEGRAM_BOT_TOKEN: TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      ADMIN_IDS: `telegram:${CHAT_USER.id}`,
      OPERATOR_NAME: 'NEXORA Hug (sandbox)',
      ...options.environment,
      ...(await options.gate?.({ pixverse, telegram, appUrl })),
    },
  });
  return {
    pixverse,
    telegram,
    keeper,
    user,
    appUrl,
    close: async () => {
      await keeper.close();
      await Promise.all([pixverse.close(), telegram.close()]);
    },
  };
}
