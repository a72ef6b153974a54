// What the tests of the Telegram stand-in share: a clock that only moves by hand, small files, plain calls.

import type { Message, Update } from 'grammy/types';
import sharp from 'sharp';
import { afterEach } from 'vitest';
import type { MethodResult } from '../../src/sandbox/telegram/methods/call.js';
import type { ServedMethod } from '../../src/sandbox/telegram/request/served.js';
import {
  startTelegramStandIn,
  type TelegramOptions,
  type TelegramStandIn,
} from '../../src/sandbox/telegram/server.js';

export const TOKEN = '777000777:AAStandInTokenForTests-0123456789abcde';

export interface HandClock {
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Moves the time and ends what was to end by then. */
  advance: (ms: number) => void;
  /** Settles once something sleeps for exactly so long. */
  whenAsleep: (ms: number) => Promise<void>;
}

interface Sleeper {
  until: number;
  ms: number;
  wake: () => void;
}

export function createHandClock(start = Date.UTC(2026, 10, 22, 12)): HandClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  let watchers: { ms: number; tell: () => void }[] = [];

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper: Sleeper = { until: now + ms, ms, wake: resolve };
        const wake = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          resolve();
        };
        if (signal.aborted) {
          resolve();
          return;
        }
        signal.addEventListener('abort', wake);
        sleepers.push({ ...sleeper, wake });
        watchers
          .filter((one) => one.ms === ms)
          .forEach((one) => {
            one.tell();
          });
        watchers = watchers.filter((one) => one.ms !== ms);
      }),
    advance: (ms) => {
      now += ms;
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      due
        .sort((a, b) => a.until - b.until)
        .forEach(({ wake }) => {
          wake();
        });
    },
    whenAsleep: (ms) =>
      new Promise((resolve) => {
        if (sleepers.some((one) => one.ms === ms)) resolve();
        else watchers.push({ ms, tell: resolve });
      }),
  };
}

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Ends what a test began, after the test. */
export function afterwards(close: () => Promise<unknown>): void {
  closers.push(close);
}

export async function start(options: Partial<TelegramOptions> = {}): Promise<TelegramStandIn> {
  const telegram = await startTelegramStandIn({ token: TOKEN, ...options });
  afterwards(() => telegram.close());
  return telegram;
}

/** What came back; `result` is what the method promises, and absent from a refusal. */
export interface ApiReply<Result> {
  status: number;
  ok: boolean;
  result: Result;
  error_code?: number;
  description?: string;
  parameters?: { retry_after?: number };
}

type Reply<M extends string> = ApiReply<M extends ServedMethod ? MethodResult<M> : unknown>;

async function post<M extends string>(
  telegram: TelegramStandIn,
  method: M,
  request: RequestInit,
): Promise<Reply<M>> {
  const address = `${telegram.apiRoot}/bot${TOKEN}/${method}`;
  const response = await fetch(address, { method: 'POST', ...request });
  const body = (await response.json()) as Omit<Reply<M>, 'status'>;
  return { status: response.status, ...body };
}

/** Calls a method with JSON. */
export function call<M extends string>(
  telegram: TelegramStandIn,
  method: M,
  parameters: object = {},
): Promise<Reply<M>> {
  const headers = { 'content-type': 'application/json' };
  return post(telegram, method, { headers, body: JSON.stringify(parameters) });
}

/** Calls a method with a multipart form; buffers become files. */
export function callWithFiles<M extends string>(
  telegram: TelegramStandIn,
  method: M,
  parts: Record<string, string | Buffer>,
): Promise<Reply<M>> {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.set(name, value);
    else form.set(name, new Blob([new Uint8Array(value)]), `${name}.bin`);
  }
  return post(telegram, method, { body: form });
}

/** The updates that wait for the bot. */
export async function poll(telegram: TelegramStandIn, parameters: object = {}): Promise<Update[]> {
  return (await call(telegram, 'getUpdates', parameters)).result;
}

/** A value that the test knows to be there. */
export function need<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('the test expected a value');
  return value;
}

/** The messages among the waiting updates. */
export async function pollMessages(telegram: TelegramStandIn): Promise<Message[]> {
  return (await poll(telegram)).flatMap(({ message }) => message ?? []);
}

/** A plain picture; `colour` makes its content different. */
export function createPicture(
  width = 640,
  height = 480,
  format: 'jpeg' | 'png' = 'jpeg',
  colour = '#336699',
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .toFormat(format)
    .toBuffer();
}

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(body.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function track(handler: 'vide' | 'soun', width: number, height: number): Buffer {
  const tkhd = Buffer.alloc(84);
  tkhd.writeInt32BE(0x10000, 40);
  tkhd.writeInt32BE(0x10000, 56);
  tkhd.writeUInt32BE(width * 0x10000, 76);
  tkhd.writeUInt32BE(height * 0x10000, 80);
  const hdlr = Buffer.alloc(24);
  hdlr.write(handler, 8, 'latin1');
  return box('trak', box('tkhd', tkhd), box('mdia', box('hdlr', hdlr)));
}

/** The boxes of an MP4 without any frames: all that is looked at. */
export function createMp4(facts: {
  width?: number;
  height?: number;
  seconds?: number;
  hasAudio: boolean;
  padding?: number;
}): Buffer {
  const { width = 720, height = 1280, seconds = 5, hasAudio, padding = 64 } = facts;
  const mvhd = Buffer.alloc(100);
  mvhd.writeUInt32BE(1000, 12);
  mvhd.writeUInt32BE(seconds * 1000, 16);
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1')),
    box(
      'moov',
      box('mvhd', mvhd),
      track('vide', width, height),
      ...(hasAudio ? [track('soun', 0, 0)] : []),
    ),
    box('mdat', Buffer.alloc(padding, 7)),
  ]);
}
