// From the moment in which Telegram hands out the last tap to the moment in which PixVerse gets the submit; the photos
// are at PixVerse already. What is in between is ours alone.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { drawSamples } from '../../src/sandbox/samples.js';
import { median, quantile } from '../numbers.js';
import { atMost, type Benchmark } from '../report.js';
import { comeToLastTap } from './person.js';
import { type BotKind, openStage, type Stage } from './stage.js';

const TAPS = 40;
const PREPARED_AT_ONCE = 8;
const FIRST_ID = 100_000;
const PAUSE_MS = 100;
/** No video is to come back and be delivered while taps are timed. */
const GENERATION_MS = 600_000;
const MAX_WAIT_MS = 60_000;

/** Notes the calls that matter as the stand-ins see them. */
function createWatch() {
  const seen = { uploads: 0, lastUpdatesAt: 0, submitsAt: [] as number[] };
  return {
    seen,
    options: {
      // Told just before the answer goes out.
      onTelegramCall: ({ method }: { method: string }) => {
        if (method === 'getUpdates' && seen.lastUpdatesAt === 0) seen.lastUpdatesAt = Date.now();
      },
      onPixverseCall: ({ path, at }: { path: string; at: number }) => {
        if (path.endsWith('/image/upload')) seen.uploads += 1;
        if (path.endsWith('/fusion/generate')) seen.submitsAt.push(at);
      },
    },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  const endAt = Date.now() + MAX_WAIT_MS;
  while (!isTrue()) {
    if (Date.now() > endAt) throw new Error('the bot did not do what was waited for');
    await sleep(5);
  }
}

async function prepare(stage: Stage) {
  const photos = await drawSamples();
  const limit = pLimit(PREPARED_AT_ONCE);
  return Promise.all(
    Array.from({ length: TAPS }, (_, index) =>
      limit(() => comeToLastTap(stage.telegram, FIRST_ID + index, photos)),
    ),
  );
}

/** Taps one after the other; answers how long each took, in ms. */
async function measure(kind: BotKind): Promise<number[]> {
  const { seen, options } = createWatch();
  const stage = await openStage(kind, { ...options, generationMs: GENERATION_MS });
  const spansMs: number[] = [];
  try {
    const people = await prepare(stage);
    await until(() => seen.uploads >= 2 * TAPS);
    for (const { tap } of people) {
      await sleep(PAUSE_MS);
      const submits = seen.submitsAt.length;
      seen.lastUpdatesAt = 0;
      tap();
      await until(() => seen.submitsAt.length > submits);
      spansMs.push((seen.submitsAt.at(-1) ?? NaN) - seen.lastUpdatesAt);
    }
    return spansMs;
  } finally {
    await stage.close();
  }
}

/** What this machine's disk asks for one durable transaction now. A tap and its submit wait for several. */
async function measureCommit(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
  const database = openDatabase(join(folder, 'hug.db'));
  const store = createSqliteStore(database.db);
  const spansMs: number[] = [];
  for (let round = 0; round < TAPS; round += 1) {
    const startedAt = performance.now();
    await store.setSubmitPause(round);
    spansMs.push(performance.now() - startedAt);
  }
  database.close();
  await rm(folder, { recursive: true });
  return median(spansMs);
}

export const lastTap: Benchmark = {
  name: 'last-tap',
  run: async (tell) => {
    const ours = await measure('app');
    const memory = await measure('baseline');
    const commitMs = await measureCommit();
    for (const share of [0.5, 0.95]) {
      tell({
        what: `last tap to PixVerse submit, ${share === 0.5 ? 'median' : '95 % within'}`,
        unit: 'ms',
        ours: quantile(ours, share),
        baseline: { name: 'grammY in memory', value: quantile(memory, share) },
        ...(share > 0.5 && { aim: atMost(100) }),
        ...(share > 0.5 && {
          note: `${TAPS} taps, one after the other; one commit takes ${commitMs.toFixed(1)} ms here`,
        }),
      });
    }
  },
};
