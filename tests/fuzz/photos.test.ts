// Files that call themselves photos: each one is made ready or refused with a reason that people are told, in bounded
// time and memory. FUZZ_SEED repeats or varies the run.

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { AppError } from '../../src/core/errors.js';
import { preparePhoto } from '../../src/core/video/photos.js';
import { loadTexts } from '../../src/texts/texts.js';
import { picture } from '../support/pictures.js';
import { type Chance, createChance, fuzzSeed } from './chance.js';

const FILES = 400;
const TIME_LIMIT_MS = 120_000;
const MAX_GROWTH_BYTES = 400 * 1024 * 1024;
const SEED = fuzzSeed();

const MAGIC: readonly Buffer[] = [
  Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
  Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
  Buffer.from('RIFF\xff\xff\xff\xffWEBPVP8X', 'latin1'),
  Buffer.from('GIF89a'),
  Buffer.from('%PDF-1.7'),
  Buffer.from('BM'),
  Buffer.from('II*\0', 'latin1'),
  Buffer.from('\0\0\0\x18ftypheic', 'latin1'),
  Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'),
];

function randomBytes(chance: Chance, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => chance.whole(0, 255)));
}

/** A few real files of each accepted format, and of formats that are not. */
async function createSeeds(): Promise<Buffer[]> {
  const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff'] as const;
  const plain = formats.map((format) => picture({ width: 320, height: 400, format }));
  const base = await picture({ width: 320, height: 400 });
  const special = [
    sharp(base)
      .withExif({ IFD0: { Copyright: '\u0000'.repeat(2_000) }, IFD3: { GPSLatitude: '99/0' } })
      .withMetadata({ orientation: 7 })
      .toBuffer(),
    sharp(base).jpeg({ progressive: true }).toBuffer(),
    sharp(base).toColourspace('cmyk').jpeg().toBuffer(),
    sharp(base).greyscale().png({ colours: 2, palette: true }).toBuffer(),
    sharp(base).ensureAlpha(0).webp({ lossless: true }).toBuffer(),
    sharp(base).toColourspace('rgb16').png().toBuffer(),
  ];
  return Promise.all([...plain, ...special]);
}

/** Says of a PNG that it is this large; the checksum of its header is made right again. */
function inflatePng(png: Buffer, side: number): Buffer {
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(side, 16);
  bomb.writeUInt32BE(side, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return bomb;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function flipBits(chance: Chance, bytes: Buffer, from = 0): Buffer {
  const copy = Buffer.from(bytes);
  for (let flips = chance.whole(1, 30); flips > 0; flips -= 1) {
    const at = chance.whole(Math.min(from, copy.length - 1), copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << chance.whole(0, 7));
  }
  return copy;
}

async function oddSize(chance: Chance): Promise<Buffer> {
  const sides = [1, 2, 16, 299, 300, 301, 749, 750, 751, 2_000];
  const format = chance.pick(['jpeg', 'png', 'webp'] as const);
  const whole = await picture({ width: chance.pick(sides), height: chance.pick(sides), format });
  if (chance.is(0.5)) return whole;
  const orientation = chance.whole(1, 8);
  return sharp(whole).withMetadata({ orientation }).toBuffer();
}

/** One file, and how it was made. */
async function createFile(chance: Chance, seeds: readonly Buffer[], pngs: readonly Buffer[]) {
  const seed = chance.pick(seeds);
  const ways: Record<string, () => Buffer | Promise<Buffer>> = {
    whole: () => seed,
    empty: () => Buffer.alloc(0),
    'cut off': () => seed.subarray(0, chance.whole(1, seed.length - 1)),
    'cut in front': () => seed.subarray(chance.whole(1, seed.length - 1)),
    'bits flipped': () => flipBits(chance, seed),
    'bits flipped behind the header': () => flipBits(chance, seed, 200),
    'wrong magic': () => Buffer.concat([chance.pick(MAGIC), seed.subarray(chance.whole(2, 16))]),
    'magic and noise': () =>
      Buffer.concat([chance.pick(MAGIC), randomBytes(chance, chance.whole(0, 4_000))]),
    noise: () => randomBytes(chance, chance.whole(1, 4_000)),
    'two in one': () => Buffer.concat([seed, chance.pick(seeds)]),
    'filled up': () => Buffer.concat([seed, Buffer.alloc(chance.whole(1, 100_000))]),
    'a hole inside': () => Buffer.from(seed).fill(0, seed.length >> 2, seed.length >> 1),
    bomb: () => inflatePng(chance.pick(pngs), chance.pick([6_000, 30_000, 2 ** 31 - 1, 0])),
    'odd size': () => oddSize(chance),
  };
  const how = chance.pick(Object.keys(ways));
  return { how, bytes: (await ways[how]?.()) ?? seed };
}

test(
  `${FILES} odd files are made ready or refused with a reason, and nothing is left of the rest`,
  async () => {
    const chance = createChance(SEED);
    const texts = loadTexts();
    const seeds = await createSeeds();
    const pngs = [await picture({ width: 320, height: 400, format: 'png' })];
    const outcomes = new Map<string, number>();
    const memoryBefore = process.memoryUsage().rss;
    for (let index = 0; index < FILES; index += 1) {
      const { how, bytes } = await createFile(chance, seeds, pngs);
      const about = `FUZZ_SEED=${SEED}, file ${index}: ${how}, ${bytes.length} bytes`;
      let outcome = 'ready';
      try {
        const ready = await preparePhoto(bytes);
        const { format, space, width, height, exif } = await sharp(ready.bytes).metadata();
        expect([format, space, width, height, exif], about).toEqual([
          'jpeg',
          'srgb',
          ready.width,
          ready.height,
          undefined,
        ]);
        expect(Math.max(width, height), about).toBeLessThanOrEqual(1_920);
        expect(Math.min(width, height), about).toBeGreaterThanOrEqual(300);
      } catch (error) {
        if (!(error instanceof AppError)) throw new Error(about, { cause: error });
        outcome = error.reason ?? 'no reason';
        const sentence = texts.t('en', `photo-rejected-${outcome}` as 'photo-rejected-broken');
        expect(sentence, about).toMatch(/\w{3,} \w+/);
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(MAX_GROWTH_BYTES);
    const expected = ['ready', 'broken', 'empty', 'not_a_picture', 'too_many_pixels', 'too_small'];
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(expected));
  },
  TIME_LIMIT_MS,
);
