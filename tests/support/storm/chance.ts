// Chance that can be replayed: one seed, the same draws.

export interface Chance {
  /** 0 to below 1. */
  next: () => number;
  /** True with this probability. */
  is: (probability: number) => boolean;
  /** A whole number from `min` to `max`. */
  whole: (min: number, max: number) => number;
  /** Exponential with this mean: what comes is independent of what came. */
  wait: (meanMs: number) => number;
}

/** Mulberry32. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    is: (probability) => next() < probability,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    wait: (meanMs) => -Math.log(1 - next()) * meanMs,
  };
}
