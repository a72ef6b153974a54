// What stands between a client and the service: it reads bodies, sends answers, and fails in its own ways.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallName, FaultBox, FaultOf } from './faults.js';
import { type Answer, plain, refusal } from './wire.js';

export type Trouble = FaultOf<
  'http_429' | 'http_502' | 'not_json' | 'cut_before' | 'cut_after' | 'error'
>;

const BAD_GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

/** The trouble that strikes this call, if any. */
export function drawTrouble(faults: FaultBox, call: CallName): Trouble | null {
  return faults.draw<Trouble['kind']>(
    call,
    ...(['http_429', 'http_502', 'not_json', 'cut_before', 'cut_after', 'error'] as const),
  );
}

/** Does the service act on the call although its answer is lost? */
export function isActedOn(trouble: Trouble): boolean {
  if (trouble.kind === 'cut_after') return true;
  return (trouble.kind === 'http_502' || trouble.kind === 'not_json') && trouble.isActedOn === true;
}

/** What the client sees instead of the service's answer; null is a cut connection. */
export function troubleAnswer(trouble: Trouble): Answer | null {
  switch (trouble.kind) {
    case 'http_429':
      return plain(429, 'text/plain', 'Too Many Requests', {
        'Retry-After': String(trouble.retryAfterSeconds ?? 1),
      });
    case 'http_502':
      return plain(502, 'text/html', BAD_GATEWAY_PAGE);
    case 'not_json':
      return plain(200, 'text/plain; charset=utf-8', 'upstream request timeout');
    case 'error':
      return refusal(trouble.code, undefined, trouble.http);
    case 'cut_before':
    case 'cut_after':
      return null;
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'Content-Type': answer.contentType,
    'Content-Length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

/** Ends the connection without a word more. */
export function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

/**
 * Reads a body to its end.
 * @returns null when it is larger than `maxBytes`; the rest is read and dropped
 */
export async function readWhole(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= maxBytes ? Buffer.concat(chunks) : null;
}
