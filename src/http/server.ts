// The HTTP server: is the process alive and ready, and the webhooks of the services. Raw bodies, bounded.

import type { Server } from 'node:http';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Context } from '../core/context.js';
import type { Secret } from '../core/secret.js';
import { isFromHere, type Meters } from './metrics.js';
import { isEqualSecret, readPixverseDelivery } from './webhooks.js';

const MAX_WEBHOOK_BYTES = 1024 * 1024;

/** What the routes need of the rest; everything optional is a service that is not configured. */
export interface HttpOptions {
  /** What is missing for `/ready`, empty when nothing is. */
  troubles: () => string[];
  /** What `/metrics` tells. */
  meters?: Meters;
  /** Set when Telegram's updates come by webhook: its secret, and what stores one. */
  telegram?: { secret: Secret; receive: (update: { update_id: number }) => Promise<void> };
}

export interface HttpServer {
  /** The port it listens on; the configured one, or what the system chose for 0. */
  port: number;
  stop(): Promise<void>;
}

function readUpdate(rawBody: string): { update_id: number } | null {
  try {
    const body: unknown = JSON.parse(rawBody);
    const isUpdate =
      typeof body === 'object' &&
      body !== null &&
      'update_id' in body &&
      typeof body.update_id === 'number';
    return isUpdate ? (body as { update_id: number }) : null;
  } catch {
    return null;
  }
}

/** All routes, for the server and for tests (`routes.request(…)`). */
export function createRoutes(ctx: Context, options: HttpOptions): Hono {
  const { config, store } = ctx;
  const routes = new Hono();
  routes.use(
    '/webhooks/*',
    bodyLimit({ maxSize: MAX_WEBHOOK_BYTES, onError: (c) => c.body(null, 413) }),
  );

  routes.get('/health', (c) => c.json({ status: 'alive' }));
  routes.get('/ready', (c) => {
    const missing = options.troubles();
    return missing.length === 0
      ? c.json({ status: 'ready' })
      : c.json({ status: 'not ready', missing }, 503);
  });

  const { meters } = options;
  if (meters !== undefined) {
    routes.get('/metrics', async (c) => {
      const bindings = c.env as Partial<HttpBindings> | undefined;
      const address = bindings?.incoming?.socket.remoteAddress;
      if (!isFromHere(address, (name) => c.req.header(name))) {
        return c.text('only from this machine; see the README', 403);
      }
      const { contentType, body } = await meters.read(ctx);
      return c.body(body, 200, { 'content-type': contentType });
    });
  }

  if (options.telegram !== undefined) {
    const { secret, receive } = options.telegram;
    routes.post('/webhooks/telegram', async (c) => {
      const given = c.req.header('x-telegram-bot-api-secret-token');
      if (!isEqualSecret(given, secret.reveal())) return c.body(null, 401);
      const update = readUpdate(await c.req.text());
      if (update === null) return c.body(null, 400);
      await receive(update);
      return c.body(null, 200);
    });
  }

  const pixverse = config.pixverse.webhook;
  if (pixverse !== null) {
    routes.post('/webhooks/pixverse', async (c) => {
      const delivery = {
        rawBody: await c.req.text(),
        timestamp: c.req.header('webhook-timestamp'),
        nonce: c.req.header('webhook-nonce'),
        signature: c.req.header('webhook-signature'),
      };
      const videoId = readPixverseDelivery(delivery, pixverse.secret, ctx.now());
      if (videoId === null) return c.text('unauthorized', 401);
      await store.wakeVideo(videoId, ctx.now());
      ctx.wake();
      // Anything else than exactly this is delivered again, eight times.
      return c.text('ok');
    });
  }

  routes.onError((error, c) => {
    ctx.log.error({ err: error, path: c.req.path }, 'a request failed');
    return c.json({ error: 'internal' }, 500);
  });
  return routes;
}

/** Listens. @throws Error when the port is taken */
export async function startHttp(ctx: Context, options: HttpOptions): Promise<HttpServer> {
  const { host, port } = ctx.config.http;
  const routes = createRoutes(ctx, options);
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = serve({ fetch: routes.fetch, hostname: host, port }, () => {
      resolve(listening as Server);
    });
    listening.on('error', reject);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
