// The errors that have a meaning for a person or for a retry. Anything else that is thrown is a bug.

/** Every refusal the product knows. Adapters turn a code into a sentence (`texts/`) or an HTTP status. */
export type AppErrorCode =
  | 'photo_rejected'
  | 'photos_missing'
  | 'photos_erased'
  | 'consent_missing'
  | 'order_open'
  | 'wrong_status'
  | 'not_found'
  | 'not_owner'
  | 'insufficient_credits'
  | 'sales_paused'
  | 'person_paused'
  | 'rate_limited'
  | 'bad_input';

/** A refusal with a reason that a person may hear. `reason` narrows the code (for example which photo fault). */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly reason: string | undefined;

  constructor(code: AppErrorCode, reason?: string) {
    super(reason === undefined ? code : `${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** What an upstream's refusal means for our next step. Only `orders/advance.ts` acts on it. */
export interface UpstreamFault {
  /** `pixverse`, `telegram`, … */
  service: string;
  /** Which of our calls failed, in our words: `submit`, `showCard`. */
  operation: string;
  /** May the same call be repeated and be expected to succeed? */
  isRetryable: boolean;
  /** The upstream's own wish, in milliseconds. */
  retryAfterMs?: number;
  /** `false` when the upstream surely did not act on the call; `true` when it may have. */
  isAmbiguous?: boolean;
  /** The upstream's code, for the log. Never a text of theirs: it may carry personal data. */
  upstreamCode?: number | string;
}

/** A remote system refused, answered nonsense or did not answer. Its message carries no secret and no address. */
export class UpstreamError extends Error {
  override readonly name: string = 'UpstreamError';
  readonly fault: UpstreamFault;

  constructor(fault: UpstreamFault, options?: { cause?: unknown }) {
    const code = fault.upstreamCode === undefined ? '' : ` (${fault.upstreamCode})`;
    super(`${fault.service} ${fault.operation} failed${code}`, options);
    this.fault = fault;
  }
}

/** The person cannot be written to now (blocked the bot, closed the chat). What was to be sent is kept. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}
