// What Telegram's refusals mean to core: unreachable, to be repeated, or wrong.

import { GrammyError, HttpError } from 'grammy';
import { UnreachableError, UpstreamError } from '../../core/errors.js';

const UNREACHABLE = /chat not found|user is deactivated|bot can't initiate|PEER_ID_INVALID/i;
const NOT_MODIFIED = /message is not modified/i;
const NOT_EDITABLE =
  /message to edit not found|message can't be edited|there is no text in the message to edit|MESSAGE_ID_INVALID/i;
const QUERY_TOO_OLD = /query is too old|query ID is invalid|QUERY_ID_INVALID/i;
const GONE = /message to delete not found/i;
const NOT_DELETABLE = /message can't be deleted/i;
const FILE_REF_UNKNOWN = /wrong (remote )?file|wrong file identifier|can't use file of type/i;

/** A connection that was refused or whose host was not found surely carried nothing. */
const NEVER_SENT: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** The chat already shows exactly this. */
export function isNotModified(error: unknown): boolean {
  return error instanceof GrammyError && NOT_MODIFIED.test(error.description);
}

/** The message is gone, too old, or of a kind that cannot become what was asked. */
export function isNotEditable(error: unknown): boolean {
  return error instanceof GrammyError && NOT_EDITABLE.test(error.description);
}

/** A press or a payment that was answered before, or so long ago that nobody waits for the answer any more. */
export function isQueryOver(error: unknown): boolean {
  return error instanceof GrammyError && QUERY_TOO_OLD.test(error.description);
}

/** There is no such message to delete. */
export function isMessageGone(error: unknown): boolean {
  return error instanceof GrammyError && GONE.test(error.description);
}

/** Telegram keeps the message, for example because it is older than 48 hours. */
export function isNotDeletable(error: unknown): boolean {
  return error instanceof GrammyError && NOT_DELETABLE.test(error.description);
}

/** A stored file handle that Telegram does not take (any more). */
export function isFileRefUnknown(error: unknown): boolean {
  return error instanceof GrammyError && FILE_REF_UNKNOWN.test(error.description);
}

/** The error as core understands it. Texts of Telegram stay out of it: they may quote what was sent. */
export function toCoreError(operation: string, error: unknown): Error {
  if (error instanceof GrammyError) {
    const { error_code: code, description, parameters } = error;
    if (code === 403 || UNREACHABLE.test(description)) {
      return new UnreachableError(`telegram ${operation}: ${code}`);
    }
    return new UpstreamError({
      service: 'telegram',
      operation,
      isRetryable: code === 429 || code >= 500,
      isAmbiguous: code >= 500,
      upstreamCode: code,
      ...(parameters.retry_after !== undefined && { retryAfterMs: parameters.retry_after * 1000 }),
    });
  }
  if (error instanceof HttpError) {
    const { error: cause } = error;
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    return new UpstreamError({
      service: 'telegram',
      operation,
      isRetryable: true,
      isAmbiguous: !NEVER_SENT.includes(code),
      upstreamCode: 'no answer',
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Runs a call to Telegram with its errors translated. */
export async function calling<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toCoreError(operation, error);
  }
}
