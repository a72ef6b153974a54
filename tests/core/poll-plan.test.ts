import { describe, expect, test } from 'vitest';
import {
  ageAtShare,
  expectedLeftMs,
  learnDurations,
  shareDone,
} from '../../src/core/video/duration-model.js';
import { planNextLook } from '../../src/core/video/poll-plan.js';
import { expectedQueueMs, progressAt } from '../../src/core/video/progress.js';
import { estimateGenerationMs } from '../../src/core/orders/steps/look.js';

const bounds = { minGapMs: 1_000, maxGapMs: 15_000, hasWebhook: false };
const prior = learnDurations([]);

describe('the duration model', () => {
  test('begins with the prior: median 40 s, 95 % within 90 s', () => {
    expect(ageAtShare(prior, 0.5) / 1000).toBeCloseTo(40, 1);
    expect(ageAtShare(prior, 0.95) / 1000).toBeCloseTo(90, 0);
    expect(shareDone(prior, 0)).toBe(0);
    expect(shareDone(prior, 40_000)).toBeCloseTo(0.5, 5);
  });

  test('learns real durations and forgets the prior', () => {
    const model = learnDurations(Array.from({ length: 40 }, (_, i) => 14_000 + (i % 5) * 500));
    expect(ageAtShare(model, 0.5)).toBeGreaterThan(14_000);
    expect(ageAtShare(model, 0.5)).toBeLessThan(16_500);
  });

  test('follows a change of pace within some dozens of videos', () => {
    const slow = Array.from({ length: 60 }, () => 80_000);
    const fast = Array.from({ length: 140 }, () => 40_000);
    expect(ageAtShare(learnDurations([...slow, ...fast]), 0.5)).toBeGreaterThan(55_000);
  });

  test('says how long a generation still takes, and nothing when it is far too late', () => {
    expect(expectedLeftMs(prior, 0)).toBeGreaterThan(40_000);
    const later = expectedLeftMs(prior, 40_000);
    expect(later).toBeGreaterThan(5_000);
    expect(later).toBeLessThan(30_000);
    expect(expectedLeftMs(prior, 400_000)).toBeNull();
  });
});

describe('the poll plan', () => {
  function looks(untilMs: number, plan = bounds): number[] {
    const ages: number[] = [];
    let age = 0;
    while (age < untilMs && ages.length < 1000) {
      age = planNextLook(prior, age, plan);
      ages.push(age);
    }
    return ages;
  }

  test('waits long for the first look and looks often while the video is likely', () => {
    const ages = looks(80_000);
    expect(ages[0]).toBeGreaterThan(12_000);
    const gaps = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(bounds.maxGapMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(bounds.minGapMs);
    expect(Math.min(...gaps)).toBeLessThan(4_000);
  });

  test('looks rarely at a late video, but never stops', () => {
    const ages = looks(30 * 60_000);
    const last = ages.slice(-2);
    expect((last[1] ?? 0) - (last[0] ?? 0)).toBeGreaterThanOrEqual(bounds.maxGapMs);
    expect((last[1] ?? 0) - (last[0] ?? 0)).toBeLessThanOrEqual(60_000);
  });

  test('is only a net when a webhook tells', () => {
    const withWebhook = looks(120_000, { ...bounds, hasWebhook: true });
    expect(withWebhook.length).toBeLessThan(looks(120_000).length / 2);
  });

  test('keeps to its bounds whatever they are', () => {
    for (const minGapMs of [100, 5_000, 60_000]) {
      for (const age of [0, 10, 39_000, 500_000]) {
        const next = planNextLook(prior, age, { minGapMs, maxGapMs: minGapMs, hasWebhook: false });
        expect(next - age).toBeGreaterThanOrEqual(minGapMs);
      }
    }
  });
});

describe('the honest clock', () => {
  test('never runs backwards and never claims more than 90 %', () => {
    let before = -1;
    for (let ageMs = 0; ageMs < 300_000; ageMs += 1_000) {
      const { percent } = progressAt(prior, ageMs);
      expect(percent).toBeGreaterThanOrEqual(before);
      expect(percent).toBeLessThanOrEqual(90);
      before = percent;
    }
  });

  test('tells the wait in the queue from the slots and the typical duration', () => {
    const one = expectedQueueMs(prior, 1, 5);
    expect(expectedQueueMs(prior, 10, 5)).toBeCloseTo(10 * one, 3);
    expect(expectedQueueMs(prior, 10, 10)).toBeCloseTo(5 * one, 3);
  });
});

describe('the estimate of a generation', () => {
  test("takes PixVerse's own figure where it fits between two looks", () => {
    expect(estimateGenerationMs(prior, 30_000, 35_000, 33_000)).toBe(33_000);
  });

  test('ignores a figure that cannot be true', () => {
    const estimate = estimateGenerationMs(prior, 30_000, 35_000, 3_600_000);
    expect(estimate).toBeGreaterThan(30_000);
    expect(estimate).toBeLessThan(35_000);
  });

  test('learns nothing from looks that are too far apart', () => {
    expect(estimateGenerationMs(prior, 30_000, 900_000, null)).toBeNull();
  });
});
