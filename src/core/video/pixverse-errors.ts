// What each of PixVerse's error codes means for our next step. The table is the documented one
// (docs.platform.pixverse.ai, "Error codes"); codes that only clients have seen are marked.

import { UpstreamError } from '../errors.js';

/**
 * - `retry`: a passing trouble; the same request may succeed later
 * - `slots`: every generation slot of the account is taken; the order waits in our queue
 * - `reupload`: PixVerse no longer knows or cannot read a picture; upload it once more
 * - `photo`: this picture is not taken at all
 * - `moderated`: declined by the content rules
 * - `fallback`: this kind of request is invalid or not permitted for the account; the other route may be
 * - `account`: the key is wrong or blocked
 * - `credits`: the account's credits are used up
 * - `request`: our own request is wrong
 * - `unknown`: a code or an answer we do not know; never guessed
 */
export type PixverseFaultKind =
  | 'retry'
  | 'slots'
  | 'reupload'
  | 'photo'
  | 'moderated'
  | 'fallback'
  | 'account'
  | 'credits'
  | 'request'
  | 'unknown';

interface CodeMeaning {
  kind: PixverseFaultKind;
  /** True where the service may have acted although it answered an error. */
  isAmbiguous?: boolean;
}

const MEANING_OF_CODE: ReadonlyMap<number, CodeMeaning> = new Map([
  [99999, { kind: 'retry', isAmbiguous: true }],
  [400011, { kind: 'request' }],
  [400012, { kind: 'account' }],
  [400013, { kind: 'request' }],
  [400017, { kind: 'fallback' }],
  [400018, { kind: 'request' }],
  [400019, { kind: 'request' }],
  [400032, { kind: 'reupload' }],
  [500008, { kind: 'request' }],
  [500020, { kind: 'fallback' }],
  [500030, { kind: 'photo' }],
  [500031, { kind: 'reupload' }],
  [500032, { kind: 'photo' }],
  [500033, { kind: 'photo' }],
  [500041, { kind: 'retry' }],
  [500042, { kind: 'request' }],
  // Seen by clients, not documented.
  [500043, { kind: 'credits' }],
  [500044, { kind: 'slots' }],
  // Documented for uploads only, in the lower-case envelope.
  [500052, { kind: 'moderated' }],
  [500054, { kind: 'moderated' }],
  [500060, { kind: 'request' }],
  [500063, { kind: 'moderated' }],
  [500064, { kind: 'reupload' }],
  [500069, { kind: 'retry' }],
  [500070, { kind: 'request' }],
  [500071, { kind: 'fallback' }],
  [500090, { kind: 'credits' }],
  [500100, { kind: 'retry', isAmbiguous: true }],
  // The authentication family, seen by clients.
  [1004, { kind: 'account' }],
  [10001, { kind: 'account' }],
  [10002, { kind: 'account' }],
  [10003, { kind: 'account' }],
  [10004, { kind: 'account' }],
  [10005, { kind: 'account' }],
]);

/** PixVerse refused, failed or did not answer. */
export class PixverseError extends UpstreamError {
  override readonly name = 'PixverseError';
  readonly kind: PixverseFaultKind;
  readonly isAmbiguous: boolean;

  constructor(
    operation: string,
    fault: {
      kind: PixverseFaultKind;
      isAmbiguous: boolean;
      code?: number | string;
      retryAfterMs?: number;
    },
  ) {
    super({
      service: 'pixverse',
      operation,
      isRetryable: fault.kind === 'retry' || fault.kind === 'slots',
      isAmbiguous: fault.isAmbiguous,
      ...(fault.code !== undefined && { upstreamCode: fault.code }),
      ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }),
    });
    this.kind = fault.kind;
    this.isAmbiguous = fault.isAmbiguous;
  }
}

/** Statuses that say enough by themselves. Others, 500 above all, come with refusals of every kind. */
const MEANING_OF_STATUS: ReadonlyMap<number, CodeMeaning> = new Map([
  [401, { kind: 'account' }],
  [403, { kind: 'account' }],
  [429, { kind: 'retry' }],
  [502, { kind: 'retry', isAmbiguous: true }],
  [503, { kind: 'retry', isAmbiguous: true }],
  [504, { kind: 'retry', isAmbiguous: true }],
]);

/** Codes such as 42901 are a gateway's throttling. */
function isThrottling(code: number): boolean {
  return /^429\d{0,3}$/.test(String(code));
}

/**
 * The error for a non-zero code in PixVerse's envelope. A code that is not in the table means what its HTTP status
 * means, where that is plain.
 */
export function errorOfCode(
  operation: string,
  code: number,
  httpStatus: number,
  retryAfterMs?: number,
): PixverseError {
  const meaning: CodeMeaning =
    MEANING_OF_CODE.get(code) ??
    (isThrottling(code) ? { kind: 'retry' } : MEANING_OF_STATUS.get(httpStatus)) ??
    ({ kind: 'unknown' } as const);
  return new PixverseError(operation, {
    kind: meaning.kind,
    isAmbiguous: meaning.isAmbiguous ?? false,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The error for an answer without a readable envelope. */
export function errorOfHttpStatus(
  operation: string,
  status: number,
  retryAfterMs?: number,
): PixverseError {
  const code = `http ${status}`;
  const meaning = MEANING_OF_STATUS.get(status);
  if (meaning !== undefined) {
    return new PixverseError(operation, {
      kind: meaning.kind,
      isAmbiguous: meaning.isAmbiguous ?? false,
      code,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  // A gateway's error page, or a success we cannot read: the service behind it may have acted.
  if (status >= 500 || status < 300) {
    return new PixverseError(operation, { kind: 'retry', isAmbiguous: true, code });
  }
  return new PixverseError(operation, { kind: 'unknown', isAmbiguous: false, code });
}
