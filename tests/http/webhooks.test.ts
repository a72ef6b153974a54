import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { createRoutes } from '../../src/http/server.js';
import { isEqualSecret, readPixverseDelivery } from '../../src/http/webhooks.js';
import { signWebhook } from '../../src/sandbox/pixverse/webhook.js';
import { type CoreWorld, openCoreWorld, START } from '../support/core-world.js';

const SECRET = new Secret('hook-secret');
const VIDEO = '900719925474099399';
const BODY = { id: VIDEO, status: 1, url: 'https://m/x%2Fy.mp4?a=1', size: 12.5, has_audio: false };
const RAW = JSON.stringify(BODY);
const NONCE = '0123456789abcdef0123456789abcdef';

type Style = Parameters<typeof signWebhook>[4];

function delivery(overrides: { atMs?: number; secret?: string; style?: Style } = {}) {
  const timestamp = String(Math.floor((overrides.atMs ?? START) / 1000));
  const signature = signWebhook(
    overrides.secret ?? 'hook-secret',
    timestamp,
    NONCE,
    RAW,
    overrides.style,
  );
  return { rawBody: RAW, timestamp, nonce: NONCE, signature };
}

describe("PixVerse's delivery", () => {
  test.each(['sorted', 'body_order', 'raw'] as const)('signed as %s is genuine', (style) => {
    expect(readPixverseDelivery(delivery({ style }), SECRET, START)).toBe(VIDEO);
  });

  test.each([
    ['forged', delivery({ secret: 'guess' })],
    ['without a signature', { ...delivery(), signature: undefined }],
    ['with a changed body', { ...delivery(), rawBody: RAW.replace('"status":1', '"status":7') }],
    ['with another nonce', { ...delivery(), nonce: 'x'.repeat(32) }],
    ['too old', delivery({ atMs: START - 301_000 })],
    ['from the future', delivery({ atMs: START + 301_000 })],
    ['that is no JSON', { ...delivery(), rawBody: 'id=1' }],
    ['that is null', { ...delivery(), rawBody: 'null' }],
  ])('%s is refused', (_name, bad) => {
    expect(readPixverseDelivery(bad, SECRET, START)).toBeNull();
  });
});

describe('the routes', () => {
  let world: CoreWorld;
  let woken = 0;
  beforeEach(async () => {
    world = await openCoreWorld({ pixverse: { webhook: { id: 'w', secret: SECRET } } });
    woken = 0;
  });
  afterEach(() => world.close());

  const routes = (troubles: string[] = []) =>
    createRoutes(
      {
        ...world.ctx,
        wake: () => {
          woken += 1;
        },
      },
      { troubles: () => troubles },
    );

  function post(given: ReturnType<typeof delivery>) {
    return routes().request('/webhooks/pixverse', {
      method: 'POST',
      body: given.rawBody,
      headers: {
        'webhook-timestamp': given.timestamp,
        'webhook-nonce': given.nonce,
        'webhook-signature': given.signature,
      },
    });
  }

  test('answer a genuine delivery with exactly ok and look now, also when it comes twice', async () => {
    for (let times = 0; times < 2; times += 1) {
      const answer = await post(delivery());
      expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    }
    expect(woken).toBe(2);
  });

  test('answer a forged delivery with 401 and do nothing', async () => {
    expect((await post(delivery({ secret: 'guess' }))).status).toBe(401);
    expect(woken).toBe(0);
  });

  test('take an update of Telegram once it is stored, and are told it again when it could not be', async () => {
    let isDiskFull = true;
    const telegram = {
      secret: SECRET,
      receive: () => (isDiskFull ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    };
    const open = createRoutes(world.ctx, { troubles: () => [], telegram });
    const tell = () =>
      open.request('/webhooks/telegram', {
        method: 'POST',
        body: '{"update_id":1}',
        headers: { 'x-telegram-bot-api-secret-token': SECRET.reveal() },
      });
    expect((await tell()).status).toBe(500);
    isDiskFull = false;
    expect((await tell()).status).toBe(200);
  });

  test('are bounded, and absent where nothing is configured', async () => {
    const huge = await routes().request('/webhooks/pixverse', {
      method: 'POST',
      body: 'x'.repeat(1024 * 1024 + 1),
    });
    expect(huge.status).toBe(413);
    expect((await routes().request('/webhooks/telegram', { method: 'POST' })).status).toBe(404);
  });

  test('tell alive and ready apart', async () => {
    expect((await routes().request('/health')).status).toBe(200);
    expect((await routes().request('/ready')).status).toBe(200);
    const notReady = await routes(['telegram: 401']).request('/ready');
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toEqual({ status: 'not ready', missing: ['telegram: 401'] });
  });
});

describe('comparing secrets', () => {
  test('accepts equal ones only, of any length, without throwing', () => {
    expect(isEqualSecret('abc', 'abc')).toBe(true);
    expect(isEqualSecret('abd', 'abc')).toBe(false);
    expect(isEqualSecret('abcd', 'abc')).toBe(false);
    expect(isEqualSecret(undefined, 'abc')).toBe(false);
  });
});
