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

/** Size of one half of the composite that is set in motion when Fusion is not to be had; 9:16 together with its twin. */
const COMPOSITE_HALF = { width: 720, height: 1280 };

/**
 * Both people in one picture, halves touching, for image-to-video.
 * @returns JPEG, 1440 × 1280
 */
export function renderComposite(first: Buffer, second: Buffer): Promise<Buffer> {
  return decoding(async () => {
    const halves = await Promise.all(
      [first, second].map((bytes) =>
        sharp(bytes)
          .resize(COMPOSITE_HALF.width, COMPOSITE_HALF.height, {
            fit: 'cover',
            position: 'attention',
          })
          .toBuffer(),
      ),
    );
    const { width, height } = COMPOSITE_HALF;
    return sharp({ create: { width: width * 2, height, channels: 3, background: '#000000' } })
      .composite(halves.map((input, index) => ({ input, left: index * width, top: 0 })))
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
  });
}
