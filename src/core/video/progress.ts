// The honest clock: how far a generation is and how long it still takes. Pure.

import { type DurationModel, expectedLeftMs } from './duration-model.js';

export interface Progress {
  /** 0 to 90; the rest is fetching and uploading. */
  percent: number;
  /** Null when it takes longer than it should and no number would be honest. */
  leftMs: number | null;
}

const MAX_PERCENT = 90;

export function progressAt(model: DurationModel, ageMs: number): Progress {
  const leftMs = expectedLeftMs(model, ageMs);
  if (leftMs === null) return { percent: MAX_PERCENT, leftMs };
  const share = ageMs <= 0 ? 0 : ageMs / (ageMs + leftMs);
  return { percent: Math.round(MAX_PERCENT * share), leftMs };
}

/**
 * How long until a queued order is started: one slot becomes free every (typical duration ÷ slots).
 * @param position 1 for the next to start
 */
export function expectedQueueMs(
  model: DurationModel,
  position: number,
  maxConcurrent: number,
): number {
  const typicalMs = 1000 * Math.exp(model.mu + model.sigma ** 2 / 2);
  return (position * typicalMs) / Math.max(1, maxConcurrent);
}
