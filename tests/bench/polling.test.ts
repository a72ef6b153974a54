import { expect, test } from 'vitest';
import { leastWaitMs } from '../../bench/polling/bound.js';
import { fixedSchedule, simulate, TRUE_DURATIONS } from '../../bench/polling/simulation.js';
import { mean } from '../../bench/numbers.js';

test('the bound is the optimum that is known for so many polls', () => {
  // Worked out by dynamic programming on a grid of 0.25 s, in seconds.
  for (const [polls, leastS] of [
    [2, 10.24],
    [4, 4.34],
    [9.5, 1.73],
  ] as const) {
    const foundS = leastWaitMs(TRUE_DURATIONS, polls) / 1000;
    expect(Math.abs(foundS / leastS - 1)).toBeLessThan(0.02);
  }
});

test('looking every 5 s waits half of that and costs a look for each 5 s', () => {
  const watched = simulate(fixedSchedule(5_000), { seed: 1, videos: 4_000 });
  expect(watched).toHaveLength(4_000);
  expect(mean(watched.map((video) => video.waitMs)) / 1000).toBeCloseTo(2.5, 1);
  expect(mean(watched.map((video) => video.polls))).toBeCloseTo(9.5, 0);
});

test('durations double from the given video on', () => {
  const watched = simulate(fixedSchedule(5_000), { seed: 1, videos: 4_000, doublesAt: 2_000 });
  const polls = (from: number, to: number) =>
    mean(watched.slice(from, to).map((video) => video.polls));
  expect(polls(2_000, 4_000) / polls(0, 2_000)).toBeGreaterThan(1.8);
});

test('a webhook that always rings leaves under a second to wait and one look', () => {
  const watched = simulate(fixedSchedule(60_000), { seed: 1, videos: 500, webhookShare: 1 });
  const early = watched.filter((video) => video.polls === 1);
  expect(Math.max(...early.map((video) => video.waitMs))).toBeLessThanOrEqual(800);
  expect(early.length).toBeGreaterThan(300);
});
