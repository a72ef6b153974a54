// When to look at a generation next. Pure: ages in, age out.
//
// Looking costs a call, not looking costs the person's time. The next look is put where the waited time times the
// chance that the video came in it reaches a fixed worth: rarely while it cannot be done, often where it likely is.

import { ageAtShare, type DurationModel, shareDone } from './duration-model.js';

export interface PollBounds {
  minGapMs: number;
  /** Largest gap while the video is likely to finish; the first look and late ones may wait longer. */
  maxGapMs: number;
  /** A webhook will most likely tell us: polling is the safety net only. */
  hasWebhook: boolean;
}

/** Expected waiting, in milliseconds times probability, that one look is worth. */
const WORTH_OF_A_LOOK_MS = 400;
const WORTH_WITH_WEBHOOK_MS = 18_000;
/** Beyond this share of all generations a video is late, and looking often no longer pays. */
const LATE_SHARE = 0.995;
const LATE_GAP_SHARE = 0.2;
const MAX_LATE_GAP_MS = 60_000;
const STEP_MS = 250;

/**
 * @param lastLookAgeMs age at the last look; 0 when there was none
 * @returns age at which to look next, always later than the last look
 */
export function planNextLook(
  model: DurationModel,
  lastLookAgeMs: number,
  bounds: PollBounds,
): number {
  const lateAgeMs = ageAtShare(model, LATE_SHARE);
  if (lastLookAgeMs >= lateAgeMs) {
    const gapMs = Math.min(
      Math.max(lastLookAgeMs * LATE_GAP_SHARE, bounds.maxGapMs),
      Math.max(MAX_LATE_GAP_MS, bounds.maxGapMs),
    );
    return lastLookAgeMs + gapMs;
  }
  const worthMs = bounds.hasWebhook ? WORTH_WITH_WEBHOOK_MS : WORTH_OF_A_LOOK_MS;
  const doneBefore = shareDone(model, lastLookAgeMs);
  const isFirst = lastLookAgeMs === 0;
  const latestMs =
    isFirst || bounds.hasWebhook ? lateAgeMs : Math.min(lastLookAgeMs + bounds.maxGapMs, lateAgeMs);
  let ageMs = lastLookAgeMs + bounds.minGapMs;
  while (ageMs < latestMs) {
    const chance = (shareDone(model, ageMs) - doneBefore) / (1 - doneBefore);
    if ((ageMs - lastLookAgeMs) * chance >= worthMs) break;
    ageMs += STEP_MS;
  }
  return Math.max(ageMs, lastLookAgeMs + bounds.minGapMs);
}
