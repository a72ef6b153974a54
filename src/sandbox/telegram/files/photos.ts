// Pictures as Telegram remakes them: upright JPEGs without metadata, in a few fixed sizes.

import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { badRequest } from '../errors.js';

const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
const MAX_SIDES_SUM = 10_000;
const MAX_RATIO = 20;
/** Longest sides of the smaller copies. */
const SMALL_SIDES = [90, 320, 800];
/** What apps send unless a person asks for more. */
export const USUAL_SIDE = 1280;
const THUMBNAIL = { bytes: 200 * 1000, side: 320 };

export interface Picture {
  bytes: Buffer;
  width: number;
  height: number;
}

async function scale(bytes: Buffer, side: number): Promise<Picture> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 87 })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

async function measure(bytes: Buffer): Promise<{ width: number; height: number }> {
  try {
    return await sharp(bytes).metadata();
  } catch {
    throw badRequest('IMAGE_PROCESS_FAILED');
  }
}

/** @throws TelegramError 400 for what a bot may not send as a photo */
export async function refuseOversized(bytes: Buffer): Promise<void> {
  if (bytes.length > MAX_PHOTO_BYTES) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; ` +
        `the maximum size is ${MAX_PHOTO_BYTES} bytes`,
    );
  }
  const { width, height } = await measure(bytes);
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width + height > MAX_SIDES_SUM || ratio > MAX_RATIO) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS');
  }
}

/** The same picture is often sent again: a card that moves to the end of its chat, a photo of a test. */
const KEPT_PHOTOS = 64;
const remade = new Map<string, Promise<Picture[]>>();

/**
 * The sizes of a photo, smallest first.
 *
 * @param maxSide longest side of the largest copy
 * @throws TelegramError 400 when it is no picture
 */
export function makeSizes(bytes: Buffer, maxSide: number): Promise<Picture[]> {
  const key = `${maxSide} ${createHash('sha256').update(bytes).digest('base64')}`;
  const known = remade.get(key);
  if (known !== undefined) return known;
  const made = remake(bytes, maxSide);
  remade.set(key, made);
  const [oldest] = remade.keys();
  if (remade.size > KEPT_PHOTOS && oldest !== undefined) remade.delete(oldest);
  return made;
}

async function remake(bytes: Buffer, maxSide: number): Promise<Picture[]> {
  const { width, height } = await measure(bytes);
  const largest = Math.min(Math.max(width, height), maxSide);
  const sides = [...SMALL_SIDES.filter((side) => side < largest), largest];
  try {
    return await Promise.all(sides.map((side) => scale(bytes, side)));
  } catch {
    throw badRequest('IMAGE_PROCESS_FAILED');
  }
}

/** A preview of a file, or null for what cannot be shown. */
export async function makePreview(bytes: Buffer): Promise<Picture | null> {
  return scale(bytes, THUMBNAIL.side).catch(() => null);
}

/** Reads an uploaded thumbnail. Answers with a reason when Telegram would ignore it. */
export async function readThumbnail(bytes: Buffer): Promise<Picture | string> {
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => null);
  if (metadata?.format !== 'jpeg') return 'it is no JPEG';
  if (bytes.length >= THUMBNAIL.bytes) return `it has ${bytes.length} bytes, 200 kB or more`;
  const { width, height } = metadata;
  if (Math.max(width, height) > THUMBNAIL.side) return `${width} × ${height} is above 320 pixels`;
  return { bytes, width, height };
}
