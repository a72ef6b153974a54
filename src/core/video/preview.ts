// The picture on the card: both photos side by side, numbered. Digits are drawn as paths: a machine without fonts
// would print boxes.

import sharp from 'sharp';

const PANEL = { width: 480, height: 600 };
const GAP = 24;
const MARGIN = 24;
const RADIUS = 28;
const BADGE_RADIUS = 34;

export const PREVIEW_SIZE = {
  width: MARGIN * 2 + PANEL.width * 2 + GAP,
  height: MARGIN * 2 + PANEL.height,
};

/** The digits as strokes in a 24 × 32 box. */
const DIGIT_PATHS: Readonly<Record<1 | 2, string>> = {
  1: 'M5 8 L13 2 L13 30 M5 30 L21 30',
  2: 'M4 9 C4 -1 20 -1 20 9 C20 16 4 21 4 30 L21 30',
};

function badge(digit: 1 | 2, centerX: number, centerY: number): string {
  const scale = 1.05;
  return (
    `<circle cx="${centerX}" cy="${centerY}" r="${BADGE_RADIUS}" fill="#ffffff"/>` +
    `<circle cx="${centerX}" cy="${centerY}" r="${BADGE_RADIUS - 3}" fill="#e2557b"/>` +
    `<g transform="translate(${centerX - 12.5 * scale} ${centerY - 16 * scale}) scale(${scale})">` +
    `<path d="${DIGIT_PATHS[digit]}" fill="none" stroke="#ffffff" stroke-width="4.4" ` +
    'stroke-linecap="round" stroke-linejoin="round"/></g>'
  );
}

function background(): Buffer {
  const { width, height } = PREVIEW_SIZE;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">' +
      '<stop offset="0" stop-color="#fbd9d3"/><stop offset="1" stop-color="#d8c8f0"/>' +
      `</linearGradient></defs><rect width="${width}" height="${height}" fill="url(#g)"/></svg>`,
  );
}

/** Badges, and a heart where the two photos meet. */
function foreground(): Buffer {
  const { width, height } = PREVIEW_SIZE;
  const heartX = width / 2;
  const heartY = height / 2;
  const heart =
    `<g transform="translate(${heartX} ${heartY}) scale(1.9)">` +
    '<circle r="26" fill="#ffffff"/>' +
    '<path d="M0 15 C-22 0 -14 -15 -5 -13 C-2 -12 0 -9 0 -7 C0 -9 2 -12 5 -13 C14 -15 22 0 0 15 Z" fill="#e2557b"/></g>';
  const badgeY = MARGIN + BADGE_RADIUS + 14;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      badge(1, MARGIN + BADGE_RADIUS + 14, badgeY) +
      badge(2, MARGIN + PANEL.width + GAP + BADGE_RADIUS + 14, badgeY) +
      `${heart}</svg>`,
  );
}

function roundMask(): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PANEL.width}" height="${PANEL.height}">` +
      `<rect width="${PANEL.width}" height="${PANEL.height}" rx="${RADIUS}" fill="#ffffff"/></svg>`,
  );
}

function panel(photo: Buffer): Promise<Buffer> {
  return sharp(photo)
    .resize(PANEL.width, PANEL.height, { fit: 'cover', position: 'attention' })
    .ensureAlpha()
    .composite([{ input: roundMask(), blend: 'dest-in' }])
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/**
 * @param first ready photo 1 (see `preparePhoto`)
 * @param second ready photo 2
 * @returns JPEG of `PREVIEW_SIZE`
 */
export async function renderPreview(first: Buffer, second: Buffer): Promise<Buffer> {
  const [left, right] = await Promise.all([panel(first), panel(second)]);
  return sharp(background())
    .composite([
      { input: left, left: MARGIN, top: MARGIN },
      { input: right, left: MARGIN + PANEL.width + GAP, top: MARGIN },
      { input: foreground(), left: 0, top: 0 },
    ])
    .jpeg({ quality: 86 })
    .toBuffer();
}
