// The settings of core, filled by `src/config.ts`. Spans are milliseconds.

import type { Platform } from './model.js';
import type { Secret } from './secret.js';

export interface AdminId {
  platform: Platform;
  platformUserId: string;
}

export interface PixverseConfig {
  apiKey: Secret;
  /** Ends with a slash. */
  baseUrl: string;
  maxRetries: number;
  retryDelayMs: number;
  model: string;
  aspectRatio: string;
  maxConcurrent: number;
  lowCredits: number;
  pollMinMs: number;
  pollMaxMs: number;
  webhook: { id: string; secret: Secret } | null;
}

/** Every setting that is no platform's or payment service's own, read and checked once by `config.ts`. */
export interface Config {
  isProduction: boolean;
  logLevel: string;
  http: { host: string; port: number; publicUrl: string | null };
  databaseFile: string;
  dataDir: string;
  videoKeepMs: number;
  photoKeepMs: number;
  ffmpegPath: string;
  exampleVideo: string | null;
  operator: {
    name: string | null;
    supportContact: string | null;
    termsUrl: string | null;
    privacyUrl: string | null;
  };
  adminIds: readonly AdminId[];
  free: { freeVideos: number; freeFailures: number; dailyBudget: number };
  pixverse: PixverseConfig;
}
