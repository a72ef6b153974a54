// Outside services in one small server that answers at once and always the same: a generation is always under way,
// Telegram agrees to everything. For figures about our part alone; conversations need the real stand-ins.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLL_HELD_MS = 25_000;
const BOT = { id: 700000001, is_bot: true, first_name: 'bench', username: 'bench_bot' };

export interface Outside {
  /** Variables that point the app at this server. */
  environment: Record<string, string>;
  /** Called with the path of each call. */
  onCall: (listener: (path: string) => void) => void;
  close(): Promise<void>;
}

function telegramResult(method: string): unknown {
  if (method === 'getMe') return BOT;
  if (method === 'getUpdates') return [];
  if (!/^(send|edit)/.test(method)) return true;
  return { message_id: 1, date: 0, chat: { id: 1, type: 'private', first_name: 'a' } };
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A poll for updates is held as Telegram holds it; the first one asks for an answer at once. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? '';
  const method = /^\/bot[^/]+\/(\w+)/.exec(path)?.[1];
  if (method === undefined) {
    const Resp = { status: 5, url: '', create_time: '', modify_time: '', credit_monthly: 1e6 };
    sendJson(response, { ErrCode: 0, ErrMsg: 'success', Resp: { ...Resp, credit_package: 0 } });
    return;
  }
  const isHeld =
    method === 'getUpdates' && /"timeout":[1-9]/.test(Buffer.concat(chunks).toString());
  const reply = (): void => {
    sendJson(response, { ok: true, result: telegramResult(method) });
  };
  if (isHeld) setTimeout(reply, POLL_HELD_MS).unref();
  else reply();
}

export async function openOutside(): Promise<Outside> {
  const listeners = new Set<(path: string) => void>();
  const server = createServer((request, response) => {
    for (const listener of listeners) listener(request.url ?? '');
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      TELEGRAM_BOT_TOKEN: '700000001:token-of-the-bot-of-the-benchmarks',
      TELEGRAM_API_ROOT: origin,
      PIXVERSE_API_KEY: 'bench',
      PIXVERSE_BASE_URL: `${origin}/openapi/v2/`,
    },
    onCall: (listener) => listeners.add(listener),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
