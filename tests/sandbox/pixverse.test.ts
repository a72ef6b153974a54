// The stand-in of PixVerse: what it accepts and refuses, what it charges, and what time does to a generation.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'lossless-json';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PixverseStandIn, startPixverse } from '../../src/sandbox/pixverse/server.js';

const API_KEY = 'key-of-the-sandbox';
const MINUTE = 60_000;

interface CallOptions {
  body?: unknown;
  form?: FormData;
  traceId?: string;
  headers?: Record<string, string>;
}

let folder = '';
let clock = 0;
let px: PixverseStandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexora-pixverse-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  clock = 1_800_000_000_000;
  px = await startPixverse({
    ...{ apiKey: API_KEY, mediaFolder: folder, render: 'sample', now: () => clock },
    ...{ credits: 1000, maxConcurrent: 3, generationMs: () => 15_000 },
  });
});
afterEach(() => px.close());

async function call(method: 'GET' | 'POST', path: string, options: CallOptions = {}) {
  const { body, form, traceId = randomUUID(), headers = {} } = options;
  const json = body === undefined ? undefined : typeof body === 'string' ? body : stringify(body);
  const response = await fetch(px.baseUrl + path, {
    method,
    headers: {
      'API-KEY': API_KEY,
      'Ai-trace-id': traceId,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: form ?? json ?? null,
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const content = (
    isJson
      ? parse(text, null, (digits) => (digits.length > 15 ? BigInt(digits) : Number(digits)))
      : {}
  ) as Record<string, unknown>;
  const resp = (content.Resp ?? {}) as Record<string, unknown>;
  return { status: response.status, text, code: content.ErrCode, resp };
}

function picture(width = 400, height = 500) {
  return sharp({ create: { width, height, channels: 3, background: '#c08060' } });
}

function formWith(bytes: Uint8Array, filename = 'a.jpg', type = 'image/jpeg'): FormData {
  const form = new FormData();
  form.append('image', new Blob([Uint8Array.from(bytes)], { type }), filename);
  return form;
}

async function upload(): Promise<bigint> {
  const form = formWith(await picture().jpeg().toBuffer());
  const { resp } = await call('POST', 'image/upload', { form });
  return resp.img_id as bigint;
}

async function fusionBody(changes: Record<string, unknown> = {}) {
  return {
    image_references: [
      { type: 'subject', img_id: await upload(), ref_name: 'left_person' },
      { type: 'subject', img_id: await upload(), ref_name: 'right_person' },
    ],
    prompt: '@left_person and @right_person hug.',
    ...{ model: 'v6', duration: 5, quality: '360p', aspect_ratio: '9:16' },
    ...changes,
  };
}

const FUSION = 'video/fusion/generate';
const IMAGE = 'video/img/generate';

async function submit(changes: Record<string, unknown> = {}, traceId: string = randomUUID()) {
  return call('POST', FUSION, { body: await fusionBody(changes), traceId });
}

async function statusOf(id: unknown): Promise<unknown> {
  return (await call('GET', `video/result/${String(id)}`)).resp.status;
}

describe('who may call', () => {
  it.each([
    ['no key', { 'API-KEY': '' }, 401, 10004],
    ['a wrong key', { 'API-KEY': 'other' }, 401, 10001],
    ['no trace id', { 'Ai-trace-id': '' }, 200, 400011],
    ['a trace id that is no UUID', { 'Ai-trace-id': 'job-1' }, 200, 400017],
  ])('%s is refused', async (_, headers, status, code) => {
    expect(await call('GET', 'account/balance', { headers })).toMatchObject({ status, code });
  });

  it('answers 404 to paths that are none, such as the misprinted one of the webhook page', async () => {
    expect((await call('POST', 'video/image/generate', { body: {} })).status).toBe(404);
    expect((await call('GET', '../account/balance')).status).toBe(404);
    expect((await call('GET', FUSION)).status).toBe(404);
  });

  it('tells the balance and writes down what it saw', async () => {
    const { resp } = await call('GET', 'account/balance');
    expect(resp).toMatchObject({ credit_monthly: 1000, credit_package: 0 });
    expect(px.calls()).toMatchObject([
      { path: '/openapi/v2/account/balance', errCode: 0, note: '' },
    ]);
  });
});

describe('upload', () => {
  it('gives an unquoted id of 18 digits that no double can hold, and an address of the picture', async () => {
    const bytes = await picture().jpeg().toBuffer();
    const { text, resp } = await call('POST', 'image/upload', { form: formWith(bytes) });
    const id = String(resp.img_id);
    expect(id).toMatch(/^\d{18}$/);
    expect(text).toContain(`"img_id":${id},`);
    expect(String(Number(id))).not.toBe(id);
    const stored = await fetch(resp.img_url as string);
    expect(Buffer.from(await stored.arrayBuffer())).toEqual(bytes);
  });

  it.each(['jpeg', 'png', 'webp'] as const)('takes %s', async (format) => {
    const bytes = await picture().toFormat(format).toBuffer();
    const form = formWith(bytes, `photo.${format}`, `image/${format}`);
    expect((await call('POST', 'image/upload', { form })).code).toBe(0);
  });

  const jpeg = () => picture().jpeg().toBuffer();
  const refusals: [string, () => Promise<FormData>, number][] = [
    ['an empty file', () => Promise.resolve(formWith(Buffer.alloc(0))), 500031],
    ['a broken file', async () => formWith((await jpeg()).subarray(0, 900)), 500031],
    ['a GIF', async () => formWith(await picture().gif().toBuffer(), 'a.gif', 'image/gif'), 500032],
    ['a wrong MIME type', async () => formWith(await jpeg(), 'a.jpg', 'image/png'), 500032],
    [
      'octet-stream',
      async () => formWith(await jpeg(), 'a.jpg', 'application/octet-stream'),
      500032,
    ],
    ['a wrong extension', async () => formWith(await jpeg(), 'a.png'), 500032],
    ['299 pixels', async () => formWith(await picture(299, 400).jpeg().toBuffer()), 500033],
    ['a strip', async () => formWith(await picture(300, 800).jpeg().toBuffer()), 500033],
    ['4001 pixels', async () => formWith(await picture(4001, 3000).jpeg().toBuffer()), 500030],
    ['20 MB', async () => formWith(Buffer.concat([await jpeg(), Buffer.alloc(20 << 20)])), 500030],
    ['no picture', () => Promise.resolve(new FormData()), 400011],
  ];
  it.each(refusals)('refuses %s', async (_, form, code) => {
    expect((await call('POST', 'image/upload', { form: await form() })).code).toBe(code);
  });

  it('fetches no addresses, takes one of both fields only, and wants a form', async () => {
    const form = new FormData();
    form.append('image_url', 'https://example.org/a.jpg');
    expect((await call('POST', 'image/upload', { form })).code).toBe(500042);
    form.append(
      'image',
      new Blob([Uint8Array.from(await jpeg())], { type: 'image/jpeg' }),
      'a.jpg',
    );
    expect((await call('POST', 'image/upload', { form })).code).toBe(400017);
    expect((await call('POST', 'image/upload', { body: { image: 'x' } })).code).toBe(400013);
  });
});

describe('fusion', () => {
  it('charges the price and says so', async () => {
    const { code, resp, text } = await submit({ quality: '1080p' });
    expect({ code, credits: resp.credits }).toEqual({ code: 0, credits: 90 });
    expect(text).toMatch(/"video_id":\d{18},/);
    expect(px.balance()).toBe(910);
    expect(px.generations()).toMatchObject([
      { id: String(resp.video_id), status: 5, creditsCharged: 90, aspectRatio: '9:16', polls: 0 },
    ]);
  });

  const reference = (changes: object) => (ids: bigint[]) => ({
    image_references: [{ type: 'subject', img_id: ids[0], ref_name: 'a', ...changes }],
    prompt: '@a waves',
  });
  const references = (count: number) => (ids: bigint[]) => ({
    image_references: Array.from({ length: count }, (_, index) => ({
      ...{ type: 'subject', img_id: ids[0], ref_name: `p${index}` },
    })),
    prompt: Array.from({ length: count }, (_, index) => `@p${index} `).join(''),
  });
  const fixed = (changes: object) => () => changes;
  const cases: [string, (ids: bigint[]) => object, number][] = [
    ['a quoted id', (ids) => reference({ img_id: String(ids[0]) })(ids), 400013],
    ['a fractional id', reference({ img_id: 1.5 }), 400013],
    ['a quoted duration', fixed({ duration: '5' }), 400013],
    ['a prompt that is a number', fixed({ prompt: 5 }), 400013],
    ['references that are no list', fixed({ image_references: {} }), 400013],
    ['a flag that is a text', fixed({ generate_audio_switch: 'false' }), 400013],
    ['an empty prompt', fixed({ prompt: '' }), 400011],
    ['no aspect ratio', fixed({ aspect_ratio: undefined }), 400011],
    ['no references', fixed({ image_references: [] }), 400011],
    ['a reference without a name', reference({ ref_name: undefined }), 400011],
    ['a reference without an image', reference({ img_id: null }), 400011],
    ['a model without fusion', fixed({ model: 'v4' }), 400017],
    ['an unknown quality', fixed({ quality: '480p' }), 400017],
    ['an unknown ratio', fixed({ aspect_ratio: '9.16' }), 400017],
    ['a wide ratio on a model without it', fixed({ model: 'v5.6', aspect_ratio: '21:9' }), 400017],
    ['16 seconds', fixed({ duration: 16 }), 400017],
    ['6 seconds of v5.6', fixed({ model: 'v5.6', duration: 6 }), 400017],
    ['10 s at 1080p of v5.6', fixed({ model: 'v5.6', duration: 10, quality: '1080p' }), 400017],
    ['audio on v5', fixed({ model: 'v5', generate_audio_switch: true }), 400017],
    ['a seed beyond 31 bits', fixed({ seed: 2_147_483_648 }), 400017],
    ['an unregistered webhook', fixed({ webhook_id: '77' }), 400017],
    ['a reference type of its own', reference({ type: 'person' }), 400017],
    ['eight references', references(8), 400017],
    ['four references on v5', (ids) => ({ ...references(4)(ids), model: 'v5' }), 400017],
    ['a name over 30 bytes', reference({ ref_name: 'a'.repeat(31) }), 400017],
    ['a name with other letters', reference({ ref_name: 'zoë' }), 400017],
    ['a tag before punctuation', (ids) => ({ ...reference({})(ids), prompt: '@a, wave' }), 400017],
    ['a tag without a reference', (ids) => ({ ...reference({})(ids), prompt: '@a @b ' }), 400017],
    ['a reference without a tag', (ids) => ({ ...reference({})(ids), prompt: 'wave' }), 400017],
    ['2049 characters', (ids) => ({ ...reference({})(ids), prompt: 'x'.repeat(2049) }), 400018],
    ['an unknown image', reference({ img_id: 340_000_000_000_000_001n }), 400032],
  ];
  it.each(cases)('refuses %s and charges nothing', async (_, changes, code) => {
    const body = await fusionBody(changes([await upload()]) as Record<string, unknown>);
    expect((await call('POST', FUSION, { body })).code).toBe(code);
    expect(px.balance()).toBe(1000);
  });

  it('refuses the same name twice and text that is no JSON', async () => {
    const img_id = await upload();
    const twice = [1, 2].map(() => ({ type: 'subject', img_id, ref_name: 'a' }));
    expect((await submit({ image_references: twice, prompt: '@a waves' })).code).toBe(400017);
    expect((await call('POST', FUSION, { body: '{"prompt":' })).code).toBe(400013);
    const headers = { 'Content-Type': 'text/plain' };
    expect((await call('POST', FUSION, { body: await fusionBody(), headers })).code).toBe(400013);
  });

  it('takes seven references on v6 and tells names apart that begin alike', async () => {
    const img_id = await upload();
    const named = ['p1', 'p10', 'p1 b'].map((ref_name) => ({ type: 'subject', img_id, ref_name }));
    const prompt = '@p1 and @p10 and @p1 b hug';
    expect((await submit({ image_references: named, prompt })).code).toBe(0);
    expect((await submit({ image_references: named, prompt: '@p10 and @p1 b hug' })).code).toBe(
      400017,
    );
    expect((await submit(references(7)([img_id]) as Record<string, unknown>)).code).toBe(0);
  });

  it('looks at types before gaps, at gaps before values, at images before the balance, at it before slots', async () => {
    px.setCredits(0);
    const img_id = 340_000_000_000_000_001n;
    const unknown = [{ type: 'subject', img_id, ref_name: 'a' }];
    const wrong = { image_references: unknown, prompt: '@a ', model: 'v9' };
    expect((await submit({ ...wrong, seed: 'x', duration: null })).code).toBe(400013);
    expect((await submit({ ...wrong, duration: null })).code).toBe(400011);
    expect((await submit(wrong)).code).toBe(400017);
    expect((await submit({ ...wrong, model: 'v6' })).code).toBe(400032);
    expect((await submit()).code).toBe(500090);
    px.setCredits(75);
    for (let held = 0; held < 3; held += 1) expect((await submit()).code).toBe(0);
    expect((await submit()).code).toBe(500090);
    px.setCredits(25);
    expect((await submit()).code).toBe(500044);
  });
});

describe('image to video', () => {
  async function animate(changes: Record<string, unknown>) {
    const body = {
      img_id: await upload(),
      prompt: 'hug',
      model: 'v6',
      duration: 5,
      quality: '720p',
    };
    return call('POST', IMAGE, { body: { ...body, ...changes } });
  }

  it('takes its shape from the picture and only notes an aspect ratio', async () => {
    const { code, resp } = await animate({ aspect_ratio: '9:16' });
    expect(code).toBe(0);
    expect(px.calls().at(-1)?.note).toContain('aspect_ratio');
    clock += 15_000;
    const result = await call('GET', `video/result/${String(resp.video_id)}`);
    expect(result.resp).toMatchObject({ status: 1, outputWidth: 720, outputHeight: 900 });
  });

  const cases: [string, Record<string, unknown>, number][] = [
    ['a quoted id', { img_id: '340000000000000001' }, 400013],
    ['no image', { img_id: null }, 400011],
    ['no prompt', { prompt: undefined }, 400011],
    ['one image and several', { img_ids: [1, 2] }, 400017],
    ['several images without a template', { img_id: null, img_ids: [1, 2] }, 400017],
    ['a template that is not activated', { template_id: 340712049100608 }, 500070],
    ['an unknown image', { img_id: 340_000_000_000_000_001n }, 400032],
    ['fast motion on v5', { model: 'v5', motion_mode: 'fast' }, 400017],
    ['fast motion at 1080p', { model: 'v4', motion_mode: 'fast', quality: '1080p' }, 400017],
    ['a style on v6', { style: 'anime' }, 400017],
    ['camera movement on c1', { model: 'c1', camera_movement: 'zoom_in' }, 400017],
    ['several clips on c1', { model: 'c1', generate_multi_clip_switch: true }, 400017],
    ['8 s at 1080p of v4.5', { model: 'v4.5', duration: 8, quality: '1080p' }, 400017],
    ['a long negative prompt', { negative_prompt: 'x'.repeat(2049) }, 400019],
  ];
  it.each(cases)('refuses %s', async (_, changes, code) => {
    expect((await animate(changes)).code).toBe(code);
    expect(px.balance()).toBe(1000);
  });
});

describe('the same trace id', () => {
  it('repeats an accepted submit: one generation, one charge', async () => {
    const traceId = randomUUID();
    const [first, second] = [await submit({}, traceId), await submit({}, traceId)];
    expect(second.text).toBe(first.text);
    expect(px.generations()).toHaveLength(1);
    expect(px.balance()).toBe(975);
    const other = await submit({});
    expect(other.resp.video_id).not.toBe(first.resp.video_id);
  });

  it('makes one generation of two submits at the same time', async () => {
    const [traceId, body] = [randomUUID(), await fusionBody()];
    const replies = await Promise.all([1, 2, 3].map(() => call('POST', FUSION, { body, traceId })));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(px.generations()).toHaveLength(1);
  });

  it('is free again after a refused submit', async () => {
    const traceId = randomUUID();
    px.setCredits(0);
    expect((await submit({}, traceId)).code).toBe(500090);
    px.setCredits(25);
    expect((await submit({}, traceId)).code).toBe(0);
  });

  it('shows the former result for ever, and counts for its own kind of call only', async () => {
    const traceId = randomUUID();
    const { resp } = await submit({}, traceId);
    const look = async () => {
      const reply = await call('GET', `video/result/${String(resp.video_id)}`, { traceId });
      return reply.resp.status;
    };
    expect(await look()).toBe(5);
    clock += 15_000;
    expect(await look()).toBe(5);
    expect(await statusOf(resp.video_id)).toBe(1);
    expect((await call('GET', 'account/balance', { traceId })).code).toBe(0);
    expect(px.generations()[0]?.polls).toBe(2);
  });
});

describe('time', () => {
  it('turns 5 into 1, with an address whose slashes must stay encoded', async () => {
    const { resp } = await submit();
    clock += 14_999;
    const before = await call('GET', `video/result/${String(resp.video_id)}`);
    expect(before.resp).toMatchObject({ status: 5, url: '', size: 0 });
    clock += 1;
    const { resp: done } = await call('GET', `video/result/${String(resp.video_id)}`);
    expect(done).toMatchObject({
      id: resp.video_id,
      status: 1,
      outputWidth: 360,
      outputHeight: 640,
    });
    expect(done).not.toHaveProperty('duration');
    const url = done.url as string;
    expect(url).toMatch(/\/media\/pixverse%2Fmp4%2Fmedia%2F.*\.mp4$/);
    const media = await fetch(url);
    expect(media.headers.get('content-type')).toBe('video/mp4');
    const bytes = Buffer.from(await media.arrayBuffer());
    expect(bytes.length).toBe(done.size);
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect((await fetch(url.replaceAll('%2F', '/'))).status).toBe(404);
    expect(px.generations()).toMatchObject([{ status: 1, endedAt: clock, creditsRefunded: 0 }]);
  });

  it('knows no other ids, nor one that a double has rounded', async () => {
    const { resp } = await submit();
    const rounded = String(BigInt(Number(resp.video_id)));
    expect((await call('GET', `video/result/${rounded}`)).code).toBe(500008);
    expect((await call('GET', 'video/result/abc')).code).toBe(400013);
  });

  it('frees a slot at the end of a generation, or after ten minutes', async () => {
    px.setGenerationMs(30 * MINUTE);
    for (let held = 0; held < 3; held += 1) await submit();
    expect((await submit()).code).toBe(500044);
    clock += 10 * MINUTE;
    px.setGenerationMs(1000);
    for (let held = 0; held < 3; held += 1) expect((await submit()).code).toBe(0);
    expect((await submit()).code).toBe(500044);
    clock += 1000;
    expect((await submit()).code).toBe(0);
  });

  it.each([
    [7, 1000],
    [8, 1000],
    [6, 975],
  ] as const)('after status %i the balance is %i', async (status, balance) => {
    px.faults.add({ on: 'generation', kind: 'ends_as', status });
    const { resp } = await submit();
    expect(px.balance()).toBe(975);
    clock += 15_000;
    expect(await statusOf(resp.video_id)).toBe(status);
    expect(px.balance()).toBe(balance);
  });

  it('gives the credits back two hours after a submit without a result, once', async () => {
    px.setGenerationMs(3 * 60 * MINUTE);
    const { resp } = await submit();
    clock += 2 * 60 * MINUTE - 1;
    expect(px.balance()).toBe(975);
    clock += 1;
    expect(px.balance()).toBe(1000);
    clock += 60 * MINUTE;
    expect(await statusOf(resp.video_id)).toBe(1);
    expect(px.balance()).toBe(1000);
  });
});
