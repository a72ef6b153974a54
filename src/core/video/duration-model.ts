// How long a generation takes: a lognormal distribution learned from recent ones, with a prior until there are
// enough. Pure. Ages and durations are milliseconds; inside, logarithms of seconds.

/** A lognormal distribution: the logarithm of the duration in seconds is normal. */
export interface DurationModel {
  mu: number;
  sigma: number;
}

/** The prior: median 40 s, 95 % within 90 s, as PixVerse's typical times suggest; it weighs as much as 8 videos. */
const PRIOR = { mu: Math.log(40), sigma: 0.493, weight: 8 };
/** A video counts half as much as one that is this many videos newer, so that a change of pace is learned quickly. */
const HALF_LIFE_VIDEOS = 40;
/** Real durations spread at least this much; below it one odd sample would make the model too sure. */
const MIN_SIGMA = 0.08;

/** How many recent durations are worth asking the store for. */
export const LEARN_FROM = 200;

/**
 * @param recentMs durations of finished generations of one variant, newest first
 */
export function learnDurations(recentMs: readonly number[]): DurationModel {
  let weight = PRIOR.weight;
  let sum = PRIOR.weight * PRIOR.mu;
  let sumOfSquares = PRIOR.weight * (PRIOR.sigma ** 2 + PRIOR.mu ** 2);
  // The prior fades as real durations come in.
  const fade = Math.min(1, recentMs.length / 20);
  weight *= 1 - fade;
  sum *= 1 - fade;
  sumOfSquares *= 1 - fade;
  for (const [index, durationMs] of recentMs.entries()) {
    const share = 0.5 ** (index / HALF_LIFE_VIDEOS);
    const log = Math.log(Math.max(durationMs, 50) / 1000);
    weight += share;
    sum += share * log;
    sumOfSquares += share * log * log;
  }
  const mu = sum / weight;
  const sigma = Math.sqrt(Math.max(sumOfSquares / weight - mu * mu, MIN_SIGMA ** 2));
  return { mu, sigma };
}

/** The standard normal distribution function (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - series * Math.exp(-z * z);
  return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}

/** The share of generations that are finished at this age. */
export function shareDone(model: DurationModel, ageMs: number): number {
  if (ageMs <= 0) return 0;
  return normalCdf((Math.log(ageMs / 1000) - model.mu) / model.sigma);
}

/** The age at which this share of generations is finished, by bisection. */
export function ageAtShare(model: DurationModel, share: number): number {
  let low = -8;
  let high = 8;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
  return 1000 * Math.exp(model.mu + model.sigma * low);
}

/** How much longer a generation of this age takes on average; null when it is far beyond what is usual. */
export function expectedLeftMs(model: DurationModel, ageMs: number): number | null {
  const left = 1 - shareDone(model, ageMs);
  if (left < 0.02) return null;
  const meanSeconds = Math.exp(model.mu + model.sigma ** 2 / 2);
  const logAge = ageMs <= 0 ? -Infinity : Math.log(ageMs / 1000);
  const tailShare = normalCdf((model.mu + model.sigma ** 2 - logAge) / model.sigma);
  return Math.max(0, 1000 * ((meanSeconds * tailShare) / left) - ageMs);
}
