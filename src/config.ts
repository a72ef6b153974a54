// Turns environment variables into settings. Bad input is a fault with a remedy, never a default; all faults are told at
// once.

import { VARIABLES } from './config-variables.js';
import { existsSync } from 'node:fs';
import type { TelegramConfig } from './bots/telegram/telegram-config.js';
import type { AdminId, Config } from './core/settings.js';
import { Secret } from './core/secret.js';

const ASPECT_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '2:3', '3:2', '21:9'];
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

/** Everything that is configured: core's settings, and those of each platform that is switched on. */
export interface Settings {
  core: Config;
  telegram: TelegramConfig | null;
}

/** What is wrong with one variable. Never holds its value. */
export interface ConfigFault {
  variable: string;
  remedy: string;
}

/** The variables of this program as text, empty ones left out. */
export type Env = ReadonlyMap<string, string>;

/** Picks our variables out of an environment such as `process.env`. */
export function readEnv(environment: Readonly<Record<string, string | undefined>>): Env {
  const env = new Map<string, string>();
  for (const { name } of VARIABLES) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') env.set(name, value);
  }
  return env;
}

/** True when a chat platform is configured, so that the sandbox is not what is wanted. */
export function hasPlatform(env: Env): boolean {
  return env.has('TELEGRAM_BOT_TOKEN');
}

interface Reader {
  faults: ConfigFault[];
  text(name: string): string | null;
  secret(name: string): Secret | null;
  fault(name: string, remedy: string): void;
  whole(name: string, min: number, max: number): number;
  oneOf(name: string, allowed: readonly string[]): string;
  httpUrl(name: string, options?: { httpsOnly?: boolean }): string | null;
}

function createReader(env: Env): Reader {
  const faults: ConfigFault[] = [];
  const fault = (variable: string, remedy: string): void => {
    faults.push({ variable, remedy });
  };
  const text = (name: string): string | null => {
    const variable = VARIABLES.find((v) => v.name === name);
    if (variable === undefined) throw new Error(`${name} is not in the table of variables`);
    return env.get(name) ?? variable.default ?? null;
  };
  return {
    faults,
    fault,
    text,
    secret: (name) => {
      const value = text(name);
      return value === null ? null : new Secret(value);
    },
    whole: (name, min, max) => {
      const value = text(name) ?? '';
      const number = Number(value);
      if (/^\d{1,12}$/.test(value) && number >= min && number <= max) return number;
      fault(name, `must be a whole number from ${min} to ${max}`);
      return min;
    },
    oneOf: (name, allowed) => {
      const value = text(name) ?? '';
      if (allowed.includes(value)) return value;
      fault(name, `must be one of ${allowed.join(', ')}`);
      return allowed[0] ?? '';
    },
    httpUrl: (name, options) => {
      const value = text(name);
      if (value === null) return null;
      const protocol = URL.canParse(value) ? new URL(value).protocol : '';
      if (protocol === 'https:' || (protocol === 'http:' && options?.httpsOnly !== true))
        return value;
      fault(
        name,
        options?.httpsOnly === true ? 'must be an https address' : 'must be an http(s) address',
      );
      return null;
    },
  };
}

/** Where the outside reaches us: an https origin. Plain http is taken on this machine, for tests. */
function readPublicOrigin(reader: Reader): string | null {
  const value = reader.text('PUBLIC_URL');
  if (value === null) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url?.hostname ?? '');
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (url !== null && isSafe && url.href === `${url.origin}/`) return url.origin;
  reader.fault('PUBLIC_URL', 'must be an https origin, such as https://bot.example.org');
  return null;
}

function readAdminIds(reader: Reader): AdminId[] {
  const admins: AdminId[] = [];
  for (const entry of (reader.text('ADMIN_IDS') ?? '').split(',')) {
    const trimmed = entry.trim();
    if (trimmed === '') continue;
    const match = /^(telegram|discord):(\d{1,20})$/.exec(trimmed);
    if (match?.[1] === undefined || match[2] === undefined) {
      reader.fault('ADMIN_IDS', 'each entry must be telegram:<digits> or discord:<digits>');
    } else {
      admins.push({ platform: match[1] as AdminId['platform'], platformUserId: match[2] });
    }
  }
  return admins;
}

function readExampleVideo(reader: Reader): string | null {
  const path = reader.text('EXAMPLE_VIDEO');
  if (path !== null && !existsSync(path)) {
    reader.fault('EXAMPLE_VIDEO', 'names a file that does not exist');
  }
  return path;
}

/** Who sells must say who they are: production refuses to sell without it. */
function readOperator(reader: Reader, env: Env): Config['operator'] {
  if (env.get('NODE_ENV') === 'production' && hasPlatform(env)) {
    for (const name of ['OPERATOR_NAME', 'SUPPORT_CONTACT', 'TERMS_URL', 'PRIVACY_URL']) {
      if (!env.has(name)) reader.fault(name, 'is required to sell in production');
    }
  }
  return {
    name: reader.text('OPERATOR_NAME'),
    supportContact: reader.text('SUPPORT_CONTACT'),
    termsUrl: reader.httpUrl('TERMS_URL', { httpsOnly: true }),
    privacyUrl: reader.httpUrl('PRIVACY_URL', { httpsOnly: true }),
  };
}

function readDatabaseFile(reader: Reader): string {
  const url = reader.text('DATABASE_URL') ?? '';
  if (/^postgres(ql)?:/.test(url)) {
    reader.fault('DATABASE_URL', 'PostgreSQL is not supported yet: use file: and a path');
  } else if (!/^file:.+/.test(url)) {
    reader.fault('DATABASE_URL', 'must be file: and a path, such as file:./data/hug.db');
  }
  return url.replace(/^file:(\/\/)?/, '');
}

function readStorage(reader: Reader): Storage {
  return { databaseFile: readDatabaseFile(reader), dataDir: reader.text('DATA_DIR') ?? '' };
}

function readPixverse(reader: Reader): Config['pixverse'] {
  const apiKey = reader.secret('PIXVERSE_API_KEY');
  if (apiKey === null)
    reader.fault('PIXVERSE_API_KEY', 'is required: create one in the PixVerse console');
  const webhookId = reader.text('PIXVERSE_WEBHOOK_ID');
  const webhookSecret = reader.secret('PIXVERSE_WEBHOOK_SECRET');
  if ((webhookId === null) !== (webhookSecret === null)) {
    const missing = webhookId === null ? 'PIXVERSE_WEBHOOK_ID' : 'PIXVERSE_WEBHOOK_SECRET';
    reader.fault(missing, 'set both webhook variables or neither');
  }
  const pollMinMs = reader.whole('PIXVERSE_POLL_MIN_MS', 100, 600_000);
  const pollMaxMs = reader.whole('PIXVERSE_POLL_MAX_MS', 100, 600_000);
  if (pollMaxMs < pollMinMs) {
    reader.fault('PIXVERSE_POLL_MAX_MS', 'must not be smaller than PIXVERSE_POLL_MIN_MS');
  }
  const baseUrl = reader.httpUrl('PIXVERSE_BASE_URL') ?? 'https://app-api.pixverse.ai/';
  return {
    apiKey: apiKey ?? new Secret(''),
    baseUrl: baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`,
    maxRetries: reader.whole('PIXVERSE_MAX_RETRIES', 0, 20),
    retryDelayMs: reader.whole('PIXVERSE_RETRY_DELAY', 1, 600_000),
    model: reader.text('PIXVERSE_MODEL') ?? '',
    aspectRatio: reader.oneOf('PIXVERSE_ASPECT_RATIO', ASPECT_RATIOS),
    maxConcurrent: reader.whole('PIXVERSE_MAX_CONCURRENT', 1, 10_000),
    lowCredits: reader.whole('PIXVERSE_LOW_CREDITS', 0, 1_000_000_000),
    pollMinMs,
    pollMaxMs,
    webhook:
      webhookId === null || webhookSecret === null
        ? null
        : { id: webhookId, secret: webhookSecret },
  };
}

function readProviderToken(reader: Reader, env: Env): Secret | null {
  const token = reader.secret('TELEGRAM_PROVIDER_TOKEN');
  const kind = /^\d+:(TEST|LIVE):\S+$/.exec(token?.reveal() ?? '')?.[1];
  const fault = (remedy: string): void => {
    reader.fault('TELEGRAM_PROVIDER_TOKEN', remedy);
  };
  if (token !== null && kind === undefined) {
    fault('must be <digits>:TEST:… or :LIVE:…, as @BotFather gives it');
  }
  if (kind === 'TEST' && env.get('NODE_ENV') === 'production') {
    fault('is one for tests, with which test cards pay: take the :LIVE: one in production');
  }
  return token;
}

function readTelegram(reader: Reader, env: Env, publicUrl: string | null): TelegramConfig | null {
  const token = reader.secret('TELEGRAM_BOT_TOKEN');
  const apiRoot = (reader.httpUrl('TELEGRAM_API_ROOT') ?? '').replace(/\/+$/, '');
  const secret = reader.secret('TELEGRAM_WEBHOOK_SECRET');
  if (token !== null && !/^\d{3,20}:[A-Za-z0-9_-]{20,}$/.test(token.reveal())) {
    reader.fault('TELEGRAM_BOT_TOKEN', 'must be <digits>:<letters>, as @BotFather gives it');
  }
  if (secret !== null && !/^[A-Za-z0-9_-]{1,256}$/.test(secret.reveal())) {
    reader.fault('TELEGRAM_WEBHOOK_SECRET', 'must be 1 to 256 of A-Z a-z 0-9 _ -');
  }
  if (secret !== null && publicUrl === null) {
    reader.fault(
      'PUBLIC_URL',
      'is needed with TELEGRAM_WEBHOOK_SECRET: where shall Telegram send?',
    );
  }
  if (token === null) return null;
  const isByWebhook = secret !== null && publicUrl !== null;
  return {
    token,
    providerToken: readProviderToken(reader, env),
    apiRoot,
    webhook: isByWebhook ? { secret, url: `${publicUrl}/webhooks/telegram` } : null,
  };
}

/** Where things are kept: all that the commands for backups need. */
export interface Storage {
  databaseFile: string;
  dataDir: string;
}

/** The part of the settings that needs no tokens. @returns it, or every fault at once */
export function toStorage(env: Env): { storage: Storage } | { faults: ConfigFault[] } {
  const reader = createReader(env);
  const storage = readStorage(reader);
  return reader.faults.length === 0 ? { storage } : { faults: reader.faults };
}

/**
 * Turns the environment into settings.
 * @returns the settings, or every fault at once
 */
export function toConfig(env: Env): { settings: Settings } | { faults: ConfigFault[] } {
  const reader = createReader(env);
  const publicUrl = readPublicOrigin(reader);
  const telegram = readTelegram(reader, env, publicUrl);
  if (!hasPlatform(env)) {
    reader.fault('TELEGRAM_BOT_TOKEN', 'no chat platform is configured: set a bot token');
  }
  const config: Config = {
    isProduction: env.get('NODE_ENV') === 'production',
    logLevel: reader.oneOf('LOG_LEVEL', LOG_LEVELS),
    http: { host: reader.text('HOST') ?? '', port: reader.whole('PORT', 0, 65_535), publicUrl },
    ...readStorage(reader),
    videoKeepMs: reader.whole('VIDEO_KEEP_DAYS', 1, 3650) * DAY_MS,
    photoKeepMs: reader.whole('PHOTO_KEEP_HOURS', 0, 8760) * HOUR_MS,
    ffmpegPath: reader.text('FFMPEG_PATH') ?? '',
    exampleVideo: readExampleVideo(reader),
    operator: readOperator(reader, env),
    adminIds: readAdminIds(reader),
    free: {
      freeVideos: reader.whole('FREE_VIDEOS', 0, 1000),
      freeFailures: reader.whole('FREE_FAILURES', 0, 1000),
      dailyBudget: reader.whole('FREE_DAILY_BUDGET', 0, 1_000_000_000),
    },
    pixverse: readPixverse(reader),
  };
  return reader.faults.length === 0
    ? { settings: { core: config, telegram } }
    : { faults: reader.faults };
}

/** What programs beside the app need of the settings: no bot token, no key. */
export type DatabaseSettings = Pick<Config, 'databaseFile' | 'photoKeepMs'>;

/** As `toConfig`, for programs that only read the database. */
export function toDatabaseSettings(
  env: Env,
): { settings: DatabaseSettings } | { faults: ConfigFault[] } {
  const reader = createReader(env);
  const settings = {
    databaseFile: readDatabaseFile(reader),
    photoKeepMs: reader.whole('PHOTO_KEEP_HOURS', 0, 8760) * HOUR_MS,
  };
  return reader.faults.length === 0 ? { settings } : { faults: reader.faults };
}

/** Every fault as lines for a terminal: the variable, what to do, and what it is for. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  const lines = faults.map(({ variable, remedy }) => {
    const about = VARIABLES.find((v) => v.name === variable)?.about ?? '';
    return `  ${variable}: ${remedy}\n      (${about})`;
  });
  return `The configuration has ${faults.length} fault(s):\n${lines.join('\n')}\n`;
}

/** The secrets among the settings, for the log to take out of texts. */
export function secretsOf({ core, telegram }: Settings): Secret[] {
  return [
    core.pixverse.apiKey,
    core.pixverse.webhook?.secret,
    telegram?.token,
    telegram?.providerToken ?? undefined,
    telegram?.webhook?.secret,
  ].filter((secret) => secret !== undefined);
}
