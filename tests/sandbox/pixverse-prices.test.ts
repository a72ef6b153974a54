// What the stand-in of PixVerse asks for a video, and how large it makes it.

import { describe, expect, it } from 'vitest';
import { frameSize, priceOf, ratioOf } from '../../src/sandbox/pixverse/prices.js';

describe('prices', () => {
  it.each([
    ['v6', '720p', 5, false, 45],
    ['v6', '1080p', 5, true, 115],
    ['v6', '360p', 15, false, 75],
    ['c1', '1080p', 5, false, 95],
    ['v5.6', '1080p', 5, false, 75],
    ['v5.6', '720p', 5, true, 80],
    ['v5.5', '720p', 10, false, 132],
    ['v5', '1080p', 8, false, 240],
    ['v4', '1080p', 8, false, null],
  ] as const)('%s %s %i s with audio %s costs %s', (model, quality, seconds, hasAudio, credits) => {
    const order = { model, quality, seconds, hasAudio, isMultiClip: false, isFast: false };
    expect(priceOf(order)).toBe(credits);
  });
});

describe('sizes', () => {
  it.each([
    ['1080p', '9:16', 1080, 1920],
    ['720p', '9:16', 720, 1280],
    ['1080p', '16:9', 1920, 1080],
    ['720p', '1:1', 720, 720],
    ['540p', '3:4', 540, 720],
    ['540p', '2:3', 540, 810],
    ['360p', '21:9', 840, 360],
  ] as const)('%s at %s is %i by %i', (quality, aspectRatio, width, height) => {
    expect(frameSize(quality, ratioOf(aspectRatio))).toEqual({ width, height });
  });

  it('keeps both sides even and the picture no wider than 21:9', () => {
    expect(frameSize('720p', 1440 / 1280)).toEqual({ width: 810, height: 720 });
    expect(frameSize('720p', 1001 / 997)).toEqual({ width: 722, height: 720 });
    expect(frameSize('360p', 5)).toEqual({ width: 840, height: 360 });
  });
});
