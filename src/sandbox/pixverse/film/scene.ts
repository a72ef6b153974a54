// The still parts of a film, drawn once before it is encoded: the place, the two people's cards, the heart, a light.
// All of it is paths and gradients: a machine without fonts draws the same pictures.

import sharp from 'sharp';
import { CREAM, PLUM, type Size, gradientStops, svg, toPng } from './drawing.js';
import { HEART_COLORS, drawHeartStrip, heartAt } from './heart.js';

/** How large things are, in pixels of the frame. */
export interface Layout {
  frame: Size;
  /** The photo on a card, without edge and shadow. */
  photo: Size;
  edge: number;
  /** A card with the room that its shadow and its leaning need; the height is a multiple of four. */
  card: Size;
  backdrop: Size;
  /** One heart of the strip. */
  heart: Size;
  light: Size;
  /** One thousandth of the frame's short side. */
  unit: number;
}

/** Whom a film shows, as picture files of any kind that sharp reads. */
export interface Cast {
  left: Buffer;
  right: Buffer;
  /** The picture of the place; without one it is made of both people's photos. */
  place: Buffer | null;
}

/** PNG files. */
export interface Parts {
  backdrop: Buffer;
  left: Buffer;
  right: Buffer;
  heart: Buffer;
  light: Buffer;
}

/** Height of a photo on a card by its width. */
const PHOTO_RATIO = 1.5;
/** The backdrop is larger than the frame by this factor, so that it can drift. */
const BACKDROP_SCALE = 1.1;
/** The backdrop is blurred at this share of its size: the same look for a fraction of the work. */
const BLUR_SHARE = 1 / 12;

function toMultiple(value: number, unit: number): number {
  return Math.max(unit, Math.round(value / unit) * unit);
}

export function layOut(frame: Size): Layout {
  const unit = Math.min(frame.width, frame.height) / 1000;
  const photoWidth = Math.min(frame.width * 0.49, (frame.height * 0.7) / PHOTO_RATIO);
  const photo = {
    width: toMultiple(photoWidth, 2),
    height: toMultiple(photoWidth * PHOTO_RATIO, 4),
  };
  const edge = toMultiple(photoWidth * 0.024, 2);
  const room = toMultiple(photoWidth * 0.16, 4);
  const around = (size: Size, factor: number): Size => ({
    width: toMultiple(size.width * factor, 2),
    height: toMultiple(size.height * factor, 2),
  });
  const square = (side: number): Size => ({
    width: toMultiple(side, 2),
    height: toMultiple(side, 2),
  });
  return {
    frame,
    photo,
    edge,
    card: {
      width: photo.width + 2 * (edge + room),
      height: photo.height + 2 * (edge + room),
    },
    backdrop: around(frame, BACKDROP_SCALE),
    heart: square(photoWidth * 0.5),
    light: square(110 * unit),
    unit,
  };
}

/** A tall photo is cut at its lower end, where no face is; a wide one at its sides, around what catches the eye. */
async function cropPosition(photo: Buffer, size: Size): Promise<'attention' | 'north'> {
  const { autoOrient } = await sharp(photo).metadata();
  const isTall = autoOrient.height / autoOrient.width > size.height / size.width;
  return isTall ? 'north' : 'attention';
}

/** A photo cut to the card, in slightly warmer light, with round corners. */
async function cutPhoto(photo: Buffer, size: Size, radius: number): Promise<Buffer> {
  const cover = '<rect width="100%" height="100%"';
  const warmth =
    '<defs><linearGradient id="w" x1="0" y1="0" x2="0" y2="1">' +
    gradientStops([
      [0, '#ffd9b0', 0.28],
      [0.6, '#ffb58a', 0.1],
      [1, '#7a2f4a', 0.35],
    ]) +
    `</linearGradient></defs>${cover} fill="url(#w)"/>`;
  const cut = await toPng(
    sharp(photo)
      .autoOrient()
      .resize(size.width, size.height, {
        fit: 'cover',
        position: await cropPosition(photo, size),
      })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .composite([{ input: svg(size, warmth), blend: 'soft-light' }]),
  );
  const corners = svg(size, `${cover} rx="${radius}" fill="#ffffff"/>`);
  return toPng(
    sharp(cut)
      .ensureAlpha()
      .composite([{ input: corners, blend: 'dest-in' }]),
  );
}

/** A photo on a cream card that throws a soft shadow. The faint rim keeps a turned edge free of dark pixels. */
async function drawCard(photo: Buffer, layout: Layout): Promise<Buffer> {
  const { card, edge } = layout;
  const radius = Math.round(layout.photo.width * 0.09);
  const left = (card.width - layout.photo.width) / 2;
  const top = (card.height - layout.photo.height) / 2;
  const blur = layout.photo.width * 0.04;
  const paper =
    '<defs><filter id="s" x="-30%" y="-30%" width="160%" height="160%">' +
    `<feGaussianBlur stdDeviation="${blur}"/></filter></defs>` +
    `<rect x="${left}" y="${top + edge * 1.6}" width="${layout.photo.width}" height="${layout.photo.height + edge}" ` +
    `rx="${radius}" fill="${PLUM}" fill-opacity="0.5" filter="url(#s)"/>` +
    `<rect x="${left - edge}" y="${top - edge}" width="${layout.photo.width + 2 * edge}" ` +
    `height="${layout.photo.height + 2 * edge}" rx="${radius + edge}" fill="${CREAM}" ` +
    `stroke="${CREAM}" stroke-opacity="0.2" stroke-width="${edge * 0.6}"/>`;
  const input = await cutPhoto(photo, layout.photo, radius);
  return toPng(sharp(svg(card, paper)).composite([{ input, left, top }]));
}

/** The warm light that lies over any backdrop: a sunset, a glow in the middle, darker corners. */
function warmLight(size: Size): Buffer {
  return svg(
    size,
    '<defs><linearGradient id="a" x1="0" y1="0" x2="0.35" y2="1">' +
      gradientStops([
        [0, '#ffd7a8', 0.62],
        [0.5, '#f59a8b', 0.62],
        [1, '#8d3f73', 0.62],
      ]) +
      '</linearGradient><radialGradient id="g" cx="0.5" cy="0.5" r="0.5">' +
      gradientStops([
        [0, '#fff4e0', 0.95],
        [0.55, '#ffdcb0', 0.42],
        [1, '#ffd0a0', 0],
      ]) +
      '</radialGradient><radialGradient id="v" cx="0.5" cy="0.5" r="0.75">' +
      gradientStops([
        [0.55, '#2b0d22', 0],
        [1, '#2b0d22', 0.55],
      ]) +
      '</radialGradient></defs>' +
      ['a', 'g', 'v'].map((id) => `<rect width="100%" height="100%" fill="url(#${id})"/>`).join(''),
  );
}

/** The photos melted into one warm, blurred place. */
async function drawBackdrop(photos: readonly Buffer[], size: Size): Promise<Buffer> {
  const small = {
    width: toMultiple(size.width * BLUR_SHARE, 2),
    height: toMultiple(size.height * BLUR_SHARE, 2),
  };
  const width = Math.ceil(small.width / photos.length);
  const shares = await Promise.all(
    photos.map((photo) =>
      toPng(
        sharp(photo)
          .autoOrient()
          .resize(width, small.height, { fit: 'cover' })
          .flatten({ background: '#ffffff' })
          .toColourspace('srgb'),
      ),
    ),
  );
  const joined = await toPng(
    sharp({ create: { ...small, channels: 3, background: '#f3b08c' } }).composite(
      shares.map((input, index) => ({ input, left: index * (small.width - width), top: 0 })),
    ),
  );
  const soft = await toPng(
    sharp(joined)
      .blur(small.width * 0.11)
      .modulate({ saturation: 1.2 }),
  );
  return toPng(
    sharp(soft)
      .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
      .composite([{ input: warmLight(size) }]),
  );
}

/** A soft point of light, out of focus. */
function drawLight(size: Size): Promise<Buffer> {
  const content =
    '<defs><radialGradient id="b">' +
    gradientStops([
      [0, '#fff4dc', 0.26],
      [0.78, '#ffe9c4', 0.34],
      [0.9, '#ffe9c4', 0.12],
      [1, '#ffe9c4', 0],
    ]) +
    '</radialGradient></defs><rect width="100%" height="100%" fill="url(#b)"/>';
  return toPng(sharp(svg(size, content)));
}

export async function drawParts(cast: Cast, layout: Layout): Promise<Parts> {
  const photos = cast.place === null ? [cast.left, cast.right] : [cast.place];
  const [backdrop, left, right, heart, light] = await Promise.all([
    drawBackdrop(photos, layout.backdrop),
    drawCard(cast.left, layout),
    drawCard(cast.right, layout),
    drawHeartStrip(layout.heart),
    drawLight(layout.light),
  ]);
  return { backdrop, left, right, heart, light };
}

/** The one picture of a sample film: a heart in warm light. */
export function drawSampleStill(frame: Size): Promise<Buffer> {
  const heart = heartAt(
    frame.width / 2,
    frame.height / 2,
    Math.min(frame.width, frame.height) * 0.5,
  );
  return toPng(
    sharp({ create: { ...frame, channels: 3, background: '#f3b08c' } }).composite([
      { input: warmLight(frame) },
      { input: svg(frame, HEART_COLORS + heart) },
    ]),
  );
}
