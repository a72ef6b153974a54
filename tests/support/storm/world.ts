// The world of the storm: the stand-ins with everything on the list going wrong now and then, and the real app in it.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault as PixverseFault } from '../../../src/sandbox/pixverse/faults.js';
import type { Fault as TelegramFault } from '../../../src/sandbox/telegram/faults.js';
import { openWorld, type World } from '../../../src/sandbox/world.js';
import { makeQuickFolder } from '../quick-folder.js';
import type { Chance } from './chance.js';

/** What we allow ourselves; the stand-in would take twice as many, so that breaking our own rule shows. */
export const SLOTS = 40;
export const MIN_GENERATION_MS = 100;
export const MAX_GENERATION_MS = 400;

const CALLS = ['upload', 'submit', 'result'] as const;

const PIXVERSE_FAULTS: readonly PixverseFault[] = [
  ...CALLS.flatMap((on): PixverseFault[] => [
    { on, kind: 'http_429', probability: 0.1 },
    { on, kind: 'http_502', probability: 0.02 },
    { on, kind: 'http_502', probability: 0.02, isActedOn: true },
    { on, kind: 'cut_before', probability: 0.03 },
    { on, kind: 'cut_after', probability: 0.04 },
    { on, kind: 'not_json', probability: 0.01, isActedOn: true },
  ]),
  { on: 'submit', kind: 'error', code: 500044, probability: 0.05 },
  { on: 'generation', kind: 'ends_as', status: 7, probability: 0.02 },
  { on: 'generation', kind: 'ends_as', status: 8, probability: 0.05 },
  { on: 'generation', kind: 'stuck', probability: 0.01 },
  { on: 'webhook', kind: 'lost', probability: 0.05 },
  { on: 'webhook', kind: 'twice', probability: 0.05 },
  { on: 'webhook', kind: 'late', ms: 5_000, probability: 0.02 },
  { on: 'media', kind: 'forbidden', probability: 0.01 },
];

const TELEGRAM_FAULTS: readonly TelegramFault[] = [
  { kind: 'cut_before', method: 'refundStarPayment', probability: 0.025 },
  { kind: 'cut_after', method: 'refundStarPayment', probability: 0.025 },
  { kind: 'too_many_requests', method: '*', retryAfter: 1, probability: 0.02 },
  { kind: 'duplicate_updates', probability: 0.2 },
  { kind: 'reordered_updates', probability: 0.05 },
  { kind: 'repeat_taps', probability: 0.03 },
];

/** What the app must never print; the values are those of the sandbox. */
export const NEVER_PRINTED: readonly (string | RegExp)[] = [
  'sandbox-token',
  'sandbox-key',
  'sandbox-webhook-secret',
  /\/file\/bot/,
  /\/media\//,
  /openapi(\/|%2F)upload/,
  /pixverse%2Fmp4/,
];

export interface StormWorld extends World {
  folder: string;
  databaseFile: string;
  /** Every line that the app printed, over all its lives. */
  output: string[];
}

/** The app is not started. Faults begin with `unleash`. */
export async function openStormWorld(chance: Chance): Promise<StormWorld> {
  const folder = makeQuickFolder('hug-storm-');
  const output: string[] = [];
  const world = await openWorld({
    folder,
    generationMs: () => chance.whole(MIN_GENERATION_MS, MAX_GENERATION_MS),
    render: 'sample',
    maxConcurrent: SLOTS * 2,
    credits: 100_000_000,
    random: chance.next,
    onLine: (line) => {
      output.push(line);
      appendFileSync(join(folder, 'app.log'), `${line}\n`);
    },
    environment: {
      NODE_ENV: 'production',
      SUPPORT_CONTACT: '@storm',
      TERMS_URL: 'https://example.com/terms',
      PRIVACY_URL: 'https://example.com/privacy',
      FREE_VIDEOS: '0',
      PIXVERSE_MAX_CONCURRENT: String(SLOTS),
      PIXVERSE_RETRY_DELAY: '50',
      PIXVERSE_POLL_MIN_MS: '100',
      PIXVERSE_POLL_MAX_MS: '500',
      // Stills of a thousand videos would cost more than the storm, and losing them costs a cover only.
      FFMPEG_PATH: join(folder, 'no-ffmpeg'),
    },
  });
  return { ...world, folder, output, databaseFile: join(folder, 'hug.db') };
}

export function unleash({ pixverse, telegram }: World): void {
  for (const fault of PIXVERSE_FAULTS) pixverse.faults.add(fault);
  for (const fault of TELEGRAM_FAULTS) telegram.faults.add(fault);
}
