// What a message brings: a photo in any of its forms, or something that is none. And the way to its bytes.

import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import { type Api, GrammyError } from 'grammy';
import type { Message } from 'grammy/types';
import type { TelegramConfig } from './telegram-config.js';
import { AppError, UpstreamError } from '../../core/errors.js';
import { MAX_PHOTO_BYTES, type PhotoFault } from '../../core/video/photos.js';
import { toCoreError } from './errors.js';

/** For the whole file; 20 MB come in much less. */
const DOWNLOAD_TIMEOUT_MS = 30_000;

export type Content =
  { kind: 'photo'; fileId: string } | { kind: 'refused'; fault: PhotoFault } | { kind: 'other' };

/** Looks at a message without fetching anything. */
export function readContent(message: Message): Content {
  const largest = message.photo?.at(-1);
  if (largest !== undefined) return { kind: 'photo', fileId: largest.file_id };
  if (message.animation !== undefined) return { kind: 'refused', fault: 'gif' };
  if (message.video !== undefined || message.video_note !== undefined) {
    return { kind: 'refused', fault: 'video' };
  }
  const { document } = message;
  if (document === undefined) return { kind: 'other' };
  const type = document.mime_type ?? '';
  if (type === 'application/pdf') return { kind: 'refused', fault: 'pdf' };
  if (type.startsWith('video/')) return { kind: 'refused', fault: 'video' };
  if (document.file_size === 0) return { kind: 'refused', fault: 'empty' };
  if ((document.file_size ?? 0) > MAX_PHOTO_BYTES) return { kind: 'refused', fault: 'too_large' };
  return { kind: 'photo', fileId: document.file_id };
}

function fetchFailed(code: number | string): UpstreamError {
  return new UpstreamError({
    service: 'telegram',
    operation: 'fetchFile',
    isRetryable: true,
    upstreamCode: code,
  });
}

/**
 * Fetches a file. Its address holds the bot's token, so it is neither logged nor passed on.
 * @throws AppError `photo_rejected` when it is over 20 MB, UpstreamError otherwise
 */
export async function fetchFile(
  api: Api,
  config: TelegramConfig,
  fileId: string,
  timeoutMs = DOWNLOAD_TIMEOUT_MS,
): Promise<Buffer> {
  let path: string | undefined;
  try {
    path = (await api.getFile(fileId)).file_path;
  } catch (error) {
    if (error instanceof GrammyError && /file is too big/i.test(error.description)) {
      throw new AppError('photo_rejected', 'too_large');
    }
    throw toCoreError('getFile', error);
  }
  if (path === undefined) throw fetchFailed('no path');
  const url = `${config.apiRoot}/file/bot${config.token.reveal()}/${path}`;
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'error', signal });
  } catch {
    throw fetchFailed('no answer');
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw fetchFailed(response.status);
  }
  return readBounded(response.body, signal);
}

async function readBounded(
  body: NonNullable<Response['body']>,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let seenBytes = 0;
  const collect = new Writable({
    write(chunk: Buffer, _encoding, done) {
      seenBytes += chunk.length;
      if (seenBytes > MAX_PHOTO_BYTES) done(new AppError('photo_rejected', 'too_large'));
      else {
        chunks.push(chunk);
        done();
      }
    },
  });
  try {
    // A body that stalls is cut off too: fetch alone is not sure to do it once the headers are there.
    await pipeline(Readable.fromWeb(body), collect, { signal });
  } catch (error) {
    throw error instanceof AppError ? error : fetchFailed('cut off');
  }
  return Buffer.concat(chunks);
}
