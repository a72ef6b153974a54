// The films of the PixVerse stand-in: real MP4 files of the size and length that were ordered.

import { readFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { castOf } from '../../src/sandbox/pixverse/film/cast.js';
import { frameSize } from '../../src/sandbox/pixverse/prices.js';
import { renderFilm, sampleFilm } from '../../src/sandbox/pixverse/render.js';

interface Box {
  type: string;
  content: Buffer;
}

/** The boxes that stand side by side in these bytes (ISO 14496-12). */
function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    boxes.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      content: bytes.subarray(at + 8, at + size),
    });
    at += Math.max(size, 8);
  }
  return boxes;
}

function boxAt(bytes: Buffer, path: string): Buffer {
  return path.split('/').reduce((content, type) => {
    const box = boxesIn(content).find((candidate) => candidate.type === type);
    if (box === undefined) throw new Error(`no ${type} in the file`);
    return box.content;
  }, bytes);
}

function describeMp4(bytes: Buffer) {
  const header = boxAt(bytes, 'moov/mvhd');
  const sample = boxesIn(boxAt(bytes, 'moov/trak/mdia/minf/stbl/stsd').subarray(8))[0];
  const sizes = boxAt(bytes, 'moov/trak/mdia/minf/stbl/stsz');
  return {
    order: boxesIn(bytes).map(({ type }) => type),
    seconds: header.readUInt32BE(16) / header.readUInt32BE(12),
    tracks: boxesIn(boxAt(bytes, 'moov')).filter(({ type }) => type === 'trak').length,
    codec: sample?.type,
    width: sample?.content.readUInt16BE(24),
    height: sample?.content.readUInt16BE(26),
    frames: sizes.readUInt32BE(8),
  };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexora-film-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function photo(color: string, width = 600, height = 800): Promise<Buffer> {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color}"/><circle cx="50%" cy="35%" r="22%" fill="#f2c9a8"/></svg>`;
  return sharp(Buffer.from(head)).jpeg().toBuffer();
}

async function film(quality: '720p' | '1080p', hasAudio: boolean): Promise<Buffer> {
  const file = join(folder, `${quality}.mp4`);
  const format = { frame: frameSize(quality, 9 / 16), seconds: 5, hasAudio };
  const people = [await photo('#3a6ea5'), await photo('#a53a5e')];
  await renderFilm(() => castOf(people, null), format, file, AbortSignal.timeout(60_000));
  return readFile(file);
}

describe('a full film', () => {
  it('is five seconds of H.264 in the ordered size, its index in front, silent or with a sound track', async () => {
    const [standard, premium] = await Promise.all([film('720p', true), film('1080p', false)]);
    const common = { codec: 'avc1', frames: 150 };
    expect(describeMp4(standard)).toMatchObject({ ...common, width: 720, height: 1280, tracks: 2 });
    expect(describeMp4(premium)).toMatchObject({ ...common, width: 1080, height: 1920, tracks: 1 });
    for (const bytes of [standard, premium]) {
      const { order, seconds } = describeMp4(bytes);
      expect(Math.abs(seconds - 5)).toBeLessThan(0.05);
      expect(order.indexOf('moov')).toBeLessThan(order.indexOf('mdat'));
      expect(bytes.length).toBeGreaterThan(100_000);
      expect(bytes.length).toBeLessThan(8_000_000);
    }
  }, 90_000);

  it('leaves no file behind when it is given up', async () => {
    const file = join(folder, 'given-up.mp4');
    const format = { frame: frameSize('360p', 1), seconds: 5, hasAudio: false };
    const readCast = async () => castOf([await photo('#777777')], null);
    await expect(renderFilm(readCast, format, file, AbortSignal.abort())).rejects.toThrow();
    await expect(stat(file)).rejects.toThrow();
  });
});

describe('who is in a film', () => {
  it('is one person on each half of a picture of two', async () => {
    const halves = [await photo('#204080', 720, 1280), await photo('#802040', 720, 1280)];
    const pair = await sharp({
      create: { width: 1440, height: 1280, channels: 3, background: '#000' },
    })
      .composite(halves.map((input, index) => ({ input, left: index * 720, top: 0 })))
      .jpeg()
      .toBuffer();
    const { left, right } = await castOf([pair], null);
    for (const half of [left, right]) {
      expect(await sharp(half).metadata()).toMatchObject({ width: 720, height: 1280 });
    }
    const colors = await Promise.all(
      [left, right].map(async (half) => (await sharp(half).stats()).dominant),
    );
    expect(colors[0]?.b).toBeGreaterThan(colors[0]?.r ?? 255);
    expect(colors[1]?.r).toBeGreaterThan(colors[1]?.b ?? 255);
  });
});

describe('a sample', () => {
  it('is a small real MP4 that is made once', async () => {
    const format = { frame: frameSize('1080p', 9 / 16), seconds: 5, hasAudio: false };
    const [first, second] = await Promise.all([sampleFilm(format), sampleFilm(format)]);
    expect(second).toBe(first);
    const bytes = await readFile(first);
    expect(bytes.length).toBeLessThan(300_000);
    expect(describeMp4(bytes)).toMatchObject({
      seconds: 5,
      codec: 'avc1',
      width: 1080,
      height: 1920,
    });
  });
});
