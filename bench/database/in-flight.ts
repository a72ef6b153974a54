// Ten thousand orders in flight: what the loop over due work costs, what the app weighs, and how soon it goes on after
// kill -9.

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/core/context.js';
import { pollBounds } from '../../src/core/orders/steps/look.js';
import { learnDurations } from '../../src/core/video/duration-model.js';
import { openDatabase } from '../../src/db/sqlite.js';
import { orders } from '../../src/db/schema/orders.js';
import { benchContext, readCoreConfig } from '../context.js';
import { median } from '../numbers.js';
import { openOutside, type Outside } from '../outside.js';
import { PRODUCTION, startApp } from '../processes.js';
import { atMost, type Benchmark, type Figure } from '../report.js';
import { measureLoop, measureTimers } from './due-loop.js';
import { fillFlight, moveFlight } from './in-flight-rows.js';

const ORDERS = 10_000;
const LOOP_MS = 10_000;
const RUN_MS = 5_000;
const KILLS = 3;
const MEGABYTE = 1024 * 1024;

/** PixVerse tells results by webhook: nobody has so many generations at once and only asks. */
const ENVIRONMENT = {
  ...PRODUCTION,
  LOG_LEVEL: 'error',
  PIXVERSE_MAX_CONCURRENT: String(ORDERS),
  PIXVERSE_WEBHOOK_ID: 'bench',
  PIXVERSE_WEBHOOK_SECRET: 'bench',
};

function fill(file: string, config: Context['config'], now: number): void {
  const database = openDatabase(file);
  const bounds = pollBounds(benchContext({ config }));
  fillFlight(database.db, { orders: ORDERS, now, model: learnDurations([]), bounds });
  database.close();
}

/** On a copy without cards: what a loop over due orders costs is asked here, not what edits cost. */
async function measureLoopOn(
  file: string,
  config: Context['config'],
  filledAt: number,
): Promise<Figure> {
  const copy = `${file}.loop`;
  await copyFile(file, copy);
  const database = openDatabase(copy);
  database.db.update(orders).set({ cardDueAt: null }).run();
  moveFlight(database.db, Date.now() - filledAt);
  const cost = await measureLoop(database.db, config, LOOP_MS);
  database.close();
  const timersShare = await measureTimers(ORDERS, cost.looksPerSecond, LOOP_MS / 2);
  return {
    what: '10,000 in flight: queries of the loop over due orders',
    unit: '% of a core',
    ours: 100 * cost.queryShare,
    baseline: { name: 'timers in memory', value: 100 * timersShare },
    aim: atMost(5),
    note:
      `${cost.looksPerSecond.toFixed(0)} looks and ${cost.turnsPerSecond.toFixed(0)} turns a second; ` +
      `with planning and writing what was seen ${(100 * cost.totalShare).toFixed(0)} %`,
  };
}

interface Life {
  readyMs: number;
  firstLookMs: number;
  rssBytes: number;
  peakRssBytes: number;
}

/** Starts the app, lets it work and kills it; answers how soon it looked at a generation. */
async function live(outside: Outside, folder: string, file: string): Promise<Life> {
  const startedAt = performance.now();
  let firstLookMs = NaN;
  outside.onCall((path) => {
    if (path.includes('/video/result/') && Number.isNaN(firstLookMs)) {
      firstLookMs = performance.now() - startedAt;
    }
  });
  const app = await startApp(folder, {
    ...ENVIRONMENT,
    ...outside.environment,
    DATABASE_URL: `file:${file}`,
  });
  await sleep(RUN_MS);
  const rssBytes = await app.rssBytes();
  const peakRssBytes = await app.peakRssBytes();
  await app.kill();
  return { readyMs: app.readyMs, firstLookMs, rssBytes, peakRssBytes };
}

export const inFlight: Benchmark = {
  name: 'in-flight',
  run: async (tell) => {
    const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
    const outside = await openOutside();
    try {
      const file = join(folder, 'flight.db');
      const config = readCoreConfig({ ...ENVIRONMENT, ...outside.environment });
      const filledAt = Date.now();
      fill(file, config, filledAt);
      tell(await measureLoopOn(file, config, filledAt));

      const lives: Life[] = [];
      for (let kill = 0; kill <= KILLS; kill += 1) lives.push(await live(outside, folder, file));
      const empty = await live(outside, folder, join(folder, 'empty.db'));
      const peakMb = Math.max(...lives.map((life) => life.peakRssBytes)) / MEGABYTE;
      tell({
        what: '10,000 in flight: memory of the app',
        unit: 'MB',
        ours: median(lives.map((life) => life.rssBytes)) / MEGABYTE,
        baseline: { name: 'no orders', value: empty.rssBytes / MEGABYTE },
        aim: atMost(300),
        note: `at most ${peakMb.toFixed(0)} MB; all cards are kept up to date, too`,
      });
      tell({
        what: '10,000 in flight: from kill -9 and start to the first look',
        unit: 's',
        ours: median(lives.slice(1).map((life) => life.firstLookMs)) / 1000,
        baseline: { name: 'no orders, to ready', value: empty.readyMs / 1000 },
        aim: atMost(3),
      });
    } finally {
      await outside.close();
      await rm(folder, { recursive: true });
    }
  },
};
