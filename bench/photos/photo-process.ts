// The process in which photos are made ready, on its own so that its memory and event loop are nobody else's.
// `photo-process.ts one-by-one|at-once <file> [ours|sharp]`, prints JSON.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { preparePhoto } from '../../src/core/video/photos.js';

export type Way = 'ours' | 'sharp';

export interface OneByOne {
  oursMs: number[];
  sharpMs: number[];
  oursStallMs: number[];
  sharpStallMs: number[];
  /** The same while nothing is done: what the machine itself does to an event loop. */
  idleStallMs: number[];
}

export interface AtOnce {
  totalMs: number;
  stallMs: number;
  idleRssBytes: number;
  peakRssBytes: number;
}

const ROUNDS = 15;
const AT_ONCE = 20;
const RESOLUTION_MS = 1;

/** The same picture work as `preparePhoto`, without its checks and its bound on how many decode at once. */
async function sharpAlone(bytes: Buffer): Promise<unknown> {
  return sharp(bytes)
    .autoOrient()
    .resize(1920, 1920, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: 90 })
    .toBuffer({ resolveWithObject: true });
}

const WAYS: Readonly<Record<Way, (bytes: Buffer) => Promise<unknown>>> = {
  ours: preparePhoto,
  sharp: sharpAlone,
};

/** Duration and longest stall of the event loop, in ms. */
async function watch(work: () => Promise<unknown>): Promise<{ ms: number; stallMs: number }> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  delays.disable();
  return { ms, stallMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS) };
}

async function oneByOne(bytes: Buffer): Promise<OneByOne> {
  const found: OneByOne = {
    oursMs: [],
    sharpMs: [],
    oursStallMs: [],
    sharpStallMs: [],
    idleStallMs: [],
  };
  for (const way of [preparePhoto, sharpAlone]) await way(bytes);
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await watch(() => preparePhoto(bytes));
    const alone = await watch(() => sharpAlone(bytes));
    const idle = await watch(() => sleep(ours.ms));
    found.oursMs.push(ours.ms);
    found.oursStallMs.push(ours.stallMs);
    found.sharpMs.push(alone.ms);
    found.sharpStallMs.push(alone.stallMs);
    found.idleStallMs.push(idle.stallMs);
  }
  return found;
}

function readPeakRssBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Every photo has bytes of its own, as each comes by its own message. */
async function atOnce(bytes: Buffer, way: Way): Promise<AtOnce> {
  const copies = Array.from({ length: AT_ONCE }, () => Buffer.from(bytes));
  const idleRssBytes = process.memoryUsage.rss();
  const { ms, stallMs } = await watch(() => Promise.all(copies.map(WAYS[way])));
  return { totalMs: ms, stallMs, idleRssBytes, peakRssBytes: readPeakRssBytes() };
}

const [mode, file = '', way] = process.argv.slice(2);
const photo = await readFile(file);
const found =
  mode === 'one-by-one'
    ? await oneByOne(photo)
    : await atOnce(photo, way === 'ours' ? way : 'sharp');
process.stdout.write(JSON.stringify(found));
