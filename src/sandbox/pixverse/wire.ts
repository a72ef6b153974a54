// How PixVerse writes and reads: the envelope, its error codes, JSON whose ids are longer than a double can hold.

import { randomInt } from 'node:crypto';
import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** One HTTP answer, ready to be sent. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
  headers: Readonly<Record<string, string>>;
  /** What the body says, 0 for success; null where it says nothing. */
  errCode: number | null;
}

/** The texts that go with the codes, as the error page words them. */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  10001: 'api key is invalid',
  10004: 'api key is empty',
  99999: 'unknown error',
  400011: 'empty parameter',
  400012: 'invalid account',
  400013: 'invalid parameter type or value',
  400017: 'invalid parameter',
  400018: 'prompt length exceeds 2048 characters',
  400019: 'negative prompt length exceeds 2048 characters',
  400032: 'invalid image id',
  500008: 'the requested data does not exist',
  500020: 'you do not have permission for this operation',
  500030: 'image size exceeds 20 MB or 4000x4000',
  500031: 'failed to get image information',
  500032: 'invalid image format',
  500033: 'invalid image width or height',
  500041: 'image upload failed',
  500042: 'invalid image path',
  500044: 'reached the limit for concurrent generations',
  500052: '图片审核失败',
  500054: 'image content moderation failed',
  500063: 'content moderation failed',
  500069: 'the system is currently experiencing high load, please try again later',
  500070: 'this template is not activated',
  500090: 'insufficient balance, unable to generate video',
  500100: 'database error',
};

/** The code of an image that failed the review at upload; it comes in an envelope of its own. */
export const UPLOAD_REVIEW_CODE = 500052;

/** A refusal by the service; `detail` says what exactly is wrong. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;

  constructor(code: number, detail?: string) {
    const text = ERROR_TEXTS[code] ?? 'error';
    super(detail === undefined ? text : `${text}: ${detail}`);
    this.code = code;
  }
}

function json(status: number, errCode: number, content: unknown): Answer {
  const contentType = 'application/json; charset=utf-8';
  return { status, contentType, body: stringify(content) ?? 'null', headers: {}, errCode };
}

/** Success. A `bigint` in `resp` becomes an unquoted number, whatever its length. */
export function success(resp: unknown): Answer {
  return json(200, 0, { ErrCode: 0, ErrMsg: 'Success', Resp: resp });
}

/** Business refusals come with HTTP 200, those of the key with 401, the review at upload with 500 and other keys. */
export function refusal(code: number, text?: string, status?: number): Answer {
  const message = text ?? ERROR_TEXTS[code] ?? 'error';
  if (code === UPLOAD_REVIEW_CODE) {
    return json(status ?? 500, code, { err_code: code, err_msg: message, resp: '' });
  }
  const usual = code >= 10001 && code <= 10005 ? 401 : 200;
  return json(status ?? usual, code, { ErrCode: code, ErrMsg: message, Resp: null });
}

/** An answer that is no envelope: from a gateway, or a missing page. */
export function plain(
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, contentType, body, headers, errCode: null };
}

/**
 * Reads a JSON object; numbers stay `LosslessNumber`.
 * @throws Refusal 400013 when it is none
 */
export function readObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new Refusal(400013, 'the body is not JSON');
  }
  if (!isObject(value)) throw new Refusal(400013, 'the body is not a JSON object');
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
  );
}

/** The digits of a JSON number that is whole; null for anything else, a quoted number above all. */
export function wholeDigits(value: unknown): string | null {
  if (!isLosslessNumber(value)) return null;
  const digits = value.toString();
  return /^-?\d+$/.test(digits) ? digits : null;
}

let lastId = 340_000_000_000_000_000n + BigInt(randomInt(1, 1_000_000_000)) * 1_000_000n;

/** A new id of 18 digits. It is odd, so a client that reads it as a double can never send it back right. */
export function newId(): string {
  lastId += BigInt(randomInt(1, 5000)) * 2n;
  return String(lastId | 1n);
}
