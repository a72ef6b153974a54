// The knobs of the PixVerse stand-in: what a client sees when the service misbehaves, and what really happened.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, parseFault } from '../../src/sandbox/pixverse/faults.js';
import { type PixverseStandIn, startPixverse } from '../../src/sandbox/pixverse/server.js';

let folder = '';
let clock = 0;
let chance = 0;
let px: PixverseStandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexora-pixverse-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  clock = 1_800_000_000_000;
  px = await startPixverse({
    ...{ apiKey: 'key', mediaFolder: folder, render: 'sample', now: () => clock },
    ...{ credits: 1000, generationMs: () => 1000, random: () => chance },
  });
});
afterEach(() => px.close());

function headers(traceId: string = randomUUID()): Record<string, string> {
  return { 'API-KEY': 'key', 'Ai-trace-id': traceId };
}

async function upload(): Promise<Response> {
  const image = sharp({ create: { width: 300, height: 300, channels: 3, background: '#c08060' } });
  const bytes = Uint8Array.from(await image.jpeg().toBuffer());
  const form = new FormData();
  form.append('image', new Blob([bytes], { type: 'image/jpeg' }), 'a.jpg');
  return fetch(`${px.baseUrl}image/upload`, { method: 'POST', headers: headers(), body: form });
}

/** The digits of an id, as they stand in the body. */
function idIn(text: string): string {
  return /"(?:img_id|video_id)":(\d+)/.exec(text)?.[1] ?? '';
}

async function submit(traceId?: string): Promise<Response> {
  const image = idIn(await (await upload()).text());
  const body =
    `{"image_references":[{"type":"subject","img_id":${image},"ref_name":"a"}],"prompt":"@a waves",` +
    '"model":"v6","duration":5,"quality":"360p","aspect_ratio":"9:16"}';
  const json = { ...headers(traceId), 'Content-Type': 'application/json' };
  return fetch(`${px.baseUrl}video/fusion/generate`, { method: 'POST', headers: json, body });
}

function balance(): Promise<Response> {
  return fetch(`${px.baseUrl}account/balance`, { headers: headers() });
}

async function look(id: string): Promise<{ status: number; url: string }> {
  const response = await fetch(`${px.baseUrl}video/result/${id}`, { headers: headers() });
  return ((await response.json()) as { Resp: { status: number; url: string } }).Resp;
}

/** A finished generation: its id and the address of its video. */
async function finished(): Promise<{ id: string; url: string }> {
  const id = idIn(await (await submit()).text());
  clock += 1000;
  return { id, url: (await look(id)).url };
}

async function codeOf(response: Response): Promise<unknown> {
  return ((await response.json()) as Record<string, unknown>).ErrCode;
}

describe('on the way', () => {
  it('429 names a time to wait, 502 is a page, and neither has done anything', async () => {
    px.faults.add({ on: 'submit', kind: 'http_429', retryAfterSeconds: 7, times: 1 });
    px.faults.add({ on: 'submit', kind: 'http_502', times: 1 });
    const [busy, broken] = [await submit(), await submit()];
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '7']);
    expect([broken.status, broken.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(px.generations()).toHaveLength(0);
    expect(await codeOf(await submit())).toBe(0);
  });

  it('an unreadable 200 may hide an accepted submit', async () => {
    px.faults.add({ on: 'submit', kind: 'not_json', isActedOn: true, times: 1 });
    const traceId = randomUUID();
    await expect((await submit(traceId)).json()).rejects.toThrow();
    const again = idIn(await (await submit(traceId)).text());
    expect(px.generations().map(({ id }) => id)).toEqual([again]);
  });

  it('a connection that is cut before the call leaves nothing behind', async () => {
    px.faults.add({ on: 'submit', kind: 'cut_before', times: 1 });
    await expect(submit()).rejects.toThrow();
    expect(px.generations()).toHaveLength(0);
    expect(px.calls().at(-1)).toMatchObject({ status: 0, errCode: null, note: 'cut_before' });
  });

  it('a connection that is cut after it leaves a charged generation that the same trace id finds', async () => {
    px.faults.add({ on: 'submit', kind: 'cut_after', times: 1 });
    const traceId = randomUUID();
    await expect(submit(traceId)).rejects.toThrow();
    expect(px.balance()).toBe(975);
    const again = idIn(await (await submit(traceId)).text());
    expect(px.generations()).toMatchObject([{ id: again, traceId }]);
    expect(px.balance()).toBe(975);
  });

  it('cuts uploads, results and downloads too', async () => {
    const { id, url } = await finished();
    px.faults.add({ on: 'upload', kind: 'cut_after', times: 1 });
    await expect(upload()).rejects.toThrow();
    px.faults.add({ on: 'result', kind: 'cut_before', times: 1 });
    await expect(look(id)).rejects.toThrow();
    px.faults.add({ on: 'media', kind: 'cut_before', times: 1 });
    await expect(fetch(url)).rejects.toThrow();
    expect((await fetch(url)).status).toBe(200);
  });

  it('a slow answer comes after the call was acted on', async () => {
    px.faults.add({ on: 'submit', kind: 'slow', ms: 80, times: 1 });
    const started = performance.now();
    expect(await codeOf(await submit())).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(75);
  });

  it.each([
    [500044, 200],
    [500069, 200],
    [123456, 200],
    [10001, 401],
  ])('answers %i with HTTP %i when told to', async (code, status) => {
    px.faults.add({ on: 'balance', kind: 'error', code, times: 1 });
    const response = await balance();
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(await codeOf(await balance())).toBe(0);
  });
});

describe('reviews and credits', () => {
  it('declines a photo with HTTP 500 and keys in lower case', async () => {
    px.faults.add({ on: 'upload', kind: 'moderation', times: 1 });
    const response = await upload();
    expect(response.status).toBe(500);
    expect(Object.keys((await response.json()) as object)).toEqual(['err_code', 'err_msg', 'resp']);
    expect(await codeOf(await upload())).toBe(0);
  });

  it('declines an order with 500063 and charges nothing', async () => {
    px.faults.add({ on: 'submit', kind: 'moderation', times: 1 });
    expect(await codeOf(await submit())).toBe(500063);
    expect(px.balance()).toBe(1000);
  });

  it('is out of credits for as many submits as asked', async () => {
    px.faults.add({ on: 'account', kind: 'out_of_credits', times: 1 });
    expect(await (await balance()).text()).toContain('"credit_monthly":0,');
    expect(await codeOf(await submit())).toBe(500090);
    expect(await codeOf(await submit())).toBe(0);
  });
});

describe('generations', () => {
  it.each([6, 7, 8] as const)('end with status %i', async (status) => {
    px.faults.add({ on: 'generation', kind: 'ends_as', status, times: 1 });
    const { id, url } = await finished();
    expect(await look(id)).toMatchObject({ status, url: '' });
    expect(url).toBe('');
    const next = await finished();
    expect(await look(next.id)).toMatchObject({ status: 1 });
  });

  it('show a status nobody knows for some looks', async () => {
    px.faults.add({ on: 'generation', kind: 'odd_status', status: 9, results: 2, times: 1 });
    const id = idIn(await (await submit()).text());
    clock += 1000;
    const seen = [await look(id), await look(id), await look(id)].map(({ status }) => status);
    expect(seen).toEqual([9, 9, 1]);
  });

  it('stay at 5 for ever, lose their slot after ten minutes and their price after two hours', async () => {
    px.faults.add({ on: 'generation', kind: 'stuck' });
    const id = idIn(await (await submit()).text());
    for (let held = 1; held < 5; held += 1) await submit();
    expect(await codeOf(await submit())).toBe(500044);
    clock += 600_000;
    expect(await codeOf(await submit())).toBe(0);
    expect(px.balance()).toBe(850);
    clock += 6_600_000;
    expect(px.balance()).toBe(975);
    clock += 86_400_000;
    expect(await look(id)).toMatchObject({ status: 5 });
    expect(px.balance()).toBe(1000);
  });

  it('are done before their address is there', async () => {
    px.faults.add({ on: 'generation', kind: 'empty_url', results: 1, times: 1 });
    const { id, url } = await finished();
    expect(url).toBe('');
    expect(await look(id)).toMatchObject({
      status: 1,
      url: expect.stringContaining('%2F') as string,
    });
  });
});

describe('downloads', () => {
  it('are forbidden at once, or some time after the result was last asked for', async () => {
    const { id, url } = await finished();
    px.faults.add({ on: 'media', kind: 'forbidden', times: 1 });
    expect((await fetch(url)).status).toBe(403);
    px.faults.add({ on: 'media', kind: 'forbidden', afterMs: 60_000 });
    expect((await fetch(url)).status).toBe(200);
    clock += 60_000;
    expect((await fetch(url)).status).toBe(403);
    await look(id);
    expect((await fetch(url)).status).toBe(200);
  });

  it('end in the middle', async () => {
    const { url } = await finished();
    px.faults.add({ on: 'media', kind: 'cut_half', times: 1 });
    const response = await fetch(url);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  it('stall until the client goes away', async () => {
    const { url } = await finished();
    px.faults.add({ on: 'media', kind: 'stall', times: 1 });
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    const reader = response.body?.getReader();
    const first = (await reader?.read()) as { value?: Uint8Array } | undefined;
    expect(first?.value?.length).toBeGreaterThan(0);
    const more = reader?.read();
    leaving.abort();
    await expect(more).rejects.toThrow();
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  it('are a page, or somewhere else', async () => {
    const { url } = await finished();
    px.faults.add({ on: 'media', kind: 'html', times: 1 });
    expect(await (await fetch(url)).text()).toContain('<html>');
    px.faults.add({ on: 'media', kind: 'redirect', times: 1 });
    const moved = await fetch(url, { redirect: 'manual' });
    expect(moved.status).toBe(302);
    px.faults.add({ on: 'media', kind: 'redirect' });
    const followed = await fetch(url);
    expect([followed.status, followed.headers.get('content-type')]).toEqual([200, 'video/mp4']);
  });
});

describe('the knobs', () => {
  it('strike as often as asked, by chance, until they are cleared', async () => {
    px.faults.add({ on: 'balance', kind: 'http_502', times: 2 });
    const id = px.faults.add({ on: 'balance', kind: 'http_429', probability: 0.5 });
    chance = 0.4;
    const seen = [await balance(), await balance(), await balance()].map(({ status }) => status);
    expect(seen).toEqual([502, 502, 429]);
    chance = 0.5;
    expect((await balance()).status).toBe(200);
    expect(px.faults.list()).toMatchObject([{ id, struck: 1 }]);
    expect([px.faults.remove(id), px.faults.remove(id)]).toEqual([true, false]);
    px.faults.add({ on: 'balance', kind: 'http_502' });
    px.faults.clear();
    expect((await balance()).status).toBe(200);
  });

  const good: Fault[] = [
    { on: 'submit', kind: 'cut_after', times: 1 },
    { on: 'media', kind: 'forbidden', afterMs: 5 },
    { on: 'result', kind: 'error', code: 500008, http: 500, probability: 0.1 },
    { on: 'generation', kind: 'odd_status', status: 9, results: 3 },
    { on: 'webhook', kind: 'late', ms: 500 },
  ];
  it.each(good)('reads $kind on $on from JSON', (fault) => {
    expect(parseFault(JSON.parse(JSON.stringify(fault)))).toEqual(fault);
  });

  it.each([
    [null, 'a fault is an object'],
    [{ on: 'submit', kind: 'explode' }, 'kind must be one of'],
    [{ on: 'media', kind: 'error', code: 1 }, 'on must be upload, submit, result, balance'],
    [{ on: 'submit', kind: 'slow' }, 'slow needs ms'],
    [{ on: 'submit', kind: 'slow', ms: '5' }, 'ms must be a whole number'],
    [{ on: 'submit', kind: 'cut_after', times: 0 }, 'times must be a whole number from 1'],
    [{ on: 'submit', kind: 'cut_after', probability: 2 }, 'probability must be'],
    [{ on: 'submit', kind: 'cut_after', code: 5 }, 'cut_after has no code'],
    [{ on: 'generation', kind: 'ends_as', status: 1 }, 'status must be 6, 7 or 8'],
    [{ on: 'generation', kind: 'odd_status', status: 5, results: 1 }, 'status must be one'],
  ])('says what is wrong with %j', (json, complaint) => {
    expect(parseFault(json)).toContain(complaint);
  });
});
