// The knobs that make the service misbehave: each fault names where it strikes, what happens, how often.

import { isObject } from './wire.js';

/** The calls of a client. `media` is the download of a result, `submit` either kind of generation. */
export type CallName = 'upload' | 'submit' | 'result' | 'balance' | 'media';
export type FaultPlace = CallName | 'generation' | 'account' | 'webhook';

/** How often a fault strikes: always, at most `times`, or by chance (0 to 1). */
export interface FaultOdds {
  times?: number;
  probability?: number;
}

type ApiCall = Exclude<CallName, 'media'>;

export type Fault = FaultOdds &
  (
    | /** The call is acted on at once, the answer comes late. */
      { on: CallName; kind: 'slow'; ms: number }
      /** Too many requests, nothing done; `retryAfterSeconds` is 1 unless given. */
    | { on: CallName; kind: 'http_429'; retryAfterSeconds?: number }
    /** A gateway's HTML page; the call was acted on all the same if `isActedOn`. */
    | { on: CallName; kind: 'http_502'; isActedOn?: boolean }
    /** HTTP 200 with a body that is no JSON; acted on all the same if `isActedOn`. */
    | { on: ApiCall; kind: 'not_json'; isActedOn?: boolean }
    /** The connection ends without an answer and nothing was done. */
    | { on: CallName; kind: 'cut_before' }
    /** The connection ends without an answer, but the call was acted on: accepted, charged, remembered. */
    | { on: CallName; kind: 'cut_after' }
    /** This ErrCode instead of acting, before anything is checked; `http` is the usual status of the code unless given. */
    | { on: ApiCall; kind: 'error'; code: number; http?: number }
    /** The review declines a good photo (HTTP 500, 500052) or a good order (500063). */
    | { on: 'upload' | 'submit'; kind: 'moderation' }
    /** The generation ends with 6 deleted, 7 moderation or 8 failed. Like all its kind: settled when it is accepted. */
    | { on: 'generation'; kind: 'ends_as'; status: 6 | 7 | 8 }
    /** The first `results` looks see an unknown status, then all is as usual. */
    | { on: 'generation'; kind: 'odd_status'; status: number; results: number }
    /** The generation stays at 5 for ever. */
    | { on: 'generation'; kind: 'stuck' }
    /** The first `results` looks at the finished generation see status 1 with an empty url. */
    | { on: 'generation'; kind: 'empty_url'; results: number }
    /** HTTP 403: at once, or `afterMs` after the result was last asked for. */
    | { on: 'media'; kind: 'forbidden'; afterMs?: number }
    /** The connection ends in the middle of the file. */
    | { on: 'media'; kind: 'cut_half' }
    /** The first half of the file comes, then nothing more; the connection stays open. */
    | { on: 'media'; kind: 'stall' }
    /** HTTP 200 with a page instead of the file. */
    | { on: 'media'; kind: 'html' }
    /** HTTP 302 to the address where the file is. */
    | { on: 'media'; kind: 'redirect' }
    /** The balance reads 0 and every submit is answered 500090; `times` counts the submits. */
    | { on: 'account'; kind: 'out_of_credits' }
    /** Never sent. */
    | { on: 'webhook'; kind: 'lost' }
    /** Sent twice. */
    | { on: 'webhook'; kind: 'twice' }
    /** Signed with a wrong secret, at every try. */
    | { on: 'webhook'; kind: 'forged' }
    /** Sent that much later. */
    | { on: 'webhook'; kind: 'late'; ms: number }
  );

export type FaultKind = Fault['kind'];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

export interface ListedFault {
  id: string;
  fault: Fault;
  /** How often it has struck. */
  struck: number;
}

export interface PixverseFaults {
  /** @returns an id for `remove` */
  add: (fault: Fault) => string;
  remove: (id: string) => boolean;
  clear: () => void;
  /** Those that can still strike, oldest first. */
  list: () => ListedFault[];
}

/** The side of the service: it asks at each place whether something goes wrong. */
export interface FaultBox extends PixverseFaults {
  /** The oldest fault of these kinds that strikes here now; it is counted. */
  draw: <Kind extends FaultKind>(on: FaultPlace, ...kinds: Kind[]) => FaultOf<Kind> | null;
  /** Is there a fault of this kind, whatever its odds? Nothing is counted. */
  has: (on: FaultPlace, kind: FaultKind) => boolean;
}

interface Rule {
  on: readonly FaultPlace[];
  needs?: readonly string[];
  may?: readonly string[];
}

const API_CALLS = ['upload', 'submit', 'result', 'balance'] as const;
const CALLS = [...API_CALLS, 'media'] as const;

/** Where each kind may strike and which fields it has; the page that offers faults reads it too. */
export const FAULT_RULES: Readonly<Record<FaultKind, Rule>> = {
  slow: { on: CALLS, needs: ['ms'] },
  http_429: { on: CALLS, may: ['retryAfterSeconds'] },
  http_502: { on: CALLS, may: ['isActedOn'] },
  not_json: { on: API_CALLS, may: ['isActedOn'] },
  cut_before: { on: CALLS },
  cut_after: { on: CALLS },
  error: { on: API_CALLS, needs: ['code'], may: ['http'] },
  moderation: { on: ['upload', 'submit'] },
  ends_as: { on: ['generation'], needs: ['status'] },
  odd_status: { on: ['generation'], needs: ['status', 'results'] },
  stuck: { on: ['generation'] },
  empty_url: { on: ['generation'], needs: ['results'] },
  forbidden: { on: ['media'], may: ['afterMs'] },
  cut_half: { on: ['media'] },
  stall: { on: ['media'] },
  html: { on: ['media'] },
  redirect: { on: ['media'] },
  out_of_credits: { on: ['account'] },
  lost: { on: ['webhook'] },
  twice: { on: ['webhook'] },
  forged: { on: ['webhook'] },
  late: { on: ['webhook'], needs: ['ms'] },
};

const DAY_MS = 24 * 60 * 60 * 1000;

function whole(min: number, max: number): (value: unknown) => string | null {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? null
      : `a whole number from ${min} to ${max}`;
}

const FIELDS: Readonly<Record<string, (value: unknown) => string | null>> = {
  times: whole(1, 1_000_000),
  probability: (value) =>
    typeof value === 'number' && value >= 0 && value <= 1 ? null : 'a number from 0 to 1',
  ms: whole(0, DAY_MS),
  afterMs: whole(0, DAY_MS),
  retryAfterSeconds: whole(0, 86_400),
  isActedOn: (value) => (typeof value === 'boolean' ? null : 'true or false'),
  code: whole(1, 999_999_999),
  http: whole(200, 599),
  status: whole(0, 1000),
  results: whole(1, 1_000_000),
};

const END_STATUSES: readonly unknown[] = [6, 7, 8];
const KNOWN_STATUSES: readonly unknown[] = [1, 5, ...END_STATUSES];

function checkStatus(kind: FaultKind, status: unknown): string | null {
  if (kind === 'ends_as' && !END_STATUSES.includes(status)) return 'status must be 6, 7 or 8';
  if (kind === 'odd_status' && KNOWN_STATUSES.includes(status)) {
    return 'status must be one the service does not document';
  }
  return null;
}

/**
 * Reads a fault from plain JSON, for example `{"on":"submit","kind":"cut_after","times":1}`.
 * @returns the fault, or what is wrong with it
 */
export function parseFault(json: unknown): Fault | string {
  if (!isObject(json)) return 'a fault is an object';
  const kind = Object.keys(FAULT_RULES).find((name) => name === json.kind) as FaultKind | undefined;
  if (kind === undefined) return `kind must be one of ${Object.keys(FAULT_RULES).join(', ')}`;
  const rule = FAULT_RULES[kind];
  if (!rule.on.some((place) => place === json.on)) {
    return `on must be ${rule.on.join(', ')} for ${kind}`;
  }
  const missing = rule.needs?.find((name) => json[name] === undefined);
  if (missing !== undefined) return `${kind} needs ${missing}`;
  const fields = [...(rule.needs ?? []), ...(rule.may ?? []), 'times', 'probability'];
  for (const [name, value] of Object.entries(json)) {
    if (name === 'on' || name === 'kind' || value === undefined) continue;
    if (!fields.includes(name)) return `${kind} has no ${name}`;
    const wanted = FIELDS[name]?.(value);
    if (typeof wanted === 'string') return `${name} must be ${wanted}`;
  }
  const complaint = checkStatus(kind, json.status);
  return complaint ?? (json as unknown as Fault);
}

/** @param random a number from 0 to below 1, for faults with a probability */
export function createFaults(random: () => number): FaultBox {
  let lastId = 0;
  let entries: ListedFault[] = [];

  function canStrike({ fault, struck }: ListedFault): boolean {
    return fault.times === undefined || struck < fault.times;
  }

  function draw<Kind extends FaultKind>(on: FaultPlace, ...kinds: Kind[]): FaultOf<Kind> | null {
    const entry = entries.find(
      ({ fault }) =>
        fault.on === on &&
        kinds.some((kind) => kind === fault.kind) &&
        (fault.probability === undefined || random() < fault.probability),
    );
    if (entry === undefined) return null;
    entry.struck += 1;
    entries = entries.filter(canStrike);
    return entry.fault as FaultOf<Kind>;
  }

  return {
    add: (fault) => {
      const parsed = parseFault(fault);
      if (typeof parsed === 'string') throw new Error(parsed);
      lastId += 1;
      const id = `fault-${lastId}`;
      entries.push({ id, fault: { ...parsed }, struck: 0 });
      return id;
    },
    remove: (id) => {
      const before = entries.length;
      entries = entries.filter((entry) => entry.id !== id);
      return entries.length < before;
    },
    clear: () => {
      entries = [];
    },
    list: () => entries.map((entry) => ({ ...entry })),
    draw,
    has: (on, kind) => entries.some(({ fault }) => fault.on === on && fault.kind === kind),
  };
}
