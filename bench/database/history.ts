// What the past costs: the same transactions on a database with a million orders behind it and on one with a thousand.
// A further verb is one more row of `VERBS`.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteVariant, STARS } from '../../src/core/money/pricing.js';
import type { Store } from '../../src/core/ports/store.js';
import { variantOf } from '../../src/core/variants.js';
import { LEARN_FROM } from '../../src/core/video/duration-model.js';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { median } from '../numbers.js';
import { atMost, type Benchmark } from '../report.js';
import { fillPast } from './history-rows.js';

const LONG_PAST = 1_000_000;
const SHORT_PAST = 1_000;
/** How often each verb is timed on either database, and how many people stand ready for it. */
const ROUNDS = 120;
const VARIANT = 'standard';
const LIMITS = { freeVideos: 1, freeFailures: 3, dailyBudget: 1_000_000 };

/** One database with its people: some of the past, and new ones with a draft that is ready to be funded. */
interface Side {
  store: Store;
  database: OpenDatabase;
  folder: string;
  regulars: readonly string[];
  /** Order ids. */
  drafts: readonly string[];
  now: number;
}

interface Verb {
  what: string;
  once: (side: Side, round: number) => Promise<unknown>;
}

function draftAt(side: Side, round: number): Side['drafts'][number] {
  const draft = side.drafts[round];
  if (draft === undefined) throw new Error('there are too few drafts');
  return draft;
}

const TERMS = { variant: VARIANT, quote: quoteVariant(variantOf(VARIANT), STARS) };

/** In the order of an order's life: funding queues what starting takes. The first half is free, the rest costs credits. */
const VERBS: readonly Verb[] = [
  {
    what: '/videos, first page',
    once: ({ store, regulars }, round) =>
      store.listVideos(regulars[round % regulars.length] ?? '', { offset: 0, limit: 5 }),
  },
  {
    what: 'claim of a free video',
    once: ({ store, now, ...side }, round) => {
      const orderId = draftAt({ store, now, ...side }, round);
      return store.fundFree(orderId, { ...TERMS, limits: LIMITS }, now);
    },
  },
  {
    what: 'claim with credits',
    once: ({ store, now, ...side }, round) => {
      const orderId = draftAt({ store, now, ...side }, ROUNDS + round);
      return store.fundCredits(orderId, TERMS, now);
    },
  },
  {
    what: 'start of the next queued order',
    once: ({ store, now }) =>
      store.startNextQueued({
        traceId: randomUUID(),
        maxRunning: 10_000,
        slotHeldMs: 600_000,
        leaseMs: 60_000,
        now,
      }),
  },
  {
    what: 'claim of due orders',
    once: ({ store, now }, round) => store.claimDueOrders(now + 60_000 + round, 0, 1),
  },
  { what: 'next due time', once: ({ store }) => store.nextDueAt() },
  {
    what: 'durations to learn from',
    once: ({ store }) => store.recentGenerationMs(VARIANT, LEARN_FROM),
  },
];

async function prepareDraft(store: Store, index: number, now: number): Promise<Side['drafts'][0]> {
  const chatId = String(9_000_000_000 + index);
  const address = { platform: 'telegram', chatId } as const;
  const seen = { ...address, platformUserId: chatId, username: null, displayName: null };
  const person = await store.seePerson(
    { ...seen, languageHint: 'en' },
    { locale: 'en', offerFirst: VARIANT, source: null },
    now,
  );
  const orderId = randomUUID();
  await store.openDraft({ orderId, personId: person.id, address, photosOf: null }, now);
  for (const sourceOrder of [1, 2]) {
    const sourceKey = `${chatId}:${sourceOrder}`;
    const photo = { bytes: Buffer.alloc(1_000), width: 900, height: 1120, albumKey: null };
    const place = { sourceKey, sourceOrder };
    await store.addPhoto(orderId, { ...photo, ...place }, { cardAt: now, uploadAt: null }, now);
  }
  const order = await store.readOrder(orderId);
  for (const photo of order?.photos ?? []) {
    await store.saveImageId(orderId, photo.photoId, String(index));
  }
  const cause = `bench:${index}`;
  const grant = { delta: 100, kind: 'admin_grant', orderId: null, actor: null } as const;
  await store.bookEntry({ ...grant, personId: person.id, cause, reason: 'bench' }, now);
  return orderId;
}

/** Fills a database, then opens it again as the app does. */
async function openSide(orders: number): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
  const file = join(folder, 'hug.db');
  const now = Date.now();
  const filling = openDatabase(file);
  const regulars = fillPast(filling.db.$client, orders, now, ROUNDS);
  filling.close();
  const database = openDatabase(file);
  const store = createSqliteStore(database.db);
  const drafts: Side['drafts'][0][] = [];
  database.db.$client.pragma('synchronous = OFF');
  for (let index = 0; index < 2 * ROUNDS; index += 1) {
    drafts.push(await prepareDraft(store, index, now));
  }
  database.db.$client.pragma('synchronous = FULL');
  database.db.$client.pragma('wal_checkpoint(TRUNCATE)');
  return { store, database, folder, regulars, drafts, now };
}

async function timeOnce(verb: Verb, side: Side, round: number): Promise<number> {
  const startedAt = performance.now();
  await verb.once(side, round);
  return performance.now() - startedAt;
}

export const history: Benchmark = {
  name: 'history',
  run: async (tell) => {
    const [long, short] = [await openSide(LONG_PAST), await openSide(SHORT_PAST)];
    try {
      for (const verb of VERBS) {
        const longMs: number[] = [];
        const shortMs: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          longMs.push(await timeOnce(verb, long, round));
          shortMs.push(await timeOnce(verb, short, round));
        }
        tell({
          what: `${verb.what}, 1 million orders in the past`,
          unit: 'ms',
          ours: median(longMs),
          baseline: { name: '1 thousand', value: median(shortMs) },
          aim: atMost(2, 'ratio'),
        });
      }
    } finally {
      for (const side of [long, short]) {
        side.database.close();
        await rm(side.folder, { recursive: true });
      }
    }
  },
};
