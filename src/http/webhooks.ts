// Webhooks: signature first, then stored or taken as a hint, answered fast. Repeated deliveries are harmless.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../core/secret.js';

/** How far a delivery's time may be from ours, either way. */
const MAX_SKEW_MS = 300_000;

/** Compares in constant time; texts of different length are never equal. */
export function isEqualSecret(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The fields of a PixVerse delivery as it signs them: a query string. */
function asQuery(fields: [string, unknown][]): string {
  const query = new URLSearchParams();
  for (const [name, value] of fields) query.append(name, String(value));
  return query.toString();
}

/**
 * The texts that PixVerse may have signed. Its own page shows sorted fields in two samples and fields in the order of
 * the body in two others; a client was seen to take the whole encoded body. All need the secret, so all are accepted.
 */
function signedTexts(rawBody: string, body: object): string[] {
  const fields = Object.entries(body) as [string, unknown][];
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return [asQuery(sorted), asQuery(fields), encodeURIComponent(rawBody)];
}

export interface PixverseDelivery {
  rawBody: string;
  /** `Webhook-Timestamp`, unix seconds. */
  timestamp: string | undefined;
  /** `Webhook-Nonce` */
  nonce: string | undefined;
  /** `Webhook-Signature`: Base64 of HMAC-SHA256 over timestamp, nonce and fields, joined by line feeds. */
  signature: string | undefined;
}

/**
 * The id of the video that a genuine delivery speaks of, or null. It only means "look now": the truth is fetched.
 * @param now epoch ms
 */
export function readPixverseDelivery(
  delivery: PixverseDelivery,
  secret: Secret,
  now: number,
): string | null {
  const { rawBody, timestamp = '', nonce = '', signature } = delivery;
  if (Math.abs(Number(timestamp) * 1000 - now) > MAX_SKEW_MS || nonce === '') return null;
  let body: unknown;
  try {
    body = JSON.parse(rawBody);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null || !('id' in body)) return null;
  const isSigned = signedTexts(rawBody, body).some((text) => {
    const mac = createHmac('sha256', secret.reveal()).update(`${timestamp}\n${nonce}\n${text}`);
    return isEqualSecret(signature, mac.digest('base64'));
  });
  // The id comes as a string, because numbers of its size would be rounded.
  const { id } = body;
  return isSigned && typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : null;
}
