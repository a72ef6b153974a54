// The least added wait that any poller can reach with so many polls per video, by dynamic programming. Pure.
//
// With survival S and polls at t1 < t2 < …: E[wait] = Σ S(t(k-1))·(t(k) − t(k-1)) − E[D] and E[polls] = Σ S(t(k-1)).
// Each price λ of a poll gives the schedule that minimises E[wait] + λ·E[polls]; over all λ they trace the bound.

import { type DurationModel, shareDone } from '../../src/core/video/duration-model.js';

const STEP_S = 0.1;
/** Beyond this age less than one video in a million is left. */
const END_S = 420;
/** No optimum waits longer than this between two polls, the first apart, at the prices searched. */
const MAX_GAP_S = 90;
const SEARCHES = 40;

interface Priced {
  /** min (E[wait] + λ·E[polls]), in seconds. */
  cost: number;
  polls: number;
}

function priceSchedule(survival: Float64Array, meanS: number, lambda: number): Priced {
  const last = survival.length - 1;
  const cost = new Float64Array(last + 1);
  const polls = new Float64Array(last + 1);
  const maxSteps = Math.round(MAX_GAP_S / STEP_S);
  for (let from = last - 1; from >= 0; from -= 1) {
    const left = survival[from] ?? 0;
    let best = Infinity;
    let bestTo = last;
    const end = Math.min(last, from + maxSteps);
    for (let to = from + 1; to <= end; to += 1) {
      const total = left * (to - from) * STEP_S + (cost[to] ?? 0);
      if (total < best) {
        best = total;
        bestTo = to;
      }
    }
    cost[from] = best + lambda * left;
    polls[from] = left + (polls[bestTo] ?? 0);
  }
  return { cost: (cost[0] ?? 0) - meanS, polls: polls[0] ?? 0 };
}

/**
 * @param model the true distribution of durations
 * @param pollsPerVideo how many polls a video may cost on average, 1.5 to 60
 * @returns milliseconds that no poller can stay below on average, not even one that knows the distribution
 */
export function leastWaitMs(model: DurationModel, pollsPerVideo: number): number {
  const points = Math.round(END_S / STEP_S);
  const survival = Float64Array.from(
    { length: points + 1 },
    (_, step) => 1 - shareDone(model, step * STEP_S * 1000),
  );
  const meanS = Math.exp(model.mu + model.sigma ** 2 / 2);
  let low = Math.log(1e-3);
  let high = Math.log(100);
  let bound = 0;
  for (let search = 0; search < SEARCHES; search += 1) {
    const lambda = Math.exp((low + high) / 2);
    const { cost, polls } = priceSchedule(survival, meanS, lambda);
    // Every λ gives a lower bound (weak duality); the largest is the exact one.
    bound = Math.max(bound, cost - lambda * pollsPerVideo);
    if (polls > pollsPerVideo) low = Math.log(lambda);
    else high = Math.log(lambda);
  }
  return bound * 1000;
}
