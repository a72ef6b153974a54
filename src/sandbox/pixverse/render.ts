// Makes the finished MP4 files: a real film of the two photos, or one small sample for each size.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { findFfmpeg, runFfmpeg } from './ffmpeg.js';
import type { Size } from './film/drawing.js';
import { FRAMES_PER_SECOND, GRAPH_INPUTS, STILL_COLORS, filmGraph } from './film/motion.js';
import { type Cast, drawParts, drawSampleStill, layOut } from './film/scene.js';

/** What a film has to be, whatever it shows. */
export interface FilmFormat {
  frame: Size;
  seconds: number;
  hasAudio: boolean;
}

/** Part of the samples' names: raise it when their looks or encoding change. */
const SAMPLE_VERSION = 1;

/** Few reference frames and no look-ahead: half the memory of the defaults, at little cost in size. */
const ENCODER =
  '-c:v libx264 -profile:v high -preset superfast -threads 2 -bf 0 -pix_fmt yuv420p -g 60 ' +
  '-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv';
const CONTAINER = '-movflags +faststart -f mp4';

function outputArgs(format: FilmFormat, quality: number, file: string): string[] {
  return [
    ...['-r', String(FRAMES_PER_SECOND), '-t', String(format.seconds)],
    ...[...ENCODER.split(' '), '-crf', String(quality)],
    ...(format.hasAudio ? ['-c:a', 'aac', '-b:a', '64k'] : ['-an']),
    ...[...CONTAINER.split(' '), file],
  ];
}

function soundArgs(format: FilmFormat): string[] {
  return format.hasAudio ? ['-f', 'lavfi', '-i', 'anullsrc=r=44100:cl=stereo'] : [];
}

/** Writes `file` as a whole or not at all. */
async function writeWhole(file: string, encode: (target: string) => Promise<void>): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.part`;
  try {
    await encode(unfinished);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Each film takes a core and a half and 250 MB while it is made. */
const rendering = pLimit(2);

async function render(
  cast: Cast,
  format: FilmFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const command = await findFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'nexora-film-'));
  try {
    const layout = layOut(format.frame);
    const parts = await drawParts(cast, layout);
    const inputs = GRAPH_INPUTS.map((name) => ({ name, path: join(folder, `${name}.png`) }));
    await Promise.all(inputs.map(({ name, path }) => writeFile(path, parts[name])));
    const sound = format.hasAudio ? ['-map', `${inputs.length}:a`] : [];
    await writeWhole(file, (target) =>
      runFfmpeg(
        command,
        [
          ...inputs.flatMap(({ path }) => ['-i', path]),
          ...soundArgs(format),
          ...['-filter_complex', filmGraph(layout, format.seconds), '-map', '[film]', ...sound],
          ...outputArgs(format, 23, target),
        ],
        signal,
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes the film of two people: about four seconds of work for 1080p, in a process of its own; two at a time.
 *
 * @param readCast called when it is this film's turn
 * @param file where the MP4 is put, whole or not at all
 * @throws Error when a picture cannot be read, the encoder fails or `signal` is aborted
 */
export function renderFilm(
  readCast: () => Promise<Cast>,
  format: FilmFormat,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  return rendering(async () => {
    signal.throwIfAborted();
    await render(await readCast(), format, file, signal);
  });
}

const samples = new Map<string, Promise<string>>();

async function makeSample(format: FilmFormat, file: string): Promise<string> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) return file;
  const command = await findFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'nexora-film-'));
  try {
    const still = join(folder, 'still.png');
    await writeFile(still, await drawSampleStill(format.frame));
    await writeWhole(file, (target) =>
      runFfmpeg(command, [
        ...['-i', still, ...soundArgs(format)],
        ...[
          '-vf',
          `${STILL_COLORS},format=yuv420p,loop=loop=-1:size=1:start=0,setpts=N/${FRAMES_PER_SECOND}/TB`,
        ],
        ...outputArgs(format, 30, target),
      ]),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return file;
}

/**
 * A real, small MP4 of the format wanted, made once a machine and kept in the folder for temporary files.
 *
 * @returns its path; the file belongs to everybody and must not be changed
 */
export function sampleFilm(format: FilmFormat): Promise<string> {
  const { width, height } = format.frame;
  const sound = format.hasAudio ? 'sound' : 'silent';
  const name = `nexora-sample-v${SAMPLE_VERSION}-${width}x${height}-${format.seconds}s-${sound}.mp4`;
  const file = join(tmpdir(), name);
  const known = samples.get(file);
  if (known !== undefined) return known;
  const made = makeSample(format, file);
  samples.set(file, made);
  made.catch(() => samples.delete(file));
  return made;
}
