import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/errors.js';
import { preparePhoto, renderComposite } from '../../src/core/video/photos.js';
import { PREVIEW_SIZE, renderPreview } from '../../src/core/video/preview.js';
import { picture } from '../support/pictures.js';

async function faultOf(bytes: Buffer): Promise<string | undefined> {
  try {
    await preparePhoto(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError) return error.reason;
    throw error;
  }
}

const ftyp = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1heic0000`, 'latin1');

describe('a photo is accepted', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('as %s', async (format) => {
    const ready = await preparePhoto(await picture({ format }));
    const info = await sharp(ready.bytes).metadata();
    expect(info).toMatchObject({ format: 'jpeg', width: 480, height: 600, space: 'srgb' });
    expect(ready).toMatchObject({ width: 480, height: 600 });
  });

  test('and turned upright, stripped of location and everything else, without enlarging', async () => {
    const raw = await sharp(await picture({ width: 600, height: 400 }))
      .withExif({ IFD0: { Copyright: 'me' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect((await sharp(raw).metadata()).exif).toBeDefined();
    const ready = await preparePhoto(raw);
    const info = await sharp(ready.bytes).metadata();
    expect([info.width, info.height]).toEqual([400, 600]);
    expect(info.exif).toBeUndefined();
    expect(info.orientation).toBeUndefined();
    expect(info.icc).toBeUndefined();
  });

  test('and scaled so that its long side is at most 1920', async () => {
    const ready = await preparePhoto(await picture({ width: 3000, height: 4000 }));
    expect([ready.width, ready.height]).toEqual([1440, 1920]);
  });

  test('with transparency on white and grey as colour', async () => {
    const clear = await sharp({
      create: { width: 400, height: 400, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const { data } = await sharp((await preparePhoto(clear)).bytes)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(data[0]).toBeGreaterThan(250);
    const grey = await sharp(await picture())
      .greyscale()
      .jpeg()
      .toBuffer();
    expect((await sharp((await preparePhoto(grey)).bytes).metadata()).channels).toBe(3);
  });
});

describe('a photo is refused, each with its own reason', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['too_large', Buffer.alloc(20 * 1024 * 1024 + 1, 0xff)],
    ['heic', ftyp('heic')],
    ['heic', ftyp('avif')],
    ['video', ftyp('isom')],
    ['video', Buffer.from('1a45dfa30000000000000000000000000000', 'hex')],
    ['gif', Buffer.from('GIF89a0000000000000000')],
    ['pdf', Buffer.from('%PDF-1.7 0000000000000')],
    ['other_picture', Buffer.from('BM0000000000000000000000')],
    ['not_a_picture', Buffer.from('<html><body>no</body></html>')],
    ['not_a_picture', Buffer.from('short')],
  ])('%s', async (fault, bytes) => {
    expect(await faultOf(bytes)).toBe(fault);
  });

  test('broken: cut in the middle, or only the first bytes are right', async () => {
    const whole = await picture({ width: 800, height: 800 });
    expect(await faultOf(whole.subarray(0, whole.length >> 1))).toBe('broken');
    expect(await faultOf(Buffer.concat([whole.subarray(0, 20), Buffer.alloc(500)]))).toBe('broken');
  });

  test.each([
    ['too_small', 299, 400],
    ['accepted', 300, 400],
    ['too_narrow', 300, 760],
    ['accepted', 300, 750],
  ])('%s: %d × %d', async (fault, width, height) => {
    expect(await faultOf(await picture({ width, height }))).toBe(fault);
  });

  test('too many pixels are refused before decoding, so that a bomb costs nothing', async () => {
    const bomb = await sharp({
      create: { width: 16_000, height: 16_000, channels: 3, background: '#000000' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(2_000_000);
    const before = process.memoryUsage().rss;
    expect(await faultOf(bomb)).toBe('too_many_pixels');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('two photos together', () => {
  test('make a preview of a fixed size in which both are to be seen', async () => {
    const [red, blue] = await Promise.all([
      picture({ color: '#cc3333' }),
      picture({ color: '#3333cc' }),
    ]);
    const preview = await renderPreview(red, blue);
    const info = await sharp(preview).metadata();
    expect(info).toMatchObject({ format: 'jpeg', ...PREVIEW_SIZE });
    const pixel = async (left: number) => {
      const at = { left, top: 560, width: 1, height: 1 };
      return [...(await sharp(preview).extract(at).raw().toBuffer())];
    };
    const [left, right] = [await pixel(60), await pixel(PREVIEW_SIZE.width - 60)];
    expect(left[0]).toBeGreaterThan((left[2] ?? 0) + 80);
    expect(right[2]).toBeGreaterThan((right[0] ?? 0) + 80);
  });

  test.each([
    ['9:16', 1080, 1920],
    ['1:1', 1080, 1080],
    ['16:9', 1920, 1080],
    ['21:9', 1920, 822],
  ])('make one composite of the shape %s with both people', async (ratio, width, height) => {
    const [red, blue] = await Promise.all([
      picture({ color: '#cc3333' }),
      picture({ color: '#3333cc' }),
    ]);
    const composite = await renderComposite(red, blue, ratio);
    expect(await sharp(composite).metadata()).toMatchObject({ format: 'jpeg', width, height });
    const { data } = await sharp(composite).raw().toBuffer({ resolveWithObject: true });
    const colorAt = (x: number, y: number) => {
      const start = (Math.round(y * (height - 1)) * width + Math.round(x * (width - 1))) * 3;
      const [r = 0, , b = 0] = data.subarray(start, start + 3);
      return r > b + 80 ? 'red' : b > r + 80 ? 'blue' : 'dark';
    };
    // No bars: the photos reach every edge, left and right of the middle.
    for (const y of [0, 0.5, 1]) {
      expect([colorAt(0, y), colorAt(1, y)]).toEqual(['red', 'blue']);
    }
    // The discs in place of faces are whole: dark in their middle, bare at both sides.
    const row = Array.from({ length: 101 }, (_, x) =>
      Array.from({ length: 101 }, (_, y) => colorAt(x / 100, y / 100)),
    );
    for (const [from, to] of [
      [0, 49],
      [52, 100],
    ] as const) {
      const columns = row.slice(from, to + 1).map((column) => column.includes('dark'));
      expect(columns).toContain(true);
      expect([columns[0], columns.at(-1)]).toEqual([false, false]);
    }
  });
});
