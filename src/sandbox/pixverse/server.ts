// A small working PixVerse: the calls a hug needs, as strict as the platform, with knobs for all that can go wrong.
// It knows nothing of the app; what it keeps in memory ends with it, its files stay in the media folder.

import { mkdir } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type PixverseFaults, createFaults } from './faults.js';
import { findFfmpeg } from './ffmpeg.js';
import { createFilms } from './films.js';
import { cut } from './gateway.js';
import {
  type Generation,
  type GenerationRecord,
  balanceOf,
  createBook,
  recordsOf,
  setCredits,
  settleBook,
} from './generations.js';
import { mediaPath } from './media.js';
import { type PixverseCall, type RouteContext, serve } from './routes.js';
import type { StoredImage } from './uploads.js';
import {
  type WebhookDelivery,
  type WebhookRegistration,
  announce,
  createWebhook,
  deliverDue,
} from './webhook.js';

export interface PixverseOptions {
  /** 0 or nothing for any free port of 127.0.0.1. */
  port?: number;
  apiKey: string;
  /**
   * `Date.now` unless given. All timing is worked out from it. With a clock of their own, callers see a due
   * generation finished as soon as its film is made, and call `pump` for the webhook.
   */
  now?: () => number;
  /** How long a generation takes, asked at each submit; 15 s unless given. */
  generationMs?: () => number;
  /** How many may be under way; over it a submit is answered 500044. 5 unless given. */
  maxConcurrent?: number;
  /** `credit_monthly` at the start; 100000 unless given. */
  credits?: number;
  /** `full` (unless given): a film of the uploaded photos. `sample`: one small MP4 for each size. */
  render?: 'full' | 'sample';
  /** Where uploads and finished films are kept; made if it is not there. */
  mediaFolder: string;
  webhook?: WebhookRegistration;
  /** Told of each call once it is answered. */
  log?: (entry: PixverseCall) => void;
  /** For faults with a probability; `Math.random` unless given. */
  random?: () => number;
}

export interface PixverseStandIn {
  /** Ends with a slash. */
  baseUrl: string;
  faults: PixverseFaults;
  /** The newest 500, oldest first. */
  calls: () => PixverseCall[];
  generations: () => GenerationRecord[];
  balance: () => number;
  /** From the next submit on, in place of the option. */
  setGenerationMs: (ms: number) => void;
  setCredits: (credits: number) => void;
  /** What was sent to the webhook, the newest 500. */
  deliveries: () => WebhookDelivery[];
  /** Ends what is due by the clock and sends the webhook messages that are due. Only needed with a clock of one's own. */
  pump: () => Promise<void>;
  close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const DEFAULT_GENERATION_MS = 15_000;
const DEFAULT_CREDITS = 100_000;
const DEFAULT_MAX_CONCURRENT = 5;
const KEPT_CALLS = 500;

/** A timer may come a little before its time; what it is to find must surely be due. */
const TIMER_SLACK_MS = 5;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Timers that hold no process alive and end together. */
function createTimers() {
  const timers = new Set<NodeJS.Timeout>();
  return {
    after: (ms: number, action: () => void): void => {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          action();
        },
        Math.min(ms + TIMER_SLACK_MS, MAX_TIMER_MS),
      );
      timer.unref();
      timers.add(timer);
    },
    clear: (): void => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Listens and returns the origin of its addresses. */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeAllConnections();
  await closed;
}

/** Keeps the newest calls and tells whoever listens. */
function createCallLog(listener: PixverseOptions['log']) {
  const calls: PixverseCall[] = [];
  return {
    calls,
    log: (call: PixverseCall): void => {
      calls.push(call);
      if (calls.length > KEPT_CALLS) calls.shift();
      listener?.(call);
    },
  };
}

/** The service without its door: what happens to generations and their webhook as time goes by. */
function createService(options: PixverseOptions, origin: () => string, signal: AbortSignal) {
  const now = options.now ?? Date.now;
  const isClockGiven = options.now !== undefined;
  const timers = createTimers();
  const faults = createFaults(options.random ?? Math.random);
  const images = new Map<string, StoredImage>();
  const films = createFilms({
    ...{ kind: options.render ?? 'full', now, signal },
    folder: join(options.mediaFolder, 'videos'),
    imageFile: (id) => images.get(id)?.file ?? '',
  });
  const webhook = createWebhook({
    ...{ registration: options.webhook, now, faults, signal },
    urlOf: ({ mediaName }) => origin() + mediaPath(mediaName),
    wake: (ms) => {
      if (!isClockGiven) timers.after(ms, () => void deliverDue(webhook));
    },
  });
  const pace = { generationMs: options.generationMs ?? (() => DEFAULT_GENERATION_MS) };
  const book = createBook(options.credits ?? DEFAULT_CREDITS, {
    ...{ now, isClockGiven, faults, startFilm: films.start },
    maxConcurrent: options.maxConcurrent ?? DEFAULT_MAX_CONCURRENT,
    generationMs: () => pace.generationMs(),
    onEnd: (generation) => {
      announce(webhook, generation);
    },
  });
  async function pump(): Promise<void> {
    await settleBook(book);
    await deliverDue(webhook);
  }
  /** With the real clock nobody pumps: a generation that will be announced is ended by a timer. */
  function watch({ order, film, dueAt }: Generation): void {
    if (isClockGiven || order.webhookId === null) return;
    timers.after(dueAt - now(), () => {
      void (film?.done ?? Promise.resolve()).then(pump);
    });
  }
  return { now, timers, faults, images, films, webhook, pace, book, pump, watch };
}

/**
 * Starts the stand-in.
 * @throws Error when there is no ffmpeg or the port is taken; the message has the remedy
 */
export async function startPixverse(options: PixverseOptions): Promise<PixverseStandIn> {
  await findFfmpeg();
  await mkdir(join(options.mediaFolder, 'videos'), { recursive: true });
  const ending = new AbortController();
  let origin = '';
  const service = createService(options, () => origin, ending.signal);
  const { now, timers, faults, images, films, webhook, pace, book, pump } = service;
  const { calls, log } = createCallLog(options.log);
  const context: RouteContext = {
    ...{ apiKey: options.apiKey, now, faults, book, images, log, signal: ending.signal },
    shelf: new Map(),
    remembered: new Map(),
    webhookIds: options.webhook === undefined ? [] : [options.webhook.id],
    uploadFolder: join(options.mediaFolder, 'uploads'),
    origin: () => origin,
    onAccepted: service.watch,
  };
  const server = createServer((request, response) => {
    serve(context, request, response).catch((error: unknown) => {
      const { method = '', url: path = '' } = request;
      const note = `no answer: ${error instanceof Error ? error.message : String(error)}`;
      log({ at: now(), method, path, traceId: null, status: 0, errCode: null, note });
      cut(response);
    });
  });
  origin = await listen(server, options.port ?? 0);
  return {
    baseUrl: `${origin}/openapi/v2/`,
    faults,
    calls: () => [...calls],
    generations: () => recordsOf(book),
    balance: () => balanceOf(book),
    setGenerationMs: (ms) => {
      pace.generationMs = () => ms;
    },
    setCredits: (credits) => {
      setCredits(book, credits);
    },
    deliveries: () => [...webhook.deliveries],
    pump,
    close: async () => {
      ending.abort();
      timers.clear();
      await Promise.all([stopServer(server), films.allDone()]);
    },
  };
}
