// What a video of ours costs in PixVerse credits (5 s, silent; PixVerse's price list of 2026). Pure.

import type { Variant } from '../variants.js';

/** Credits for five seconds by model: 720p, 1080p. */
const CREDITS_5S: Readonly<Record<string, readonly [number, number]>> = {
  v6: [45, 90],
  c1: [50, 95],
  'v5.6': [45, 75],
};
/** Older models, and newer ones that are not known yet. */
const OTHER_CREDITS_5S = [60, 120] as const;

/** What a generation of this variant costs at most, in PixVerse credits. */
export function pixversePriceOf(model: string, variant: Variant): number {
  const [at720p, at1080p] = CREDITS_5S[model] ?? OTHER_CREDITS_5S;
  const perFiveSeconds = variant.resolution === '1080p' ? at1080p : at720p;
  return Math.ceil((perFiveSeconds * variant.durationSeconds) / 5);
}
