// The generations and the credits. Everything that time does to them is worked out from the clock when somebody asks.

import { randomInt, randomUUID } from 'node:crypto';
import type { SubmitPath, VideoOrder } from './checks.js';
import type { FaultBox } from './faults.js';
import type { Size } from './film/drawing.js';
import { Refusal, newId } from './wire.js';

/** 1 done, 5 under way, 6 deleted, 7 declined by moderation, 8 failed. */
export type BookStatus = 1 | 5 | 6 | 7 | 8;

/** A generation as a reader sees it. Times are epoch ms. */
export interface GenerationRecord {
  id: string;
  traceId: string;
  path: SubmitPath;
  status: BookStatus;
  prompt: string;
  model: string;
  quality: string;
  durationSeconds: number;
  /** Null where the picture decided. */
  aspectRatio: string | null;
  imageIds: readonly string[];
  creditsCharged: number;
  creditsRefunded: number;
  submittedAt: number;
  endedAt: number | null;
  /** How often its result was asked for. */
  polls: number;
  /** Why no film could be made, where that is so. */
  filmFault: string | null;
}

/** The file of a generation while it is being made and after. */
export interface Film {
  state: 'making' | 'ready' | 'failed';
  file: string;
  bytes: number;
  readyAt: number;
  fault: string | null;
  /** Settles when the state is final; never rejects. */
  done: Promise<void>;
}

/** What the faults have decided about a generation. */
interface Fate {
  isStuck: boolean;
  endsAs: 6 | 7 | 8 | null;
  oddStatus: number;
  oddLooks: number;
  emptyUrlLooks: number;
}

export interface Generation {
  id: string;
  traceId: string;
  order: VideoOrder;
  frame: Size;
  /** The name of the file for the world, with slashes. */
  mediaName: string;
  seed: number;
  submittedAt: number;
  dueAt: number;
  endedAt: number | null;
  endStatus: BookStatus | null;
  refunded: number;
  polls: number;
  /** When its address was last given out. */
  urlIssuedAt: number;
  fate: Fate;
  /** Null when it will end without a film. */
  film: Film | null;
}

/** What one look at a generation shows. `status` may be one that the service does not document. */
export interface Look {
  status: number;
  isUrlShown: boolean;
}

export interface BookOptions {
  now: () => number;
  /** The clock is somebody else's: a film that is due is waited for, and the clock alone says when it was ready. */
  isClockGiven: boolean;
  maxConcurrent: number;
  faults: FaultBox;
  generationMs: () => number;
  startFilm: (order: VideoOrder, frame: Size) => Film;
  /** Told once of each generation that has ended. */
  onEnd: (generation: Generation) => void;
}

/** All generations of the account and its credits; changed by the functions of this file alone. */
export interface Book {
  readonly options: BookOptions;
  readonly generations: Map<string, Generation>;
  /** Those that time can still change. */
  readonly open: Set<Generation>;
  credits: number;
}

const SLOT_MS = 10 * 60 * 1000;
const REFUND_MS = 2 * 60 * 60 * 1000;

export function createBook(credits: number, options: BookOptions): Book {
  return { options, generations: new Map(), open: new Set(), credits };
}

function drawFate(faults: FaultBox): Fate {
  const odd = faults.draw('generation', 'odd_status');
  return {
    isStuck: faults.draw('generation', 'stuck') !== null,
    endsAs: faults.draw('generation', 'ends_as')?.status ?? null,
    oddStatus: odd?.status ?? 0,
    oddLooks: odd?.results ?? 0,
    emptyUrlLooks: faults.draw('generation', 'empty_url')?.results ?? 0,
  };
}

function statusOf({ options }: Book, generation: Generation): BookStatus {
  const { endStatus, fate, dueAt, film } = generation;
  if (endStatus !== null) return endStatus;
  if (fate.isStuck || options.now() < dueAt) return 5;
  if (fate.endsAs !== null) return fate.endsAs;
  if (film?.state === 'failed') return 8;
  return film?.state === 'making' && !options.isClockGiven ? 5 : 1;
}

function giveBack(book: Book, generation: Generation): void {
  if (generation.refunded > 0) return;
  generation.refunded = generation.order.credits;
  book.credits += generation.refunded;
}

/** Does to a generation what the clock says by now. Safe to repeat. */
function settleOne(book: Book, generation: Generation): void {
  const { now, isClockGiven, onEnd } = book.options;
  const { film, submittedAt, dueAt, fate } = generation;
  const status = statusOf(book, generation);
  if (status === 5) {
    if (now() - submittedAt < REFUND_MS) return;
    giveBack(book, generation);
    if (fate.isStuck) book.open.delete(generation);
    return;
  }
  if (status === 1 && film?.state === 'making') return;
  const endedAt = isClockGiven ? dueAt : Math.max(dueAt, film?.readyAt ?? dueAt);
  generation.endStatus = status;
  generation.endedAt = endedAt;
  const isLate = endedAt - submittedAt >= REFUND_MS;
  if (status === 7 || status === 8 || isLate) giveBack(book, generation);
  book.open.delete(generation);
  onEnd(generation);
}

function settleAll(book: Book): void {
  for (const generation of book.open) settleOne(book, generation);
}

async function waitForFilm({ options }: Book, { film, dueAt }: Generation): Promise<void> {
  if (options.isClockGiven && options.now() >= dueAt) await film?.done;
}

function heldSlots(book: Book): number {
  const now = book.options.now();
  const isHeld = (generation: Generation): boolean =>
    statusOf(book, generation) === 5 && now - generation.submittedAt < SLOT_MS;
  return [...book.open].filter(isHeld).length;
}

/**
 * Charges a generation and begins it.
 * @throws Refusal 500090 or 500044; then nothing is charged
 */
export function acceptOrder(
  book: Book,
  order: VideoOrder,
  frame: Size,
  traceId: string,
): Generation {
  const { now, faults, maxConcurrent, generationMs, startFilm } = book.options;
  settleAll(book);
  const isBroke = faults.draw('account', 'out_of_credits') !== null;
  if (isBroke || book.credits < order.credits) throw new Refusal(500090);
  if (heldSlots(book) >= maxConcurrent) throw new Refusal(500044);
  book.credits -= order.credits;
  const fate = drawFate(faults);
  const seed = order.seed ?? randomInt(2_147_483_647);
  const hasFilm = !fate.isStuck && fate.endsAs === null;
  const generation: Generation = {
    ...{ id: newId(), traceId, order, frame, seed, fate },
    mediaName: `pixverse/mp4/media/web/ori/${randomUUID()}_seed${seed}.mp4`,
    submittedAt: now(),
    dueAt: now() + generationMs(),
    ...{ endedAt: null, endStatus: null, refunded: 0, polls: 0, urlIssuedAt: 0 },
    film: hasFilm ? startFilm(order, frame) : null,
  };
  book.generations.set(generation.id, generation);
  book.open.add(generation);
  return generation;
}

/** One look of a client at a generation; it counts as a poll. */
export async function lookAt(book: Book, generation: Generation): Promise<Look> {
  const { fate } = generation;
  generation.polls += 1;
  await waitForFilm(book, generation);
  if (book.open.has(generation)) settleOne(book, generation);
  if (fate.oddLooks > 0) {
    fate.oddLooks -= 1;
    return { status: fate.oddStatus, isUrlShown: false };
  }
  const status = statusOf(book, generation);
  if (status !== 1) return { status, isUrlShown: false };
  if (fate.emptyUrlLooks > 0) {
    fate.emptyUrlLooks -= 1;
    return { status, isUrlShown: false };
  }
  generation.urlIssuedAt = book.options.now();
  return { status, isUrlShown: true };
}

/** Ends what is due; with a given clock it waits for the films first. */
export async function settleBook(book: Book): Promise<void> {
  await Promise.all([...book.open].map((generation) => waitForFilm(book, generation)));
  settleAll(book);
}

/** The credits that are left, after everything that had to be given back by now. */
export function balanceOf(book: Book): number {
  settleAll(book);
  return book.options.faults.has('account', 'out_of_credits') ? 0 : book.credits;
}

export function setCredits(book: Book, credits: number): void {
  settleAll(book);
  book.credits = credits;
}

/** All generations, oldest first. */
export function recordsOf(book: Book): GenerationRecord[] {
  settleAll(book);
  return [...book.generations.values()].map((generation) =>
    toRecord(generation, statusOf(book, generation)),
  );
}

function toRecord(generation: Generation, status: BookStatus): GenerationRecord {
  const { id, traceId, order, submittedAt, endedAt, polls } = generation;
  const { path, prompt, model, quality, aspectRatio, imageIds } = order;
  return {
    ...{ id, traceId, path, status, prompt, model, quality, aspectRatio, imageIds },
    durationSeconds: order.seconds,
    creditsCharged: order.credits,
    creditsRefunded: generation.refunded,
    ...{ submittedAt, endedAt, polls },
    filmFault: generation.film?.fault ?? null,
  };
}
