// A closed loop of PixVerse slots in simulated time: a slot takes the next video only once the former is detected, so
// late looks cost throughput as they do in life. Schedules are asked when to look; ours is the real code.

import { estimateGenerationMs } from '../../src/core/orders/steps/look.js';
import {
  type DurationModel,
  learnDurations,
  LEARN_FROM,
} from '../../src/core/video/duration-model.js';
import { planNextLook, type PollBounds } from '../../src/core/video/poll-plan.js';
import { createRandom, drawNormal } from '../numbers.js';

/** The true durations: median 40 s, 95 % within 90 s. */
export const TRUE_DURATIONS: DurationModel = { mu: Math.log(40), sigma: 0.493 };
const SLOTS = 10;

/** When to look, and what is learned when a video is found done. One per run: it may remember. */
export interface Schedule {
  nextLookAgeMs(lastLookAgeMs: number, looks: number): number;
  found?(notDoneAtAgeMs: number, doneAtAgeMs: number): void;
}

export interface Scenario {
  seed: number;
  videos: number;
  /** Durations are twice as long for videos from this one on. */
  doublesAt?: number;
  /** The webhook tells of this share of the videos, 0.2 to 0.8 s after they are done. */
  webhookShare?: number;
}

export interface Watched {
  waitMs: number;
  polls: number;
}

interface Slot {
  video: number;
  startedAt: number;
  durationMs: number;
  /** Age at which the webhook rings; Infinity when it does not. */
  ringsAtAgeMs: number;
  lastLookAgeMs: number;
  looks: number;
  nextLookAt: number;
}

/** Ours: the plan and the learning of the app, durations learned from what the looks saw alone. */
export function ourSchedule(bounds: PollBounds): Schedule {
  const recentMs: number[] = [];
  let model = learnDurations(recentMs);
  return {
    nextLookAgeMs: (lastLookAgeMs) => planNextLook(model, lastLookAgeMs, bounds),
    found: (notDoneAtAgeMs, doneAtAgeMs) => {
      const learnedMs = estimateGenerationMs(model, notDoneAtAgeMs, doneAtAgeMs, null);
      if (learnedMs === null) return;
      recentMs.unshift(learnedMs);
      recentMs.length = Math.min(recentMs.length, LEARN_FROM);
      model = learnDurations(recentMs);
    },
  };
}

export function fixedSchedule(gapMs: number): Schedule {
  return { nextLookAgeMs: (lastLookAgeMs) => lastLookAgeMs + gapMs };
}

export function backoffSchedule(firstMs: number, factor: number, capMs: number): Schedule {
  return {
    nextLookAgeMs: (lastLookAgeMs, looks) =>
      lastLookAgeMs + Math.min(firstMs * factor ** looks, capMs),
  };
}

/** Runs the loop; answers every video in the order in which it was begun. */
export function simulate(schedule: Schedule, scenario: Scenario): Watched[] {
  const random = createRandom(scenario.seed);
  const watched: Watched[] = [];
  let begun = 0;

  const begin = (now: number): Slot => {
    const factor = begun >= (scenario.doublesAt ?? Infinity) ? 2 : 1;
    const { mu, sigma } = TRUE_DURATIONS;
    const durationMs = 1000 * factor * Math.exp(mu + sigma * drawNormal(random));
    const isTold = random() < (scenario.webhookShare ?? 0);
    const ringsAtAgeMs = isTold ? durationMs + 200 + 600 * random() : Infinity;
    const first = Math.min(schedule.nextLookAgeMs(0, 0), ringsAtAgeMs);
    begun += 1;
    const counts = { video: begun - 1, startedAt: now, lastLookAgeMs: 0, looks: 0 };
    return { ...counts, durationMs, ringsAtAgeMs, nextLookAt: now + first };
  };

  const slots = Array.from({ length: SLOTS }, () => begin(0));
  let left = scenario.videos;
  while (left > 0) {
    const slot = slots.reduce((a, b) => (b.nextLookAt < a.nextLookAt ? b : a));
    const now = slot.nextLookAt;
    const ageMs = now - slot.startedAt;
    slot.looks += 1;
    if (ageMs >= slot.durationMs) {
      if (slot.video < scenario.videos) {
        left -= 1;
        watched[slot.video] = { waitMs: ageMs - slot.durationMs, polls: slot.looks };
      }
      schedule.found?.(slot.lastLookAgeMs, ageMs);
      slots[slots.indexOf(slot)] = begin(now);
      continue;
    }
    slot.lastLookAgeMs = ageMs;
    const planned = schedule.nextLookAgeMs(ageMs, slot.looks);
    slot.nextLookAt = slot.startedAt + Math.min(planned, slot.ringsAtAgeMs);
  }
  return watched;
}
