// The page of the sandbox over HTTP: its files, the media of the chat, what happens as server-sent events, and actions.
// For this machine alone: it answers to local names only, and to no other site.

import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { createActions, readPerson } from './page-actions.js';
import { type PageSetting, readParts } from './page-state.js';
import { drawSamples } from './samples.js';

export interface PageServer {
  port: number;
  close(): Promise<void>;
}

/** Changes that nobody tells of, such as a call that was answered, are looked for this often. */
const LOOK_EVERY_MS = 400;
/** Changes that come together are told together. */
const GATHER_MS = 30;

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const PAGE_HEADERS = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
const MEDIA_HEADERS = ['content-type', 'content-length', 'content-range', 'accept-ranges'];
/** Other files are kept on disk by the browser, never opened on this origin. */
const SHOWN_MEDIA = /^(image\/(jpeg|png|webp|gif)|video\/|audio\/)/;

/** Refuses requests under a foreign name (DNS rebinding), and actions that another site asks for. */
function guard(host: string): MiddlewareHandler {
  const names = [...LOCAL_NAMES, host.includes(':') ? `[${host}]` : host.toLowerCase()];
  return async (c, next) => {
    const asked = c.req.header('host') ?? '';
    if (!names.includes(asked.replace(/:\d+$/, '').toLowerCase())) {
      return c.json(
        { error: 'the sandbox answers under local names only, such as localhost' },
        403,
      );
    }
    const origin = c.req.header('origin');
    const isAction = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    if (isAction && origin !== undefined && origin !== `http://${asked}`) {
      return c.json({ error: 'actions are taken from the page of the sandbox only' }, 403);
    }
    await next();
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    return undefined;
  };
}

async function servePageFile(c: Context, name: string): Promise<Response> {
  const type = CONTENT_TYPES[/^[a-z-]+\.([a-z]+)$/.exec(name)?.[1] ?? ''];
  const file = new URL(`./page/${name}`, import.meta.url);
  const bytes = type === undefined ? null : await readFile(file).catch(() => null);
  if (bytes === null) return c.json({ error: 'there is no such file' }, 404);
  return c.body(new Uint8Array(bytes), 200, { ...PAGE_HEADERS, 'Content-Type': type ?? '' });
}

/** Passes a file of the chat on from the stand-in, whole or the part that a player asks for. */
async function serveMedia(c: Context, { world }: PageSetting, fileId: string): Promise<Response> {
  const range = c.req.header('range');
  const answer = await fetch(`${world.telegram.apiRoot}/sandbox/files/${fileId}`, {
    headers: range === undefined ? {} : { range },
  });
  const headers = new Headers({ 'Content-Security-Policy': "default-src 'none'; sandbox" });
  for (const name of MEDIA_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const isShown = SHOWN_MEDIA.test(answer.headers.get('content-type') ?? '');
  if (!isShown) headers.set('Content-Disposition', 'attachment');
  // Whole, because a stream that ends when a browser turns away would be complained about in the terminal.
  return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
}

/** Waits for the next change, at most so long. */
async function changeOrTime(changes: EventEmitter, ms: number): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  await Promise.race([once(changes, 'change', { signal }), sleep(ms, undefined, { signal })]);
  ending.abort();
}

/** Tells a part at first and whenever it has changed, until the page is closed. */
function streamParts(
  c: Context,
  setting: PageSetting,
  changes: EventEmitter,
  closing: AbortSignal,
): Response {
  const user = readPerson(setting, c.req.query('person'));
  return streamSSE(c, async (stream) => {
    const told = new Map<string, string>();
    const ring = () => changes.emit('change');
    const stopWatching = user.onChange(ring);
    stream.onAbort(() => void ring());
    const isOpen = () => !stream.aborted && !closing.aborted;
    while (isOpen()) {
      for (const [event, part] of Object.entries(readParts(setting, user))) {
        const data = JSON.stringify(part);
        if (told.get(event) === data) continue;
        told.set(event, data);
        await stream.writeSSE({ event, data });
      }
      await changeOrTime(changes, LOOK_EVERY_MS);
      await sleep(GATHER_MS);
    }
    stopWatching();
  });
}

/** All routes, for the server and for tests (`routes.request(…)`). */
export function createPage(
  setting: PageSetting,
  options: { host: string; closing: AbortSignal },
): Hono {
  const changes = new EventEmitter().setMaxListeners(0);
  const tell = () => void changes.emit('change');
  setting.world.keeper.onChange(tell);
  const samples = drawSamples();
  const routes = new Hono();
  routes.use(guard(options.host));
  routes.get('/', (c) => servePageFile(c, 'index.html'));
  routes.get('/page/:name', (c) => servePageFile(c, c.req.param('name')));
  routes.get('/samples/:number{[12]}', async (c) => {
    const bytes = (await samples)[c.req.param('number') === '1' ? 0 : 1];
    return c.body(new Uint8Array(bytes), 200, { 'Content-Type': 'image/jpeg' });
  });
  routes.get('/media/:fileId{[\\w-]+}', (c) => serveMedia(c, setting, c.req.param('fileId')));
  routes.get('/api/events', (c) => streamParts(c, setting, changes, options.closing));
  routes.route('/api', createActions(setting, tell));
  routes.notFound((c) => c.json({ error: 'there is nothing here' }, 404));
  routes.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
    return c.json({ error: error.message }, 500);
  });
  return routes;
}

/** Listens. @throws Error with the code EADDRINUSE when the port is taken */
export async function startPage(
  setting: PageSetting,
  { host, port }: { host: string; port: number },
): Promise<PageServer> {
  const closing = new AbortController();
  const routes = createPage(setting, { host, closing: closing.signal });
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = serve({ fetch: routes.fetch, hostname: host, port }, () => {
      resolve(listening as Server);
    });
    listening.on('error', reject);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
