// Who may call what, which answers are repeated, what goes wrong on the way, and what the call log says of it.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFusion, checkImage } from './checks.js';
import type { CallName } from './faults.js';
import { cut, drawTrouble, isActedOn, readWhole, send, troubleAnswer } from './gateway.js';
import { serveMedia } from './media.js';
import {
  type Operation,
  type ServiceContext,
  type Visit,
  balance,
  result,
  submitWith,
  upload,
} from './operations.js';
import { MAX_IMAGE_BYTES } from './uploads.js';
import { type Answer, Refusal, plain, refusal } from './wire.js';

/** One request as the service saw it. */
export interface PixverseCall {
  at: number;
  method: string;
  path: string;
  traceId: string | null;
  /** 0 when the connection was cut. */
  status: number;
  /** Null where the answer was no envelope. */
  errCode: number | null;
  /** Faults, repetitions, ignored fields; empty in the usual case. */
  note: string;
}

export interface RouteContext extends ServiceContext {
  apiKey: string;
  /** Former answers by kind of call and trace id; only those that were a success. */
  remembered: Map<string, Map<string, Promise<Answer>>>;
  log: (call: PixverseCall) => void;
  signal: AbortSignal;
}

interface Route {
  call: CallName;
  method: 'GET' | 'POST';
  /** Below the base path; one that ends with a slash takes an id after it. */
  path: string;
  maxBytes: number;
  act: Operation;
}

const BASE_PATH = '/openapi/v2/';
const MEDIA_PATH = '/media/';
const MAX_JSON_BYTES = 1024 * 1024;
/** How many answers are kept for repetition, per kind of call. */
const MAX_REMEMBERED = 20_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const POST_JSON = { call: 'submit', method: 'POST', maxBytes: MAX_JSON_BYTES } as const;
const GET = { method: 'GET', maxBytes: MAX_JSON_BYTES } as const;
const ROUTES: readonly Route[] = [
  // Room for the form around a file that is over its limit by a little.
  {
    ...{ call: 'upload', method: 'POST', path: 'image/upload', act: upload },
    maxBytes: MAX_IMAGE_BYTES + MAX_JSON_BYTES,
  },
  { ...POST_JSON, path: 'video/fusion/generate', act: submitWith(checkFusion) },
  { ...POST_JSON, path: 'video/img/generate', act: submitWith(checkImage) },
  { ...GET, call: 'result', path: 'video/result/', act: result },
  { ...GET, call: 'balance', path: 'account/balance', act: balance },
];

function findRoute(method: string, path: string): Route | undefined {
  if (!path.startsWith(BASE_PATH)) return undefined;
  const name = path.slice(BASE_PATH.length);
  return ROUTES.find((route) => {
    if (route.method !== method) return false;
    return route.path.endsWith('/') ? name.startsWith(route.path) : name === route.path;
  });
}

function one(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}

/** @throws Refusal 10004, 10001, 400011 or 400017 */
function checkHeaders(headers: IncomingHttpHeaders, apiKey: string): void {
  const key = one(headers['api-key']);
  if (key === '') throw new Refusal(10004);
  if (key !== apiKey) throw new Refusal(10001);
  const traceId = one(headers['ai-trace-id']);
  if (traceId === '') throw new Refusal(400011, 'Ai-trace-id');
  if (!UUID.test(traceId)) throw new Refusal(400017, 'Ai-trace-id is no UUID');
}

/**
 * Acts on a call, or repeats the answer when the same kind of call was a success under this trace id before. Another
 * one that comes while the first is under way gets the answer of the first, good or bad.
 */
async function actOnce(context: RouteContext, route: Route, visit: Visit): Promise<Answer> {
  const kind = `${route.method} ${route.path}`;
  const answers = context.remembered.get(kind) ?? new Map<string, Promise<Answer>>();
  context.remembered.set(kind, answers);
  const before = answers.get(visit.traceId);
  if (before !== undefined) {
    visit.notes.push('same trace id: the former answer again');
    return before;
  }
  const answer = Promise.resolve().then(() => route.act(context, visit));
  answers.set(visit.traceId, answer);
  const oldest = answers.keys().next();
  if (answers.size > MAX_REMEMBERED && oldest.done !== true) answers.delete(oldest.value);
  try {
    return await answer;
  } catch (error) {
    answers.delete(visit.traceId);
    throw error;
  }
}

/** The service's own answer, a refusal included. */
async function actOrRefuse(
  context: RouteContext,
  route: Route,
  visit: Visit,
  isTooLarge: boolean,
): Promise<Answer> {
  try {
    checkHeaders(visit.headers, context.apiKey);
    if (!isTooLarge) return await actOnce(context, route, visit);
    if (route.call === 'upload') throw new Refusal(500030);
    return plain(413, 'text/plain', '413 Request Entity Too Large');
  } catch (error) {
    if (error instanceof Refusal) return refusal(error.code, error.message);
    throw error;
  }
}

/** @returns what the client is to see, null when the connection is to be cut */
async function answerCall(
  context: RouteContext,
  route: Route,
  request: IncomingMessage,
  path: string,
  notes: string[],
): Promise<Answer | null> {
  const { faults, signal } = context;
  const { headers } = request;
  const body = await readWhole(request, route.maxBytes);
  const slow = faults.draw(route.call, 'slow');
  const trouble = drawTrouble(faults, route.call);
  if (slow !== null) notes.push('slow');
  if (trouble !== null) notes.push(trouble.kind);
  const visit: Visit = {
    ...{ headers, notes, body: body ?? Buffer.alloc(0) },
    rest: path.slice(BASE_PATH.length + route.path.length),
    traceId: one(headers['ai-trace-id']).toLowerCase(),
  };
  const hasActed = trouble === null || isActedOn(trouble);
  const answer = hasActed ? await actOrRefuse(context, route, visit, body === null) : null;
  if (slow !== null) await sleep(slow.ms, undefined, { signal });
  return trouble === null ? answer : troubleAnswer(trouble);
}

async function serveApi(
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  notes: string[],
): Promise<Answer | null> {
  const route = findRoute(request.method ?? 'GET', path);
  if (route === undefined) request.resume();
  const answer =
    route === undefined
      ? plain(404, 'text/plain', '404 page not found')
      : await answerCall(context, route, request, path, notes);
  if (answer === null) cut(response);
  else send(response, answer);
  return answer;
}

/** Answers one request and writes it to the log. Throws when the client goes away or the service ends. */
export async function serve(
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const [path = '/'] = url.split('?');
  const traceId = one(headers['ai-trace-id']);
  const call = { at: context.now(), method, path, traceId: traceId === '' ? null : traceId };
  if (method === 'GET' && path.startsWith(MEDIA_PATH)) {
    const { status, note } = await serveMedia(context, url, response);
    context.log({ ...call, status, errCode: null, note });
    return;
  }
  const notes: string[] = [];
  const answer = await serveApi(context, request, response, path, notes);
  const { status = 0, errCode = null } = answer ?? {};
  context.log({ ...call, status, errCode, note: notes.join('; ') });
}
