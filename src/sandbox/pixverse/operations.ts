// What each call of the API does once it is let in: upload, submit, result, balance.

import type { IncomingHttpHeaders } from 'node:http';
import { type VideoOrder, type checkFusion } from './checks.js';
import type { FaultBox } from './faults.js';
import type { Size } from './film/drawing.js';
import { type Book, type Generation, acceptOrder, balanceOf, lookAt } from './generations.js';
import { type MediaShelf, mediaPath } from './media.js';
import { frameSize, ratioOf } from './prices.js';
import { type StoredImage, takeUpload } from './uploads.js';
import { type Answer, Refusal, readObject, success } from './wire.js';

/** What the calls work on. */
export interface ServiceContext {
  now: () => number;
  faults: FaultBox;
  book: Book;
  images: Map<string, StoredImage>;
  shelf: MediaShelf;
  /** The ids of registered webhooks. */
  webhookIds: readonly string[];
  uploadFolder: string;
  /** Scheme, host and port of the addresses that are given out. */
  origin: () => string;
  onAccepted: (generation: Generation) => void;
}

/** One call as an operation sees it. */
export interface Visit {
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The part of the path after the route's own. */
  rest: string;
  traceId: string;
  /** Remarks for the call log. */
  notes: string[];
}

const ACCOUNT_ID = 730_001;

/** @throws Refusal, or resolves with the answer to a success */
export type Operation = (context: ServiceContext, visit: Visit) => Promise<Answer>;

export const upload: Operation = async (context, { headers, body }) => {
  const { faults, images, shelf, now } = context;
  const image = await takeUpload(headers, body, context.uploadFolder, () => {
    return faults.draw('upload', 'moderation') !== null;
  });
  images.set(image.id, image);
  const name = `pixverse/openapi/upload/${image.id}.${image.mime.slice('image/'.length)}`;
  const path = mediaPath(name);
  shelf.set(path, { mime: image.mime, file: () => image.file, issuedAt: now });
  return success({ img_id: BigInt(image.id), img_url: context.origin() + path });
};

function frameOf(order: VideoOrder, images: ReadonlyMap<string, StoredImage>): Size {
  if (order.aspectRatio !== null) return frameSize(order.quality, ratioOf(order.aspectRatio));
  const picture = images.get(order.imageIds[0] ?? '');
  return frameSize(order.quality, picture === undefined ? 1 : picture.width / picture.height);
}

/**
 * A generation of the kind that `check` knows. From the check to the charge nothing waits: two submits at the same
 * time see each other.
 */
export function submitWith(check: typeof checkFusion): Operation {
  return (context, { headers, body, traceId, notes }) => {
    const { faults, images, shelf, book } = context;
    if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
      throw new Refusal(400013, 'the content type must be application/json');
    }
    const order = check(readObject(body.toString('utf8')), {
      webhookIds: context.webhookIds,
      onUnknownField: (name) => notes.push(`${name} is no field of this call and was ignored`),
    });
    const unknown = order.imageIds.find((id) => !images.has(id));
    if (unknown !== undefined) throw new Refusal(400032, unknown);
    if (order.templateId !== null) throw new Refusal(500070);
    if (faults.draw('submit', 'moderation') !== null) throw new Refusal(500063);
    const generation = acceptOrder(book, order, frameOf(order, images), traceId);
    shelf.set(mediaPath(generation.mediaName), {
      mime: 'video/mp4',
      file: () => (generation.endStatus === 1 ? (generation.film?.file ?? null) : null),
      issuedAt: () => generation.urlIssuedAt,
    });
    context.onAccepted(generation);
    return Promise.resolve(success({ video_id: BigInt(generation.id), credits: order.credits }));
  };
}

function resultFields(generation: Generation, status: number, url: string, now: number): object {
  const { order, frame, film, submittedAt, endedAt } = generation;
  const isDone = status === 1;
  return {
    id: BigInt(generation.id),
    status,
    url,
    outputWidth: isDone ? frame.width : 0,
    outputHeight: isDone ? frame.height : 0,
    size: isDone ? (film?.bytes ?? 0) : 0,
    seed: generation.seed,
    resolution_ratio: Number.parseInt(order.quality, 10),
    prompt: order.prompt,
    negative_prompt: '',
    style: '',
    create_time: new Date(submittedAt).toISOString(),
    modify_time: new Date(endedAt ?? now).toISOString(),
    has_audio: order.hasAudio,
    customer_paths: {},
  };
}

export const result: Operation = async (context, { rest }) => {
  const { book, now } = context;
  if (!/^\d+$/.test(rest)) throw new Refusal(400013, 'video_id');
  const generation = book.generations.get(rest);
  if (generation === undefined) throw new Refusal(500008);
  const { status, isUrlShown } = await lookAt(book, generation);
  const url = isUrlShown ? context.origin() + mediaPath(generation.mediaName) : '';
  return success(resultFields(generation, status, url, now()));
};

export const balance: Operation = ({ book }) =>
  Promise.resolve(
    success({ account_id: ACCOUNT_ID, credit_monthly: balanceOf(book), credit_package: 0 }),
  );
