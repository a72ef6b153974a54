// The brush: sizes, the colours all pictures share, SVG and PNG.

import type { Sharp } from 'sharp';

export interface Size {
  width: number;
  height: number;
}

export const CREAM = '#fff8f1';
export const PLUM = '#3a1420';

export function svg(size: Size, content: string): Buffer {
  const { width, height } = size;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`,
  );
}

/** Quick to write and to read; none of these files lives for more than seconds. */
export function toPng(picture: Sharp): Promise<Buffer> {
  return picture.png({ compressionLevel: 1 }).toBuffer();
}

/** @param stops place from 0 to 1, colour, opacity */
export function gradientStops(stops: readonly (readonly [number, string, number])[]): string {
  return stops
    .map(
      ([at, color, opacity]) =>
        `<stop offset="${at}" stop-color="${color}" stop-opacity="${opacity}"/>`,
    )
    .join('');
}
