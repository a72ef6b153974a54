// Reading PixVerse's answers: the envelope whatever its spelling, ids without rounding.

import { isLosslessNumber, parse } from 'lossless-json';
import { PixverseError } from './pixverse-errors.js';

export interface Envelope {
  /** 0 is success. */
  code: number;
  resp: Record<string, unknown>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Finds a member whatever its case and underscores: `ErrCode`, `err_code`; `img_id`, `ImgID`. */
function member(record: Record<string, unknown>, name: string): unknown {
  const wanted = name.replaceAll('_', '').toLowerCase();
  for (const [key, value] of Object.entries(record)) {
    if (key.replaceAll('_', '').toLowerCase() === wanted) return value;
  }
  return undefined;
}

/** A whole number that may come as a number or as digits in quotes. */
function toDigits(value: unknown): string | null {
  const text = isLosslessNumber(value) ? value.value : typeof value === 'string' ? value : null;
  return text !== null && /^-?\d+$/.test(text) ? text : null;
}

/** The envelope of a body, or null when there is none to be read. */
export function readEnvelope(body: string): Envelope | null {
  let parsed: unknown;
  try {
    parsed = parse(body);
  } catch {
    return null;
  }
  if (!isRecord(parsed)) return null;
  const code = toDigits(member(parsed, 'ErrCode'));
  if (code === null) return null;
  const resp = member(parsed, 'Resp');
  return { code: Number(code), resp: isRecord(resp) ? resp : {} };
}

function unreadable(operation: string, name: string): PixverseError {
  return new PixverseError(operation, {
    kind: 'unknown',
    isAmbiguous: true,
    code: `no ${name}`,
  });
}

/** @throws PixverseError `unknown` when the member is missing: the service said success without saying of what */
export function readId(operation: string, resp: Record<string, unknown>, name: string): string {
  const digits = toDigits(member(resp, name));
  if (digits === null || digits === '0') throw unreadable(operation, name);
  return digits;
}

export function readInteger(
  operation: string,
  resp: Record<string, unknown>,
  name: string,
): number {
  const digits = toDigits(member(resp, name));
  if (digits === null) throw unreadable(operation, name);
  return Number(digits);
}

export function readText(resp: Record<string, unknown>, name: string): string | null {
  const value = member(resp, name);
  return typeof value === 'string' ? value : null;
}
