// What can be made to go wrong, as data that tests and the control page switch on and off while the bot runs.

/** Faults of a call. `method` is a Bot API method, or `*` for every one but getUpdates. */
const CALL_FAULTS = [
  /** Answers after `ms`. */
  'slow',
  /** 429 that asks to wait `retryAfter` seconds. */
  'too_many_requests',
  /** 400: refused, and so would be every repetition. */
  'bad_request',
  /** 502 with an HTML body, as a broken gateway answers. */
  'bad_gateway',
  /** 500 in Telegram's JSON. */
  'server_error',
  /** The connection breaks; nothing was done. */
  'cut_before',
  /** It was done; the connection breaks before the answer. */
  'cut_after',
  /** No answer until the stand-in closes; nothing was done. */
  'hang',
] as const;

/** Faults of a file download. */
const DOWNLOAD_FAULTS = ['download_missing', 'download_cut', 'download_slow'] as const;

/** Faults of how updates reach the bot. */
const UPDATE_FAULTS = [
  /** A confirmed update is delivered once more with the same update_id. */
  'duplicate_updates',
  /** An app that lost its connection sends the same tap again: a second query and update_id. */
  'repeat_taps',
  /** A person pays from two devices at once: the bot is asked twice before it is told of either. */
  'double_payments',
  /** The photos of an album arrive last one first. */
  'reversed_albums',
  /** An update of a chat comes before the one that happened just before it, if the bot has seen neither. */
  'reordered_updates',
] as const;

type CallFaultKind = (typeof CALL_FAULTS)[number];
type OtherFaultKind = (typeof DOWNLOAD_FAULTS)[number] | (typeof UPDATE_FAULTS)[number];

interface FaultLimits {
  /** How often it strikes; without it, until it is cleared. */
  times?: number;
  /** 0 to 1; without it, always. */
  probability?: number;
}

export interface CallFault extends FaultLimits {
  kind: CallFaultKind;
  method: string;
  /** Milliseconds; `slow` only. */
  ms?: number;
  /** Seconds; `too_many_requests` only. */
  retryAfter?: number;
}

export interface OtherFault extends FaultLimits {
  kind: OtherFaultKind;
  /** Milliseconds; `download_slow` only. */
  ms?: number;
}

export type Fault = CallFault | OtherFault;

export interface TelegramFaults {
  add: (fault: Fault) => void;
  /** Ends all faults, those of one kind, or those of one kind that strike one method. */
  clear: (kind?: Fault['kind'], method?: string) => void;
  /** What is still to strike, with the `times` that are left. */
  list: () => Fault[];
}

export interface FaultBook extends TelegramFaults {
  /** Uses up a fault that is not bound to a method, if one strikes now. */
  take: (kind: OtherFaultKind) => OtherFault | undefined;
  /** Uses up what strikes this call: a delay, and at most one other fault. */
  takeForCall: (method: string) => { delayMs: number; fault: CallFault | undefined };
}

function isCallFault(fault: Fault): fault is CallFault {
  return 'method' in fault;
}

export function createFaults(random: () => number): FaultBook {
  let faults: Fault[] = [];

  function strikes(fault: Fault): boolean {
    if (fault.probability !== undefined && random() >= fault.probability) return false;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) faults = faults.filter((other) => other !== fault);
    }
    return true;
  }

  return {
    add: (fault) => {
      faults.push({ ...fault });
    },
    clear: (kind, method) => {
      const isMeant = (fault: Fault) =>
        (kind === undefined || fault.kind === kind) &&
        (method === undefined || (isCallFault(fault) && fault.method === method));
      faults = faults.filter((fault) => !isMeant(fault));
    },
    list: () => faults.map((fault) => ({ ...fault })),

    take: (kind) =>
      faults.find((fault): fault is OtherFault => fault.kind === kind && strikes(fault)),

    takeForCall: (method) => {
      const applies = (fault: Fault): fault is CallFault =>
        isCallFault(fault) &&
        (fault.method === method || (fault.method === '*' && method !== 'getUpdates'));
      const matching = faults.filter(applies);
      const slow = matching.find((fault) => fault.kind === 'slow' && strikes(fault));
      return {
        delayMs: slow?.ms ?? 0,
        fault: matching.find((fault) => fault.kind !== 'slow' && strikes(fault)),
      };
    },
  };
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function parseLimits(input: Record<string, unknown>): FaultLimits | string {
  const { times, probability } = input;
  if (times !== undefined && !(isPositive(times) && Number.isInteger(times))) {
    return 'times must be a whole number above 0';
  }
  if (probability !== undefined && !(isPositive(probability) && probability <= 1)) {
    return 'probability must be above 0 and at most 1';
  }
  return {
    ...(times !== undefined && { times }),
    ...(probability !== undefined && { probability }),
  };
}

/** Reads a fault from JSON. Answers what is wrong with it as a sentence when it is none. */
export function parseFault(json: unknown): Fault | string {
  if (typeof json !== 'object' || json === null) return 'a fault is an object';
  const input = json as Record<string, unknown>;
  const limits = parseLimits(input);
  if (typeof limits === 'string') return limits;

  const { ms, retryAfter, method } = input;
  const other = [...DOWNLOAD_FAULTS, ...UPDATE_FAULTS].find((kind) => kind === input['kind']);
  if (other !== undefined) {
    if (other !== 'download_slow') return { kind: other, ...limits };
    return isPositive(ms) ? { kind: other, ms, ...limits } : 'ms must be a number above 0';
  }
  const kind = CALL_FAULTS.find((one) => one === input['kind']);
  if (kind === undefined) {
    const kinds = [...CALL_FAULTS, ...DOWNLOAD_FAULTS, ...UPDATE_FAULTS];
    return `kind must be one of ${kinds.join(', ')}`;
  }
  if (typeof method !== 'string' || method === '') {
    return 'method must be a Bot API method or *';
  }
  if (kind === 'slow') {
    return isPositive(ms) ? { kind, method, ms, ...limits } : 'ms must be a number above 0';
  }
  if (kind === 'too_many_requests') {
    return isPositive(retryAfter) && Number.isInteger(retryAfter)
      ? { kind, method, retryAfter, ...limits }
      : 'retryAfter must be whole seconds above 0';
  }
  return { kind, method, ...limits };
}
