// The PixVerse platform API (v2): uploads, submits, results, balance, result files. One remote call a method;
// it never retries, because only the order knows what may be repeated.

import { createWriteStream } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import FormData from 'form-data';
import { LosslessNumber, stringify } from 'lossless-json';
import type { PixverseConfig } from '../settings.js';
import { lookupOutside, refuseInnerAddress } from './outside-address.js';
import { errorOfCode, errorOfHttpStatus, PixverseError } from './pixverse-errors.js';
import { readEnvelope, readId, readInteger, readText } from './pixverse-envelope.js';

const CALL_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 60_000;
/** For the whole file: a body that stalls ends too. */
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** Five seconds of 1080p are a few megabytes; more than this is not our video. */
const MAX_VIDEO_BYTES = 200 * 1024 * 1024;
/** PixVerse answers within milliseconds or not at all; sockets are kept for the next poll. */
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 32 } as const;

export interface FusionSubmit {
  traceId: string;
  prompt: string;
  quality: string;
  durationSeconds: number;
  subjects: { imageId: string; name: string }[];
}

export interface ImageSubmit {
  traceId: string;
  prompt: string;
  quality: string;
  durationSeconds: number;
  imageId: string;
}

/** `unknown` is any status that the documentation does not name: keep looking, never guess. */
export type GenerationStatus =
  'done' | 'generating' | 'deleted' | 'moderated' | 'failed' | 'unknown';

export interface GenerationResult {
  status: GenerationStatus;
  /** PixVerse's number, for the log. */
  statusCode: number;
  /** Set only when the file can be fetched; may be missing for a moment although the status says done. */
  url: string | null;
  /** Between PixVerse's own creation and last change of the video, where it tells both. */
  reportedMs: number | null;
}

export interface PixverseBalance {
  /** The plan's credits plus bought ones. */
  pixverseCredits: number;
  /** The plan's part of them; 0 without a plan. */
  monthlyCredits: number;
}

const STATUS_OF_CODE: ReadonlyMap<number, GenerationStatus> = new Map([
  [1, 'done'],
  [5, 'generating'],
  [6, 'deleted'],
  [7, 'moderated'],
  [8, 'failed'],
]);

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(response: AxiosResponse, now: number): number | undefined {
  const value: unknown = response.headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Both times come without a time zone that we could rely on, but from one clock. */
function reportedMs(resp: Record<string, unknown>): number | null {
  const spanMs =
    Date.parse(readText(resp, 'modify_time') ?? '') -
    Date.parse(readText(resp, 'create_time') ?? '');
  return Number.isFinite(spanMs) && spanMs > 0 ? spanMs : null;
}

function connectionError(operation: string, error: unknown): PixverseError {
  const code = axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
  // A refused or unresolved connection surely carried nothing; everything else may have.
  const isAmbiguous = !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code);
  return new PixverseError(operation, { kind: 'retry', isAmbiguous, code });
}

/** @throws PixverseError from every method but the constructor */
export class Pixverse {
  readonly #http: AxiosInstance;
  readonly #media: AxiosInstance;
  readonly #config: PixverseConfig;
  readonly #now: () => number;
  readonly #newTraceId: () => string;
  readonly #signal: AbortSignal;
  readonly #downloadTimeoutMs: number;

  constructor(
    config: PixverseConfig,
    options: {
      now: () => number;
      newTraceId: () => string;
      signal: AbortSignal;
      downloadTimeoutMs?: number;
    },
  ) {
    this.#config = config;
    this.#now = options.now;
    this.#newTraceId = options.newTraceId;
    this.#signal = options.signal;
    this.#downloadTimeoutMs = options.downloadTimeoutMs ?? DOWNLOAD_TIMEOUT_MS;
    const common = {
      maxRedirects: 0,
      proxy: false as const,
      signal: options.signal,
      validateStatus: () => true,
    };
    this.#http = axios.create({
      ...common,
      baseURL: config.baseUrl,
      httpAgent: new HttpAgent(AGENT_OPTIONS),
      httpsAgent: new HttpsAgent(AGENT_OPTIONS),
      headers: { 'API-KEY': config.apiKey.reveal() },
      responseType: 'text',
      transformResponse: (body: unknown) => body,
    });
    const lookup = lookupOutside(new URL(config.baseUrl).hostname);
    this.#media = axios.create({
      ...common,
      httpAgent: new HttpAgent({ ...AGENT_OPTIONS, lookup }),
      httpsAgent: new HttpsAgent({ ...AGENT_OPTIONS, lookup }),
      responseType: 'stream',
    });
  }

  /**
   * Uploads a picture. Safe to repeat: uploads are not billed.
   * @param jpeg see `preparePhoto`
   * @returns PixVerse's image id, digits
   */
  async uploadImage(jpeg: Buffer): Promise<string> {
    const form = new FormData();
    form.append('image', jpeg, { filename: 'photo.jpg', contentType: 'image/jpeg' });
    // As one piece with its length: a streamed form on a connection that is used again hangs until the server closes it.
    const resp = await this.#call('upload', () =>
      this.#http.post('image/upload', form.getBuffer(), {
        headers: { ...form.getHeaders(), 'Ai-trace-id': this.#newTraceId() },
        timeout: UPLOAD_TIMEOUT_MS,
      }),
    );
    return readId('upload', resp, 'img_id');
  }

  /**
   * Submits a generation of two Fusion subjects; costs PixVerse credits. Repeating it with the same trace id makes no
   * second video, so after an ambiguous error it is repeated with the same one and never with another.
   * @returns PixVerse's video id, digits
   */
  async submitFusion(submit: FusionSubmit): Promise<string> {
    return this.#submit('video/fusion/generate', submit.traceId, {
      ...this.#generation(submit),
      image_references: submit.subjects.map((subject) => ({
        type: 'subject',
        img_id: new LosslessNumber(subject.imageId),
        ref_name: subject.name,
      })),
      aspect_ratio: this.#config.aspectRatio,
    });
  }

  /** Submits one picture to be set in motion; the picture's shape decides the video's. As `submitFusion` otherwise. */
  async submitImage(submit: ImageSubmit): Promise<string> {
    return this.#submit('video/img/generate', submit.traceId, {
      ...this.#generation(submit),
      img_id: new LosslessNumber(submit.imageId),
    });
  }

  /** Looks at a generation, each time under a fresh trace id: a repeated one may be answered from the past. */
  async fetchResult(pixverseVideoId: string): Promise<GenerationResult> {
    const resp = await this.#call('result', () =>
      this.#http.get(`video/result/${encodeURIComponent(pixverseVideoId)}`, {
        headers: { 'Ai-trace-id': this.#newTraceId() },
        timeout: CALL_TIMEOUT_MS,
      }),
    );
    const statusCode = readInteger('result', resp, 'status');
    const status = STATUS_OF_CODE.get(statusCode) ?? 'unknown';
    const url = status === 'done' ? readText(resp, 'url') : null;
    return { status, statusCode, url: url === '' ? null : url, reportedMs: reportedMs(resp) };
  }

  async fetchBalance(): Promise<PixverseBalance> {
    const resp = await this.#call('balance', () =>
      this.#http.get('account/balance', {
        headers: { 'Ai-trace-id': this.#newTraceId() },
        timeout: CALL_TIMEOUT_MS,
      }),
    );
    const monthlyCredits = readInteger('balance', resp, 'credit_monthly');
    const boughtCredits = readInteger('balance', resp, 'credit_package');
    return { pixverseCredits: monthlyCredits + boughtCredits, monthlyCredits };
  }

  /**
   * Fetches a result file. The address is used as it is (its `%2F` stay), redirects and addresses inside the network
   * are refused, and no more than 200 MB and two minutes are taken.
   * @param target file that is created or overwritten
   */
  async download(url: string, target: string): Promise<void> {
    refuseInnerAddress(url, this.#config.baseUrl);
    // axios' own time-out ends with the headers.
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(this.#downloadTimeoutMs)]);
    let response: AxiosResponse<NodeJS.ReadableStream>;
    try {
      response = await this.#media.get<NodeJS.ReadableStream>(url, { signal });
    } catch (error) {
      throw connectionError('download', error);
    }
    if (response.status !== 200) {
      response.data.resume();
      throw new PixverseError('download', {
        kind: 'retry',
        isAmbiguous: false,
        code: `http ${response.status}`,
      });
    }
    try {
      const file = createWriteStream(target);
      await pipeline(response.data, limitBytes(MAX_VIDEO_BYTES), file, { signal });
    } catch {
      throw new PixverseError('download', { kind: 'retry', isAmbiguous: false, code: 'cut off' });
    }
  }

  #generation(submit: { prompt: string; quality: string; durationSeconds: number }) {
    return {
      prompt: submit.prompt,
      model: this.#config.model,
      duration: submit.durationSeconds,
      quality: submit.quality,
      generate_audio_switch: false,
      ...(this.#config.webhook !== null && { webhook_id: this.#config.webhook.id }),
    };
  }

  async #submit(path: string, traceId: string, body: object): Promise<string> {
    const resp = await this.#call('submit', () =>
      this.#http.post(path, stringify(body), {
        headers: { 'Content-Type': 'application/json', 'Ai-trace-id': traceId },
        timeout: CALL_TIMEOUT_MS,
      }),
    );
    return readId('submit', resp, 'video_id');
  }

  /** Sends, reads the envelope and answers its `Resp`. */
  async #call(
    operation: string,
    send: () => Promise<AxiosResponse<string>>,
  ): Promise<Record<string, unknown>> {
    let response: AxiosResponse<string>;
    try {
      response = await send();
    } catch (error) {
      throw connectionError(operation, error);
    }
    const waitMs = retryAfterMs(response, this.#now());
    const envelope = readEnvelope(response.data);
    if (envelope === null) throw errorOfHttpStatus(operation, response.status, waitMs);
    if (envelope.code !== 0) {
      throw errorOfCode(operation, envelope.code, response.status, waitMs);
    }
    if (response.status >= 300) throw errorOfHttpStatus(operation, response.status, waitMs);
    return envelope.resp;
  }
}

function limitBytes(maxBytes: number): Transform {
  let seenBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seenBytes += chunk.length;
      if (seenBytes > maxBytes) done(new Error('too large'));
      else done(null, chunk);
    },
  });
}
