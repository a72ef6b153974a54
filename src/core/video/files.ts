// Video files on disk: written whole or not at all, made smaller where a platform needs it, and one still of each.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Log } from '../log.js';
import { type Mp4Info, readMp4 } from './mp4.js';

const run = promisify(execFile);
const FFMPEG_TIMEOUT_MS = 120_000;
/** Room for the container and for the encoder missing its aim. */
const SHRINK_AIM = 0.85;
const COVER_LONG_SIDE = 1280;

export interface StoredFile extends Mp4Info {
  /** Name below the videos folder. */
  name: string;
  sizeBytes: number;
}

/** The bytes that were fetched are no complete MP4. */
export class NotAVideoError extends Error {
  override readonly name = 'NotAVideoError';
}

export interface VideoFiles {
  /**
   * Fetches with `fetchTo`, checks that it is an MP4 and puts it in its place, synced.
   * @throws NotAVideoError, or what `fetchTo` throws; nothing is left behind
   */
  store(name: string, fetchTo: (path: string) => Promise<void>): Promise<StoredFile>;
  pathOf(name: string): string;
  /** A version of at most `maxBytes` beside the original; the original when it is small enough. */
  fitInto(
    name: string,
    maxBytes: number,
    durationSeconds: number,
  ): Promise<{ path: string; sizeBytes: number }>;
  /** A JPEG still of the hug, or null where there is no ffmpeg. */
  readCover(name: string, durationSeconds: number): Promise<Buffer | null>;
  remove(name: string): Promise<void>;
  /** Removes what fetches of an earlier process left behind; answers how many. */
  removeParts(): Promise<number>;
  /** Names of the whole files in the folder. */
  list(): Promise<string[]>;
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function storeFile(
  folder: string,
  writing: Set<string>,
  name: string,
  fetchTo: (path: string) => Promise<void>,
): Promise<StoredFile> {
  const path = join(folder, name);
  const partName = `${name}.${randomUUID()}.part`;
  const part = join(folder, partName);
  writing.add(partName);
  try {
    await fetchTo(part);
    const info = await readMp4(part);
    if (info === null) throw new NotAVideoError('the fetched file is no complete MP4');
    await syncPath(part);
    const { size } = await stat(part);
    await rename(part, path);
    await syncPath(folder);
    return { ...info, name, sizeBytes: size };
  } finally {
    await rm(part, { force: true });
    writing.delete(partName);
  }
}

/** Two-thirds through: the hug itself. */
function coverSecond(durationSeconds: number): string {
  return ((durationSeconds * 2) / 3).toFixed(2);
}

/** @param options.ffmpegPath command or path; a missing one only costs covers and shrinking */
export function createVideoFiles(options: {
  dataDir: string;
  ffmpegPath: string;
  log: Log;
}): VideoFiles {
  const folder = join(options.dataDir, 'videos');
  mkdirSync(folder, { recursive: true });
  /** Parts under way: one process owns the folder, so every other one is left over. */
  const writing = new Set<string>();
  let isFfmpegMissing = false;
  const ffmpeg = (args: string[], encoding: 'buffer' | 'utf8') =>
    run(options.ffmpegPath, ['-nostdin', '-v', 'error', ...args], {
      timeout: FFMPEG_TIMEOUT_MS,
      maxBuffer: 32 * 1024 * 1024,
      encoding,
    });

  return {
    store: (name, fetchTo) => storeFile(folder, writing, name, fetchTo),
    pathOf: (name) => join(folder, name),

    fitInto: async (name, maxBytes, durationSeconds) => {
      const original = join(folder, name);
      const { size } = await stat(original);
      if (size <= maxBytes) return { path: original, sizeBytes: size };
      const target = `${original}.small.mp4`;
      const bitsPerSecond = Math.floor((maxBytes * 8 * SHRINK_AIM) / Math.max(1, durationSeconds));
      const rate = String(bitsPerSecond);
      await ffmpeg(
        ['-y', '-i', original, '-c:v', 'libx264', '-preset', 'veryfast', '-b:v', rate]
          .concat(['-maxrate', rate, '-bufsize', rate, '-pix_fmt', 'yuv420p'])
          .concat(['-c:a', 'aac', '-movflags', '+faststart', target]),
        'utf8',
      );
      return { path: target, sizeBytes: (await stat(target)).size };
    },

    readCover: async (name, durationSeconds) => {
      if (isFfmpegMissing) return null;
      try {
        // One thread: for a single picture more of them cost only their start.
        const { stdout } = await ffmpeg(
          ['-threads', '1', '-ss', coverSecond(durationSeconds), '-i', join(folder, name)]
            .concat(['-frames:v', '1', '-f', 'image2pipe'])
            .concat(['-c:v', 'mjpeg', '-q:v', '2', 'pipe:1']),
          'buffer',
        );
        return await sharp(stdout as unknown as Buffer)
          .resize(COVER_LONG_SIDE, COVER_LONG_SIDE, { fit: 'inside', withoutEnlargement: true })
          .jpeg({ quality: 85 })
          .toBuffer();
      } catch (error) {
        // Looking for it again with each video would cost more than the rest of a delivery.
        isFfmpegMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        options.log.warn({ err: error }, 'no cover could be made of a video');
        return null;
      }
    },

    remove: async (name) => {
      for (const suffix of ['', '.small.mp4']) {
        await rm(join(folder, `${name}${suffix}`), { force: true });
      }
    },
    removeParts: async () => {
      const left = (await readdir(folder)).filter(
        (name) => name.endsWith('.part') && !writing.has(name),
      );
      for (const name of left) await rm(join(folder, name), { force: true });
      return left.length;
    },
    list: async () => (await readdir(folder)).filter((name) => !name.endsWith('.part')),
  };
}
