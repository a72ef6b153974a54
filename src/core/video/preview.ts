// The picture on the card: both photos side by side, numbered. Digits are drawn as paths: a machine without fonts
// would print boxes.

import sharp from 'sharp';

const PANEL = { width: 480, height: 600 };
const GAP = 24;
const MARGIN = 24;
const RADIUS = 28;
const BADGE_RADIUS = 34;

const PANEL_LEFTS = { first: MARGIN, second: MARGIN + PANEL.width + GAP } as const;

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

/** A rectangle with round corners as a path. */
function roundedHole(left: number, top: number): string {
  const { width, height } = PANEL;
  const arc = (dx: number, dy: number) => `a${RADIUS} ${RADIUS} 0 0 1 ${dx} ${dy}`;
  const [across, down] = [width - 2 * RADIUS, height - 2 * RADIUS];
  return (
    `M${left + RADIUS} ${top}h${across}${arc(RADIUS, RADIUS)}v${down}${arc(-RADIUS, RADIUS)}` +
    `h${-across}${arc(-RADIUS, -RADIUS)}v${-down}${arc(RADIUS, -RADIUS)}z`
  );
}

/** Everything but the photos: a frame with two holes for them, badges, and a heart where they meet. */
function frame(): Buffer {
  const { width, height } = PREVIEW_SIZE;
  const rightLeft = PANEL_LEFTS.second;
  const holes = roundedHole(MARGIN, MARGIN) + roundedHole(rightLeft, MARGIN);
  const heart =
    `<g transform="translate(${width / 2} ${height / 2}) scale(1.9)">` +
    '<circle r="26" fill="#ffffff"/>' +
    '<path d="M0 15 C-22 0 -14 -15 -5 -13 C-2 -12 0 -9 0 -7 C0 -9 2 -12 5 -13 C14 -15 22 0 0 15 Z" fill="#e2557b"/></g>';
  const badgeY = MARGIN + BADGE_RADIUS + 14;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">' +
      '<stop offset="0" stop-color="#fbd9d3"/><stop offset="1" stop-color="#d8c8f0"/>' +
      `</linearGradient></defs><path d="M0 0h${width}v${height}h${-width}z${holes}" ` +
      'fill="url(#g)" fill-rule="evenodd"/>' +
      badge(1, MARGIN + BADGE_RADIUS + 14, badgeY) +
      badge(2, rightLeft + BADGE_RADIUS + 14, badgeY) +
      `${heart}</svg>`,
  );
}

interface Frame {
  /** Without its holes: the photos fill them. */
  rgb: Buffer;
  rgba: Buffer;
  /** Where something of the frame lies over a photo: round corners, badges and the heart. */
  overPhotos: Int32Array;
}

/** Pixels of the panels that are not clear. */
function findOverPhotos(rgba: Buffer): Int32Array {
  const found: number[] = [];
  for (const left of Object.values(PANEL_LEFTS)) {
    for (let y = MARGIN; y < MARGIN + PANEL.height; y += 1) {
      const start = y * PREVIEW_SIZE.width + left;
      for (let pixel = start; pixel < start + PANEL.width; pixel += 1) {
        if (rgba[pixel * 4 + 3] !== 0) found.push(pixel);
      }
    }
  }
  return Int32Array.from(found);
}

async function renderFrame(): Promise<Frame> {
  const rgba = await sharp(frame()).ensureAlpha().raw().toBuffer();
  const raw = { ...PREVIEW_SIZE, channels: 4 } as const;
  const rgb = await sharp(rgba, { raw }).removeAlpha().raw().toBuffer();
  return { rgb, rgba, overPhotos: findOverPhotos(rgba) };
}

/** Drawn once: it is the same on every card, and drawing it costs more than all the rest. */
let drawnFrame: Promise<Frame> | null = null;

function drawFrame(): Promise<Frame> {
  drawnFrame ??= renderFrame();
  return drawnFrame;
}

/** Up to this share of a photo is cut off in the middle; of more, what catches the eye is looked for and kept. */
const PLAIN_CUT = 0.1;

async function panel(photo: Buffer): Promise<Buffer> {
  const image = sharp(photo);
  const { width, height } = await image.metadata();
  const shapes = [width / height, PANEL.width / PANEL.height];
  const isCutMuch = Math.min(...shapes) / Math.max(...shapes) < 1 - PLAIN_CUT;
  return image
    .resize(PANEL.width, PANEL.height, {
      fit: 'cover',
      position: isCutMuch ? 'attention' : 'centre',
    })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

/** Copies a panel into the picture, row by row. */
function place(picture: Buffer, panelPixels: Buffer, left: number): void {
  const rowBytes = PANEL.width * 3;
  for (let row = 0; row < PANEL.height; row += 1) {
    const target = ((MARGIN + row) * PREVIEW_SIZE.width + left) * 3;
    panelPixels.copy(picture, target, row * rowBytes, (row + 1) * rowBytes);
  }
}

/** Lays what the frame has over the photos on them. */
function layOver(picture: Buffer, { rgba, overPhotos }: Frame): void {
  for (const pixel of overPhotos) {
    const alpha = (rgba[pixel * 4 + 3] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      const below = picture[pixel * 3 + channel] ?? 0;
      picture[pixel * 3 + channel] = below + ((rgba[pixel * 4 + channel] ?? 0) - below) * alpha;
    }
  }
}

/**
 * Put together by hand: a general composition blends every pixel, of which all but a few thousand are simply copied,
 * and takes twice as long.
 *
 * @param first ready photo 1 (see `preparePhoto`)
 * @param second ready photo 2
 * @returns JPEG of `PREVIEW_SIZE`
 */
export async function renderPreview(first: Buffer, second: Buffer): Promise<Buffer> {
  const [left, right, drawn] = await Promise.all([panel(first), panel(second), drawFrame()]);
  const picture = Buffer.from(drawn.rgb);
  place(picture, left, PANEL_LEFTS.first);
  place(picture, right, PANEL_LEFTS.second);
  layOver(picture, drawn);
  return sharp(picture, { raw: { ...PREVIEW_SIZE, channels: 3 } })
    .jpeg({ quality: 86 })
    .toBuffer();
}
