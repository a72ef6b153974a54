// Reads the parameters of a call from the query and from a JSON, urlencoded or multipart body.

import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { badRequest, TelegramError } from '../errors.js';

/** Telegram's limit of an upload by a bot. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
/** What the other parts of a multipart body may add to it. */
const MAX_EXTRA_BYTES = 1024 * 1024;

export interface Upload {
  bytes: Buffer;
  fileName: string;
}

export interface RequestBody {
  values: Record<string, unknown>;
  /** Everything is text and has still to be understood by its type; false for JSON. */
  isText: boolean;
  /** By the name of their part. */
  uploads: Map<string, Upload>;
}

function tooLarge(): TelegramError {
  return new TelegramError(413, 'Request Entity Too Large');
}

/** Reads to the end even when it is too much: a client that is still writing cannot hear an answer. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_UPLOAD_BYTES + MAX_EXTRA_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > MAX_UPLOAD_BYTES + MAX_EXTRA_BYTES) throw tooLarge();
  return Buffer.concat(chunks);
}

function readMultipart(request: IncomingMessage): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const body: RequestBody = { values: {}, isText: true, uploads: new Map() };
    let isTooLarge = false;
    const parser = busboy({
      headers: request.headers,
      limits: { fileSize: MAX_UPLOAD_BYTES, fieldSize: MAX_EXTRA_BYTES },
    });
    parser.on('field', (name, value) => {
      body.values[name] = value;
    });
    parser.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        isTooLarge = true;
        chunks.length = 0;
      });
      stream.on('end', () => {
        body.uploads.set(name, { bytes: Buffer.concat(chunks), fileName: info.filename ?? name });
      });
    });
    parser.on('error', () => {
      reject(badRequest("can't parse the multipart body"));
    });
    parser.on('close', () => {
      if (isTooLarge) reject(tooLarge());
      else resolve(body);
    });
    request.on('error', reject);
    request.on('aborted', () => {
      reject(new Error('the client went away'));
    });
    request.pipe(parser);
  });
}

function readJson(bytes: Buffer): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw badRequest("can't parse the JSON body");
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badRequest('the JSON body must be an object');
  }
  // grammY leaves such fields out as well.
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

/**
 * The parameters of a call, not yet checked. A body replaces what the query says.
 * @throws TelegramError 413 for more than a bot may upload, 400 for a body that cannot be read
 */
export async function readBody(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<RequestBody> {
  const contentType = request.headers['content-type'] ?? '';
  const fromQuery = { values: Object.fromEntries(query), isText: true, uploads: new Map() };
  if (request.method === 'GET') {
    request.resume();
    return fromQuery;
  }
  if (contentType.startsWith('multipart/form-data')) return readMultipart(request);
  const bytes = await readBytes(request);
  if (contentType.startsWith('application/json')) {
    return { values: readJson(bytes), isText: false, uploads: new Map() };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const values = Object.fromEntries(new URLSearchParams(bytes.toString('utf8')));
    return { values, isText: true, uploads: new Map() };
  }
  return fromQuery;
}
