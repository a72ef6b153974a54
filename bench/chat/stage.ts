// The stand-ins of Telegram and PixVerse with one bot between them, as a process of its own: the app, or the baseline.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg } from '../../src/sandbox/pixverse/ffmpeg.js';
import type { PixverseCall } from '../../src/sandbox/pixverse/routes.js';
import { startPixverse } from '../../src/sandbox/pixverse/server.js';
import type { TelegramCall } from '../../src/sandbox/telegram/http/calls.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { type MeasuredProcess, PROJECT_FOLDER, startApp, startProcess } from '../processes.js';

export type BotKind = 'app' | 'baseline';

const BASELINE_FILE = fileURLToPath(new URL('./baseline-bot.ts', import.meta.url));
const TOKEN = '700000001:token-of-the-bot-of-the-benchmarks';
const KEY = 'bench';
/** Above anything that a benchmark needs, so that no limit of money or slots is what is measured. */
const PLENTY = '1000000';
const SLOTS = 10_000;
const NO_FFMPEG = 'no-such-ffmpeg';
/** Videos that are made within a second are looked for as often. */
const QUICK_LOOKS = { PIXVERSE_POLL_MIN_MS: '100', PIXVERSE_POLL_MAX_MS: '500' };

/** What is there before the bot starts. */
export interface Scene {
  telegram: TelegramStandIn;
  /** The app's database, not there yet. */
  databaseFile: string;
  /** How the bot reaches the stand-ins. */
  services: Record<string, string>;
}

export interface Stage {
  telegram: TelegramStandIn;
  bot: MeasuredProcess;
  close(): Promise<void>;
}

export interface StageOptions {
  /** How long PixVerse takes for a video; 0 unless given. */
  generationMs?: number;
  /** The app finds no ffmpeg, and sends videos without a still of their own. */
  hasNoFfmpeg?: boolean;
  /** The app looks as rarely as it does by default, not as often as quick videos ask for. */
  hasUsualLooks?: boolean;
  onTelegramCall?: (call: TelegramCall) => void;
  onPixverseCall?: (call: PixverseCall) => void;
  prepare?: (scene: Scene) => Promise<void>;
}

async function startBot(
  kind: BotKind,
  folder: string,
  env: Record<string, string>,
): Promise<MeasuredProcess> {
  if (kind === 'app') {
    return startApp(folder, { LOG_LEVEL: 'error', ...env });
  }
  const args = ['--import', 'tsx', BASELINE_FILE];
  return startProcess({ args, folder: PROJECT_FOLDER, env, readyLine: /^ready$/ });
}

export async function openStage(kind: BotKind, options: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
  const pixverse = await startPixverse({
    ...{ apiKey: KEY, mediaFolder: join(folder, 'pixverse'), render: 'sample' },
    ...{
      generationMs: () => options.generationMs ?? 0,
      maxConcurrent: SLOTS,
      credits: Number(PLENTY) * 1000,
    },
    ...(options.onPixverseCall !== undefined && { log: options.onPixverseCall }),
  });
  const telegram = await startTelegramStandIn({
    token: TOKEN,
    ...(options.onTelegramCall !== undefined && { log: options.onTelegramCall }),
  });
  const services = {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: telegram.apiRoot,
    PIXVERSE_API_KEY: KEY,
    PIXVERSE_BASE_URL: pixverse.baseUrl,
  };
  const databaseFile = join(folder, 'hug.db');
  const clear = async () => {
    await Promise.all([pixverse.close(), telegram.close()]);
    await rm(folder, { recursive: true });
  };
  try {
    await options.prepare?.({ telegram, databaseFile, services });
    const bot = await startBot(kind, folder, {
      ...services,
      DATABASE_URL: `file:${databaseFile}`,
      FREE_DAILY_BUDGET: PLENTY,
      PIXVERSE_MAX_CONCURRENT: String(SLOTS),
      FFMPEG_PATH: options.hasNoFfmpeg === true ? NO_FFMPEG : await findFfmpeg(),
      ...(options.hasUsualLooks !== true && QUICK_LOOKS),
    });
    const close = async () => {
      await bot.kill();
      await clear();
    };
    return { telegram, bot, close };
  } catch (error) {
    await clear();
    throw error;
  }
}
