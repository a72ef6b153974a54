// Photos of people: checked by their bytes, turned upright, stripped, scaled for PixVerse; and both side by side.

import pLimit from 'p-limit';
import sharp from 'sharp';
import { AppError } from '../errors.js';

/** PixVerse's own limit of an upload, and ours for what a person may send. */
export const MAX_PHOTO_BYTES = 20 * 1024 * 1024;
/** More is refused before it is decoded: a small file can unpack to gigabytes. */
const MAX_PIXELS = 25_000_000;
const MIN_SHORT_SIDE = 300;
const MAX_RATIO = 2.5;
/** PixVerse's own client shrinks to this before it uploads. */
const MAX_LONG_SIDE = 1920;
const JPEG_QUALITY = 90;

/** Why a photo was refused; each has its own sentence (`photo-rejected-…` in texts/). */
export type PhotoFault =
  | 'empty'
  | 'too_large'
  | 'too_many_pixels'
  | 'too_small'
  | 'too_narrow'
  | 'heic'
  | 'gif'
  | 'video'
  | 'pdf'
  | 'other_picture'
  | 'not_a_picture'
  | 'broken';

/** A photo as PixVerse takes it: JPEG, sRGB, upright, no metadata. */
export interface ReadyPhoto {
  bytes: Buffer;
  width: number;
  height: number;
}

/** Decoding is memory-hungry: a 12-megapixel photo needs over 100 MB for a moment. */
const decoding = pLimit(2);

function ascii(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** What a file that is no JPG, PNG or WebP is, by its first bytes. */
function nameFault(bytes: Buffer): PhotoFault {
  const start = ascii(bytes, 0, 6);
  if (start.startsWith('%PDF')) return 'pdf';
  if (start === 'GIF87a' || start === 'GIF89a') return 'gif';
  if (ascii(bytes, 4, 8) === 'ftyp') {
    return /^(heic|heix|hevc|hevx|heim|heis|mif1|msf1|avif|avis)/.test(ascii(bytes, 8, 12))
      ? 'heic'
      : 'video';
  }
  if (bytes.readUInt32BE(0) === 0x1a45dfa3) return 'video';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'AVI ') return 'video';
  if (start.startsWith('BM') || start.startsWith('II*\0') || start.startsWith('MM\0*')) {
    return 'other_picture';
  }
  return 'not_a_picture';
}

function isAcceptedFormat(bytes: Buffer): boolean {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  const isPng = ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n';
  const isWebp = ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP';
  return isJpeg || isPng || isWebp;
}

function reject(fault: PhotoFault): never {
  throw new AppError('photo_rejected', fault);
}

function checkSize(width: number, height: number): void {
  if (width * height > MAX_PIXELS) reject('too_many_pixels');
  const [shortSide, longSide] = [Math.min(width, height), Math.max(width, height)];
  if (shortSide < MIN_SHORT_SIDE) reject('too_small');
  if (longSide / shortSide > MAX_RATIO) reject('too_narrow');
}

async function convert(bytes: Buffer): Promise<ReadyPhoto> {
  const options = { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 } as const;
  let size: { width: number; height: number };
  try {
    // Reads the header only, so that a picture that is far too large is told apart from a broken one.
    size = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
  } catch {
    reject('broken');
  }
  checkSize(size.width, size.height);
  try {
    const { data, info } = await sharp(bytes, options)
      .autoOrient()
      .resize(MAX_LONG_SIDE, MAX_LONG_SIDE, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.height };
  } catch {
    reject('broken');
  }
}

/**
 * Checks a photo and makes it ready: upright, without any metadata, sRGB JPEG, long side at most 1920.
 *
 * @param bytes the file as it was sent
 * @throws AppError `photo_rejected` with a PhotoFault as reason
 */
export async function preparePhoto(bytes: Buffer): Promise<ReadyPhoto> {
  if (bytes.length === 0) reject('empty');
  if (bytes.length > MAX_PHOTO_BYTES) reject('too_large');
  if (bytes.length < 16) reject('not_a_picture');
  if (!isAcceptedFormat(bytes)) reject(nameFault(bytes));
  return decoding(() => convert(bytes));
}

/** A narrower crop of a photo would cut into the face. */
const MIN_HALF_RATIO = 9 / 16;
/** Of the room above and below the people, the part above: clothes go on below more easily than air above. */
const ROOM_ABOVE = 0.35;
const ROOM_BLUR = 12;

/** The composite's size in pixels: 1080 on the short side, but no more on the long one than PixVerse's client sends. */
function compositeSize(aspectRatio: string): { width: number; height: number } {
  const [across = 9, down = 16] = aspectRatio.split(':').map(Number);
  const scale = Math.min(1080 / Math.min(across, down), MAX_LONG_SIDE / Math.max(across, down));
  const even = (length: number) => Math.round((length * scale) / 2) * 2;
  return { width: even(across), height: even(down) };
}

/** One person, face and shoulders; the edges of the photo go on, softly, to the top and the bottom of the picture. */
async function renderHalf(photo: Buffer, width: number, height: number): Promise<Buffer> {
  const panelHeight = Math.min(height, Math.round(width / MIN_HALF_RATIO));
  const panel = await sharp(photo)
    .resize(width, panelHeight, { fit: 'cover', position: 'attention' })
    .toBuffer();
  const room = height - panelHeight;
  if (room === 0) return panel;
  const top = Math.round(room * ROOM_ABOVE);
  const extended = await sharp(panel)
    .extend({ top, bottom: room - top, extendWith: 'copy' })
    .toBuffer();
  return sharp(extended)
    .blur(ROOM_BLUR)
    .composite([{ input: panel, left: 0, top }])
    .toBuffer();
}

/**
 * Both people side by side in one picture, halves touching, for image-to-video, where the picture decides the shape.
 * @param aspectRatio of the video, for example `9:16`
 * @returns JPEG
 */
export function renderComposite(
  first: Buffer,
  second: Buffer,
  aspectRatio: string,
): Promise<Buffer> {
  return decoding(async () => {
    const { width, height } = compositeSize(aspectRatio);
    const half = width / 2;
    const halves = await Promise.all(
      [first, second].map((bytes) => renderHalf(bytes, half, height)),
    );
    return sharp({ create: { width, height, channels: 3, background: '#000000' } })
      .composite(halves.map((input, index) => ({ input, left: index * half, top: 0 })))
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
  });
}
