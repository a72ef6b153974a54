// The storm itself: people who order, faults all around, and kills in gusts that are spread over all orders.

import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { picture } from '../pictures.js';
import { type Chance, createChance } from './chance.js';
import { readWhileRunning, withDatabase } from '../app-database.js';
import { liveThroughStorm, type PersonReport } from './person.js';
import { MAX_GENERATION_MS, type StormWorld, unleash } from './world.js';

const ORDERS_EACH = 2;
const PEOPLE_AT_ONCE = 120;
/** The first few live in peace, so that the app has learned how long a video takes. */
const PEACEFUL_PEOPLE = 12;
const KILLS_A_GUST = 9;
const MEAN_LIFE_MS = 250;
/** After this long a generation has ended, or never will. */
const STUCK_AFTER_MS = MAX_GENERATION_MS + 1_000;
/** Longer than the app waits for a generation. */
const HALF_AN_HOUR_MS = 31 * 60_000;
/** How often we look whether only those are left who wait in vain. */
const LOOK_MS = 500;
const SETTLE_MS = 60_000;

export interface StormReport {
  kills: number;
  people: PersonReport[];
  /** Lives between kills, counted from ready. */
  meanLifeMs: number;
  durationMs: number;
}

/** The ids of generations that PixVerse will never finish. */
function stuckIds({ pixverse }: StormWorld): string[] {
  return pixverse
    .generations()
    .filter(({ status, submittedAt }) => status === 5 && Date.now() - submittedAt > STUCK_AFTER_MS)
    .map(({ id }) => id);
}

const WAITS_FOR = "status = 'generating' and pixverse_video_id = ?";

/** How many orders wait for what never ends. Also while the app runs. */
function countStuck(world: StormWorld): number {
  return readWhileRunning(world, (run) =>
    stuckIds(world).reduce(
      (sum, id) => sum + run(`select 1 from orders where ${WAITS_FOR}`, id).length,
      0,
    ),
  );
}

/** Half an hour goes by for them: the app gives up and gives back. Only while it is down. */
function letTimePass(world: StormWorld): void {
  const past = `submitted_at = submitted_at - ${HALF_AN_HOUR_MS}, next_attempt_at = 1`;
  withDatabase(world, (run) => {
    for (const id of stuckIds(world)) run(`update orders set ${past} where ${WAITS_FOR}`, id);
  });
}

/** Kills and starts, each life as long as chance has it. */
async function gust(
  world: StormWorld,
  chance: Chance,
  lives: number[],
  lull: AbortSignal,
): Promise<void> {
  for (let kills = 0; kills < KILLS_A_GUST && !lull.aborted; kills += 1) {
    const lifeMs = chance.wait(MEAN_LIFE_MS);
    await sleep(lifeMs);
    lives.push(lifeMs);
    await world.keeper.kill();
    if (kills === KILLS_A_GUST - 1) letTimePass(world);
    await world.keeper.start();
  }
}

/** What is still to be done by the app itself, as its rows say. */
function countOpen(world: StormWorld): number {
  return withDatabase(world, (run) => {
    const [open] = run(`select
      (select count(*) from inbox where done_at is null) +
      (select count(*) from orders where status in ('queued','submitting','generating','generated')) +
      (select count(*) from payments where refund_status = 'due') +
      (select count(*) from notices where due_at is not null) +
      (select count(*) from checkouts where status <> 'open' and due_at is not null) as open`);
    return Number(open?.['open']);
  });
}

/** Without kills until nothing is left to do; every restart makes all waits end. */
async function settle(world: StormWorld): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (let waitMs = 300; ; waitMs = Math.min(waitMs * 1.5, 3_000)) {
    await world.keeper.stop();
    if (countOpen(world) === 0) return;
    if (Date.now() > deadline) throw new Error('the app never comes to rest');
    letTimePass(world);
    await world.keeper.start();
    await sleep(waitMs);
  }
}

/** Counts those who come through. */
function createTurnstile(expected: number) {
  let count = 0;
  const waiting: { at: number; pass: (isOver: true) => void }[] = [];
  const open = (isForAll = false): void => {
    for (const one of waiting) if (isForAll || count >= one.at) one.pass(true);
  };
  return {
    /** Lets everybody through. */
    open: () => {
      open(true);
    },
    left: () => expected - count,
    pass: () => {
      count += 1;
      open();
    },
    /** Resolves once so many have passed, all of them unless said otherwise. */
    reach: (at = expected) =>
      new Promise<true>((resolve) => {
        waiting.push({ at, pass: resolve });
        open();
      }),
  };
}

type Turnstile = ReturnType<typeof createTurnstile>;

export interface StormOptions {
  seed: number;
  /** An even number: everybody orders twice. */
  orders: number;
  /** Of nine kills each. */
  gusts: number;
}

/** Blows until all people have come through. */
async function blow(
  world: StormWorld,
  { orders, gusts }: StormOptions,
  chance: Chance,
  ended: Turnstile,
  people: Turnstile,
  lull: AbortSignal,
): Promise<number[]> {
  const lives: number[] = [];
  for (let blown = 0; blown < gusts && !lull.aborted; blown += 1) {
    await ended.reach(Math.floor((orders * 0.95 * blown) / gusts));
    await gust(world, chance, lives, lull);
  }
  // Once everybody who is left waits for what never ends, the clock is moved.
  for (;;) {
    const isOver = await Promise.race([people.reach(), sleep(LOOK_MS, false)]);
    if (isOver || lull.aborted) return lives;
    if (countStuck(world) < people.left()) continue;
    await world.keeper.stop();
    letTimePass(world);
    await world.keeper.start();
  }
}

/**
 * The world is left with the app stopped, for whoever looks into what is there.
 * @throws Error when somebody never came through; the app is stopped then as well
 */
export async function runStorm(world: StormWorld, options: StormOptions): Promise<StormReport> {
  const { seed, orders } = options;
  const startedAt = Date.now();
  const chance = createChance(seed);
  const photos = await Promise.all(
    ['#cc3333', '#3333cc'].map((color) => picture({ width: 300, height: 300, color })),
  );
  const [first, second] = photos;
  if (first === undefined || second === undefined) throw new Error('no photos');
  const everybody = Math.ceil(orders / ORDERS_EACH);
  const ended = createTurnstile(orders);
  const people = createTurnstile(everybody);
  const crowd = pLimit(PEOPLE_AT_ONCE);
  const live = (id: number) =>
    crowd(async () => {
      const user = world.telegram.user({
        id: 10_000 + id,
        first_name: `P${id}`,
        language_code: 'en',
      });
      const own = createChance(seed + id);
      const report = await liveThroughStorm(user, {
        ...{ chance: own, photos: [first, second] as const, orders: ORDERS_EACH },
        onOrderEnd: ended.pass,
      });
      people.pass();
      return report;
    });
  const ids = [...Array(everybody).keys()];
  await world.keeper.start();
  const peaceful = await Promise.all(ids.slice(0, PEACEFUL_PEOPLE).map(live));
  unleash(world);
  const lull = new AbortController();
  const stormed = Promise.all(ids.slice(PEACEFUL_PEOPLE).map(live));
  // Somebody never came through: the rest need not be waited for.
  stormed.catch(() => {
    lull.abort();
    ended.open();
    people.open();
  });
  const lives = await blow(world, options, chance, ended, people, lull.signal);
  const reports = [...peaceful, ...(await stormed)];
  await settle(world);
  return {
    kills: lives.length,
    people: reports,
    meanLifeMs: lives.reduce((sum, life) => sum + life, 0) / Math.max(1, lives.length),
    durationMs: Date.now() - startedAt,
  };
}
