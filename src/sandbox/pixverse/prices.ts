// What a video costs in PixVerse credits, by model, quality, length and sound; and the sizes of the qualities. Pure.

import type { Size } from './film/drawing.js';

export const QUALITIES = ['360p', '540p', '720p', '1080p'] as const;
export type Quality = (typeof QUALITIES)[number];

export const MODELS = ['v3.5', 'v4', 'v4.5', 'v5', 'v5.5', 'v5.6', 'v6', 'c1'] as const;
export type Model = (typeof MODELS)[number];

/** What the price depends on. */
export interface PricedOrder {
  model: Model;
  quality: Quality;
  seconds: number;
  hasAudio: boolean;
  isMultiClip: boolean;
  isFast: boolean;
}

type ByQuality<Row> = Readonly<Record<Quality, Row>>;
/** Prices in the order of the columns the model has. */
type ByLength = Readonly<Partial<Record<number, readonly number[]>>>;

/** Credits a second: silent, with audio. */
const PER_SECOND: Readonly<Record<'v6' | 'c1', ByQuality<readonly number[]>>> = {
  v6: { '360p': [5, 7], '540p': [7, 9], '720p': [9, 12], '1080p': [18, 23] },
  c1: { '360p': [6, 8], '540p': [8, 10], '720p': [10, 13], '1080p': [19, 24] },
};

const V5_5_SMALL: ByLength = {
  5: [45, 55, 75, 85],
  8: [90, 100, 120, 130],
  10: [99, 109, 129, 139],
};
const V4_NORMAL: ByQuality<ByLength> = {
  '360p': { 5: [45], 8: [90] },
  '540p': { 5: [45], 8: [90] },
  '720p': { 5: [60], 8: [120] },
  '1080p': { 5: [120] },
};

/** Credits a video. v5.6: silent, audio. v5.5: silent, audio, several clips, both. The others: silent. */
const PER_VIDEO: Readonly<Record<Exclude<Model, 'v6' | 'c1'>, ByQuality<ByLength>>> = {
  'v5.6': {
    '360p': { 5: [35, 80], 8: [70, 115], 10: [77, 122] },
    '540p': { 5: [35, 90], 8: [70, 115], 10: [77, 122] },
    '720p': { 5: [45, 80], 8: [90, 135], 10: [99, 144] },
    '1080p': { 5: [75, 150], 8: [150, 195] },
  },
  'v5.5': {
    '360p': V5_5_SMALL,
    '540p': V5_5_SMALL,
    '720p': { 5: [60, 70, 90, 100], 8: [120, 130, 150, 160], 10: [132, 142, 162, 172] },
    '1080p': { 5: [120, 130, 150, 160], 8: [240, 250, 270, 280] },
  },
  v5: {
    '360p': { 5: [45], 8: [90] },
    '540p': { 5: [45], 8: [90] },
    '720p': { 5: [60], 8: [120] },
    '1080p': { 5: [120], 8: [240] },
  },
  'v4.5': V4_NORMAL,
  v4: V4_NORMAL,
  'v3.5': V4_NORMAL,
};

/** Fast motion costs twice the normal price. */
const FAST_FACTOR = 2;

/** @returns credits, or null for a combination that is not sold */
export function priceOf(order: PricedOrder): number | null {
  const { model, quality, seconds } = order;
  const column = (order.hasAudio ? 1 : 0) + (order.isMultiClip ? 2 : 0);
  if (model === 'v6' || model === 'c1') {
    const perSecond = PER_SECOND[model][quality][column % 2];
    return perSecond === undefined ? null : perSecond * seconds;
  }
  const price = PER_VIDEO[model][quality][seconds]?.[column];
  if (price === undefined) return null;
  return order.isFast ? price * FAST_FACTOR : price;
}

/** The narrowest and the widest picture that is made. */
const WIDEST = 21 / 9;

function toEven(value: number): number {
  return Math.round(value / 2) * 2;
}

/**
 * The size of a video: the quality is its short side, and both sides are even.
 *
 * @param ratio width by height
 */
export function frameSize(quality: Quality, ratio: number): Size {
  const shortSide = Number.parseInt(quality, 10);
  const shape = Math.min(WIDEST, Math.max(1 / WIDEST, ratio));
  const longSide = toEven(shortSide * Math.max(shape, 1 / shape));
  return shape >= 1
    ? { width: longSide, height: shortSide }
    : { width: shortSide, height: longSide };
}

/** @param aspectRatio such as `9:16` */
export function ratioOf(aspectRatio: string): number {
  const [width, height] = aspectRatio.split(':').map(Number);
  if (width === undefined || height === undefined) throw new Error(`no ratio: ${aspectRatio}`);
  return width / height;
}
