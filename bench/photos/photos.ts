// A photo of a present phone made ready for PixVerse, against sharp doing the same without our checks.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { median } from '../numbers.js';
import { runScript } from '../processes.js';
import { atMost, type Benchmark } from '../report.js';
import type { AtOnce, OneByOne, Way } from './photo-process.js';

const SCRIPT = fileURLToPath(new URL('./photo-process.ts', import.meta.url));
const WIDTH = 4000;
const HEIGHT = 3000;
const MEGABYTE = 1024 * 1024;

/** Twelve megapixels with the detail of a photo, lying on its side as phones store them. */
async function drawPhoto(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const grain = await sharp({
    create: { width: 1000, height: 750, channels: 3, background: '#808080', noise },
  })
    .png()
    .toBuffer();
  return sharp(grain)
    .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 92 })
    .toBuffer();
}

export const photos: Benchmark = {
  name: 'photos',
  run: async (tell) => {
    const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
    const file = join(folder, 'photo.jpg');
    const photo = await drawPhoto();
    await writeFile(file, photo);
    const oneByOne = (await runScript(SCRIPT, ['one-by-one', file])) as OneByOne;
    const atOnce = async (way: Way) => (await runScript(SCRIPT, ['at-once', file, way])) as AtOnce;
    const [oursAtOnce, sharpAtOnce] = [await atOnce('ours'), await atOnce('sharp')];
    await rm(folder, { recursive: true });

    tell({
      what: '12-megapixel JPEG to a ready photo',
      unit: 'ms',
      ours: median(oneByOne.oursMs),
      baseline: { name: 'sharp alone', value: median(oneByOne.sharpMs) },
      aim: atMost(1.3, 'ratio'),
      note: `${(photo.length / MEGABYTE).toFixed(1)} MB; median of ${oneByOne.oursMs.length}`,
    });
    tell({
      what: 'longest event-loop stall meanwhile',
      unit: 'ms',
      ours: median(oneByOne.oursStallMs),
      baseline: { name: 'sharp alone', value: median(oneByOne.sharpStallMs) },
      aim: atMost(20),
      note:
        `median over photos; the longest of all ${Math.max(...oneByOne.oursStallMs).toFixed(1)} ms. ` +
        `With nothing to do here: ${median(oneByOne.idleStallMs).toFixed(1)} ms, ` +
        `longest ${Math.max(...oneByOne.idleStallMs).toFixed(1)} ms`,
    });
    tell({
      what: '20 photos at once: peak memory',
      unit: 'MB',
      ours: oursAtOnce.peakRssBytes / MEGABYTE,
      baseline: { name: 'sharp alone', value: sharpAtOnce.peakRssBytes / MEGABYTE },
      note: `of a process that held ${(oursAtOnce.idleRssBytes / MEGABYTE).toFixed(0)} MB before`,
    });
    tell({
      what: '20 photos at once: longest event-loop stall',
      unit: 'ms',
      ours: oursAtOnce.stallMs,
      baseline: { name: 'sharp alone', value: sharpAtOnce.stallMs },
    });
    tell({
      what: '20 photos at once: time for all',
      unit: 'ms',
      ours: oursAtOnce.totalMs,
      baseline: { name: 'sharp alone', value: sharpAtOnce.totalMs },
    });
  },
};
