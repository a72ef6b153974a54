// The signed messages of the PixVerse stand-in: what is in them, when they come again, what goes wrong with them.

import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type PixverseOptions,
  type PixverseStandIn,
  startPixverse,
} from '../../src/sandbox/pixverse/server.js';
import { signWebhook } from '../../src/sandbox/pixverse/webhook.js';

interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
}

const WEBHOOK = { id: 'hook-1', secret: 'secret-of-the-hook' };

let folder = '';
let clock = 0;
let px: PixverseStandIn;
let receiver: Server;
let received: Delivery[] = [];
/** What the receiver answers: 200 with this body. */
let reply = 'ok';

async function start(options: Partial<PixverseOptions> = {}): Promise<void> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/pixverse`;
  px = await startPixverse({
    ...{ apiKey: 'key', mediaFolder: folder, render: 'sample', generationMs: () => 1000 },
    webhook: { ...WEBHOOK, url },
    ...options,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexora-pixverse-test-'));
  clock = 1_800_000_000_000;
  [received, reply] = [[], 'ok'];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.end(reply);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await px.close();
  receiver.closeAllConnections();
  receiver.close();
  await rm(folder, { recursive: true, force: true });
});

async function submit(webhookId = WEBHOOK.id): Promise<string> {
  const headers = () => ({ 'API-KEY': 'key', 'Ai-trace-id': randomUUID() });
  const image = sharp({ create: { width: 300, height: 300, channels: 3, background: '#c08060' } });
  const form = new FormData();
  const bytes = Uint8Array.from(await image.jpeg().toBuffer());
  form.append('image', new Blob([bytes], { type: 'image/jpeg' }), 'a.jpg');
  const uploading = { method: 'POST', headers: headers(), body: form };
  const uploaded = await (await fetch(`${px.baseUrl}image/upload`, uploading)).text();
  const response = await fetch(`${px.baseUrl}video/img/generate`, {
    method: 'POST',
    headers: { ...headers(), 'Content-Type': 'application/json' },
    body:
      `{"img_id":${/"img_id":(\d+)/.exec(uploaded)?.[1] ?? ''},"prompt":"hug","model":"v6","duration":5,` +
      `"quality":"360p","webhook_id":"${webhookId}"}`,
  });
  return /"video_id":(\d+)/.exec(await response.text())?.[1] ?? '';
}

function isSigned({ headers, body }: Delivery): boolean {
  const [time, nonce] = [headers['webhook-timestamp'], headers['webhook-nonce']];
  return (
    signWebhook(WEBHOOK.secret, String(time), String(nonce), body) === headers['webhook-signature']
  );
}

describe('with a given clock', () => {
  beforeEach(() => start({ now: () => clock }));

  it('tells of a finished video once: id as a text, signed over sorted fields, time and nonce', async () => {
    const id = await submit();
    await px.pump();
    expect(received).toHaveLength(0);
    clock += 1000;
    await px.pump();
    await px.pump();
    expect(received).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const fields = JSON.parse(body) as Record<string, unknown>;
    expect(fields).toMatchObject({ id, status: 1, has_audio: false, credits: 25 });
    expect(headers['webhook-nonce']).toMatch(/^[0-9a-f]{32}$/);
    expect(headers['webhook-timestamp']).toBe(String(clock / 1000));
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(fields)) query.append(key, String(value));
    query.sort();
    const text = `${String(clock / 1000)}\n${String(headers['webhook-nonce'])}\n${query.toString()}`;
    const signature = createHmac('sha256', WEBHOOK.secret).update(text).digest('base64');
    expect(headers['webhook-signature']).toBe(signature);
    expect((await fetch(String(fields.url))).headers.get('content-length')).toBe(
      String(fields.size),
    );
  });

  it('comes again after 2, 10 and 30 seconds until the answer is ok', async () => {
    reply = 'OK';
    await submit();
    clock += 1000;
    await px.pump();
    for (const seconds of [2, 10, 30]) {
      clock += seconds * 1000 - 1;
      await px.pump();
      const before = received.length;
      clock += 1;
      if (seconds === 30) reply = 'ok';
      await px.pump();
      expect(received.length).toBe(before + 1);
    }
    clock += 86_400_000;
    await px.pump();
    expect(px.deliveries().map(({ attempt, isAccepted }) => [attempt, isAccepted])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it('tells of a failure without an address', async () => {
    px.faults.add({ on: 'generation', kind: 'ends_as', status: 8 });
    await submit();
    clock += 1000;
    await px.pump();
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ status: 8, url: '' });
  });

  it('is lost, doubled, late or forged when told to', async () => {
    px.faults.add({ on: 'webhook', kind: 'lost', times: 1 });
    px.faults.add({ on: 'webhook', kind: 'twice', times: 1 });
    await submit();
    clock += 1000;
    await px.pump();
    expect(received).toHaveLength(0);
    await submit();
    clock += 1000;
    await px.pump();
    expect(received.map(isSigned)).toEqual([true, true]);
    px.faults.add({ on: 'webhook', kind: 'late', ms: 5000, times: 1 });
    px.faults.add({ on: 'webhook', kind: 'forged', times: 1 });
    await submit();
    clock += 5999;
    await px.pump();
    expect(received).toHaveLength(2);
    clock += 1;
    await px.pump();
    expect(received.map(isSigned)).toEqual([true, true, false]);
  });
});

describe('with the real clock', () => {
  it('comes by itself, and again two seconds after a wrong answer', async () => {
    await start({ generationMs: () => 50 });
    reply = 'thanks';
    const id = await submit();
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ id, status: 1 });
    reply = 'ok';
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(2);
    expect(px.deliveries().at(-1)).toMatchObject({
      generationId: id,
      attempt: 2,
      isAccepted: true,
    });
  });
});

describe('signatures', () => {
  it('can cover the fields in the order of the body, or the body as it is', () => {
    const body = '{"id":"7","status":1,"has_audio":false,"credits":25}';
    const sign = (text: string) =>
      createHmac('sha256', 's').update(`1\nn\n${text}`).digest('base64');
    expect(signWebhook('s', '1', 'n', body)).toBe(sign('credits=25&has_audio=false&id=7&status=1'));
    expect(signWebhook('s', '1', 'n', body, 'body_order')).toBe(
      sign('id=7&status=1&has_audio=false&credits=25'),
    );
    expect(signWebhook('s', '1', 'n', body, 'raw')).toBe(sign(encodeURIComponent(body)));
  });
});
