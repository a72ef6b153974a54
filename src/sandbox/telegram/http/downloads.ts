// Files over HTTP: to the bot by a path that getFile opened, to people by file id and without a limit.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredFile } from '../files/store.js';
import type { TelegramState } from '../state.js';

function notFound(response: ServerResponse): void {
  response
    .writeHead(404, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ok: false, error_code: 404, description: 'Not Found' }));
}

/** Serves a file to the bot. */
export async function serveDownload(
  state: TelegramState,
  path: string,
  response: ServerResponse,
): Promise<void> {
  const slow = state.faults.take('download_slow');
  if (slow !== undefined) await state.clock.sleep(slow.ms ?? 0, state.closing);
  const file = state.files.findDownload(path);
  if (file === undefined || state.faults.take('download_missing') !== undefined) {
    notFound(response);
    return;
  }
  const bytes = await state.files.read(file);
  // The real server does not know the type of a file either.
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': bytes.length,
  });
  if (state.faults.take('download_cut') === undefined) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    response.destroy();
  });
}

/** The part of a file that a player asks for; null when it asks for all. */
function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return null;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start <= end ? { start, end } : null;
}

/** Serves a file to a person's app. */
export async function serveToPeople(
  state: TelegramState,
  fileId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file: StoredFile | undefined = state.files.find(fileId);
  if (file === undefined) {
    notFound(response);
    return;
  }
  const bytes = await state.files.read(file);
  const range = readRange(request.headers.range, bytes.length);
  const headers = { 'content-type': file.mimeType, 'accept-ranges': 'bytes' };
  if (range === null) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    return;
  }
  const part = bytes.subarray(range.start, range.end + 1);
  response
    .writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${range.start}-${range.end}/${bytes.length}`,
    })
    .end(part);
}
