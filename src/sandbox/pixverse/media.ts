// The files the service gives out, at addresses whose slashes are percent-encoded and have to stay so.

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultBox } from './faults.js';
import { cut, drawTrouble, send, troubleAnswer } from './gateway.js';
import { plain } from './wire.js';

export interface MediaItem {
  mime: string;
  /** The path of the file, null while there is none. */
  file: () => string | null;
  /** When the address was last given out, epoch ms. */
  issuedAt: () => number;
}

/** What happened to a download, for the call log. */
export interface Download {
  status: number;
  note: string;
}

/** The files by the path of their address. */
export type MediaShelf = Map<string, MediaItem>;

export interface MediaContext {
  shelf: MediaShelf;
  faults: FaultBox;
  now: () => number;
  signal: AbortSignal;
}

const FORBIDDEN_PAGE =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
const WRONG_PAGE =
  '<!doctype html><html><head><title>media</title></head><body>Please wait…</body></html>';
/** Marks the second address of a redirected download. */
const MOVED = '?moved=1';

/** Sends the first half of a file under the length of the whole. */
async function sendHalf(response: ServerResponse, file: string, bytes: number): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(Math.floor(bytes / 2)), 0);
    await new Promise<void>((resolve) => {
      response.write(buffer, () => {
        resolve();
      });
    });
  } finally {
    await handle.close();
  }
}

async function sendFile(
  response: ServerResponse,
  item: MediaItem,
  file: string,
  halt: 'cut_half' | 'stall' | null,
): Promise<void> {
  const { size } = await stat(file);
  response.writeHead(200, { 'Content-Type': item.mime, 'Content-Length': size });
  if (halt !== null) {
    await sendHalf(response, file, size);
    if (halt === 'cut_half') cut(response);
    return;
  }
  // A client that goes away in the middle is its own affair.
  await pipeline(createReadStream(file), response).catch(() => undefined);
}

/** The path part of an address: the name's slashes become `%2F`. */
export function mediaPath(name: string): string {
  return `/media/${name.split('/').map(encodeURIComponent).join('%2F')}`;
}

function answer(response: ServerResponse, status: number, type: string, body: string): Download {
  send(response, plain(status, type, body));
  return { status, note: '' };
}

/** A forbidden fault with a delay strikes only when the address has become that old. */
function isForbidden({ faults, now }: MediaContext, item: MediaItem): boolean {
  const ages = faults
    .list()
    .map(({ fault }) => (fault.kind === 'forbidden' ? (fault.afterMs ?? 0) : Infinity));
  if (now() - item.issuedAt() < Math.min(...ages)) return false;
  return faults.draw('media', 'forbidden') !== null;
}

async function giveFile(
  context: MediaContext,
  item: MediaItem,
  file: string,
  rawUrl: string,
  response: ServerResponse,
): Promise<Download> {
  const { faults } = context;
  if (isForbidden(context, item)) {
    return { ...answer(response, 403, 'application/xml', FORBIDDEN_PAGE), note: 'forbidden' };
  }
  if (!rawUrl.endsWith(MOVED) && faults.draw('media', 'redirect') !== null) {
    send(response, plain(302, 'text/html', '', { Location: `${rawUrl}${MOVED}` }));
    return { status: 302, note: 'redirect' };
  }
  if (faults.draw('media', 'html') !== null) {
    return { ...answer(response, 200, 'text/html', WRONG_PAGE), note: 'html' };
  }
  const halt = faults.draw('media', 'cut_half', 'stall')?.kind ?? null;
  await sendFile(response, item, file, halt);
  return { status: 200, note: halt ?? '' };
}

/** Answers a request for a path below `/media/`, taken exactly as it came. */
export async function serveMedia(
  context: MediaContext,
  rawUrl: string,
  response: ServerResponse,
): Promise<Download> {
  const { faults, shelf, signal } = context;
  const slow = faults.draw('media', 'slow');
  if (slow !== null) await sleep(slow.ms, undefined, { signal });
  const trouble = drawTrouble(faults, 'media');
  if (trouble !== null) {
    const instead = troubleAnswer(trouble);
    if (instead === null) cut(response);
    else send(response, instead);
    return { status: instead?.status ?? 0, note: trouble.kind };
  }
  const [path = ''] = rawUrl.split('?');
  const item = shelf.get(path.replaceAll('%2f', '%2F'));
  const file = item?.file() ?? null;
  if (item === undefined || file === null) {
    const isDecoded = shelf.has(mediaPath(path.slice('/media/'.length)));
    const note = isDecoded ? 'the slashes of the address were decoded' : 'no such file';
    return { ...answer(response, 404, 'text/plain', '404 page not found'), note };
  }
  return giveFile(context, item, file, rawUrl, response);
}
