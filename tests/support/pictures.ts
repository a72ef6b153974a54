// Pictures for tests, drawn on the spot.

import sharp from 'sharp';

export interface PictureOptions {
  width?: number;
  height?: number;
  color?: string;
  format?: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff';
}

/** A plain picture with a darker disc, so that two colours tell two people apart. */
export function picture(options: PictureOptions = {}): Promise<Buffer> {
  const { width = 480, height = 600, color = '#d08a70', format = 'jpeg' } = options;
  const disc = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="100%" height="100%" fill="${color}"/>` +
      `<circle cx="50%" cy="40%" r="${Math.min(width, height) / 5}" fill="#222222"/></svg>`,
  );
  return sharp(disc).toFormat(format).toBuffer();
}
