// The films of one stand-in: begun when a generation is accepted, ready or failed some seconds later.

import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoOrder } from './checks.js';
import { castOf } from './film/cast.js';
import type { Size } from './film/drawing.js';
import type { Film } from './generations.js';
import { renderFilm, sampleFilm } from './render.js';

export interface FilmOptions {
  kind: 'full' | 'sample';
  now: () => number;
  /** Where the finished files go. */
  folder: string;
  /** The file of an uploaded image. */
  imageFile: (id: string) => string;
  signal: AbortSignal;
}

export interface Films {
  start: (order: VideoOrder, frame: Size) => Film;
  /** Settles when nothing is being made any more. */
  allDone: () => Promise<void>;
}

async function makeFile(options: FilmOptions, order: VideoOrder, frame: Size): Promise<string> {
  const format = { frame, seconds: order.seconds, hasAudio: order.hasAudio };
  if (options.kind === 'sample') return sampleFilm(format);
  const file = join(options.folder, `${randomUUID()}.mp4`);
  const read = (id: string): Promise<Buffer> => readFile(options.imageFile(id));
  const readCast = async () =>
    castOf(
      await Promise.all(order.subjectIds.slice(0, 2).map(read)),
      order.placeId === null ? null : await read(order.placeId),
    );
  await renderFilm(readCast, format, file, options.signal);
  return file;
}

export function createFilms(options: FilmOptions): Films {
  const underWay = new Set<Promise<void>>();

  async function finish(film: Film, making: Promise<string>): Promise<void> {
    try {
      film.file = await making;
      film.bytes = (await stat(film.file)).size;
      film.state = 'ready';
    } catch (error) {
      film.fault = error instanceof Error ? error.message : String(error);
      film.state = 'failed';
    }
    film.readyAt = options.now();
    underWay.delete(film.done);
  }

  return {
    start: (order, frame) => {
      const film: Film = {
        ...{ state: 'making', file: '', bytes: 0, readyAt: 0, fault: null },
        done: Promise.resolve(),
      };
      film.done = finish(film, makeFile(options, order, frame));
      underWay.add(film.done);
      return film;
    },
    allDone: async () => {
      await Promise.all(underWay);
    },
  };
}
