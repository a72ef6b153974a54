// Who is on the left and who on the right of a film, whatever pictures were ordered.

import sharp from 'sharp';
import type { Cast } from './scene.js';

/** A single picture at least this wide by its height shows two people side by side. */
const MIN_COMPOSITE_RATIO = 0.9;

async function halve(picture: Buffer): Promise<readonly [Buffer, Buffer] | null> {
  const upright = await sharp(picture).autoOrient().png({ compressionLevel: 1 }).toBuffer();
  const { width, height } = await sharp(upright).metadata();
  if (width / height < MIN_COMPOSITE_RATIO) return null;
  const half = Math.floor(width / 2);
  const cut = (left: number): Promise<Buffer> =>
    sharp(upright)
      .extract({ left, top: 0, width: half, height })
      .png({ compressionLevel: 1 })
      .toBuffer();
  return Promise.all([cut(0), cut(width - half)]);
}

/**
 * @param people pictures of people; of one alone that is wide enough, the halves are two people
 * @param place the picture of the place, which stands in when there is nobody
 */
export async function castOf(people: readonly Buffer[], place: Buffer | null): Promise<Cast> {
  const [first, second] = people;
  if (first !== undefined && second !== undefined) return { left: first, right: second, place };
  const only = first ?? place;
  if (only === null) throw new Error('a film needs a picture');
  const [left, right] = (await halve(only)) ?? [only, only];
  return { left, right, place };
}
