// The heart that holds the two cards together, in all the sizes it has in the course of a film.

import sharp from 'sharp';
import { CREAM, PLUM, type Size, gradientStops, svg, toPng } from './drawing.js';

/** The heart's sizes, one a frame: it grows past its size while the cards meet, then beats slowly for ever. */
const HEART_GROWTH = Array.from({ length: 30 }, (_, index) => {
  const part = index / 30;
  return part * part * (3 - 2 * part) + 0.2 * Math.sin(part * part * Math.PI);
});
const HEART_BEAT = Array.from(
  { length: 36 },
  (_, index) => 1 + 0.06 * Math.sin((index / 18) * Math.PI),
);
export const HEART_GROWTH_FRAMES = HEART_GROWTH.length;
export const HEART_BEAT_FRAMES = HEART_BEAT.length;

const HEART_SHAPE =
  'M0 34 C-48 2 -34 -34 -12 -30 C-5 -29 0 -23 0 -18 C0 -23 5 -29 12 -30 C34 -34 48 2 0 34 Z';
const ROSE = '#e2557b';

/** One heart of this size around the point given. */
export function heartAt(x: number, y: number, width: number): string {
  return (
    `<g transform="translate(${x} ${y}) scale(${width / 100})" stroke-linejoin="round" stroke-linecap="round">` +
    `<path d="${HEART_SHAPE}" transform="translate(0 4)" fill="none" stroke="${PLUM}" stroke-opacity="0.12" stroke-width="10"/>` +
    `<path d="${HEART_SHAPE}" transform="translate(0 2)" fill="none" stroke="${PLUM}" stroke-opacity="0.2" stroke-width="7"/>` +
    `<path d="${HEART_SHAPE}" fill="url(#h)" stroke="${CREAM}" stroke-width="5"/>` +
    '<path d="M-19 -17 C-23 -13 -24 -7 -22 -2" fill="none" stroke="#ffffff" stroke-opacity="0.75" stroke-width="4"/></g>'
  );
}

/** What `heartAt` needs once in its picture. */
export const HEART_COLORS =
  '<defs><linearGradient id="h" x1="0" y1="0" x2="0" y2="1">' +
  gradientStops([
    [0, '#ff7d9a', 1],
    [1, ROSE, 1],
  ]) +
  '</linearGradient></defs>';

/** All sizes of the heart below each other; the film shows one a frame. */
export function drawHeartStrip({ width, height }: Size): Promise<Buffer> {
  const sizes = [...HEART_GROWTH, ...HEART_BEAT];
  const hearts = sizes.map((size, index) =>
    heartAt(width / 2, height * (index + 0.5), size * width),
  );
  return toPng(
    sharp(svg({ width, height: height * sizes.length }, HEART_COLORS + hearts.join(''))),
  );
}
