import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFaultBoard } from '../../src/sandbox/page-faults.js';
import { createPage } from '../../src/sandbox/page-server.js';
import type { PageSetting } from '../../src/sandbox/page-state.js';
import { openWorld, type World } from '../../src/sandbox/world.js';
import { picture } from '../support/pictures.js';

const PERSON = 1001;
const OTHER = 1002;
const closing = new AbortController();

let folder: string;
let world: World;
let setting: PageSetting;
let page: ReturnType<typeof createPage>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hug-page-'));
  world = await openWorld({ folder, render: 'sample' });
  const other = world.telegram.user({ id: OTHER, first_name: 'Lucía', language_code: 'es' });
  const people = [world.user, other];
  setting = { world, people, faults: createFaultBoard(world), pace: { seconds: 15 } };
  page = createPage(setting, { host: '127.0.0.1', closing: closing.signal });
});

afterAll(async () => {
  closing.abort();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  setting.faults.clear();
  world.user.unblock();
});

async function request(
  path: string,
  init: RequestInit = {},
  given: Record<string, string> = {},
): Promise<Response> {
  const headers = { host: 'localhost:3000', ...given };
  return page.request(`http://localhost:3000${path}`, { ...init, headers });
}

interface Reply {
  status: number;
  error: string | undefined;
}

async function act(path: string, body: unknown): Promise<Reply & Record<string, unknown>> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await request(`/api/${path}`, { method: 'POST', body: text });
  const answer = (await response.json()) as { error?: string };
  return { ...answer, status: response.status, error: answer.error };
}

async function sendForm(fields: Record<string, string | File | File[]>): Promise<Reply> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  const response = await request('/api/files', { method: 'POST', body: form });
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error };
}

async function photoFile(name: string, color: string): Promise<File> {
  const bytes = new Uint8Array(await picture({ color }));
  return new File([bytes], name, { type: 'image/jpeg' });
}

test.each([
  ['text', 'no json', 'the body must be a JSON object'],
  ['text', [1], 'the body must be a JSON object'],
  ['text', { person: 7, text: 'hi' }, 'person must be one of 1001 (Sam), 1002 (Lucía)'],
  ['text', { person: PERSON }, 'text must not be empty'],
  ['text', { person: PERSON, text: '  ' }, 'text must not be empty'],
  ['text', { person: PERSON, text: 'x'.repeat(4097) }, 'text must have at most 4096 characters'],
  ['samples', {}, 'person must be one of'],
  ['press', { person: PERSON, messageId: '1', data: 'x' }, 'messageId must be a whole number'],
  ['press', { person: PERSON, messageId: 1, data: '' }, 'data must be that of a button'],
  ['access', { person: PERSON, isBlocked: 'yes' }, 'isBlocked must be true or false'],
  ['app', { action: 'stop' }, 'action must be kill or start'],
  ['pace', { seconds: 4 }, 'seconds must be one of 3, 15, 45'],
  ['pace', { seconds: '3' }, 'seconds must be one of 3, 15, 45'],
  ['faults', { id: 'nonsense', isOn: true }, 'id must be one of pixverse-slow'],
  ['faults', { id: 'pixverse-slow' }, 'isOn must be true or false'],
])('%s with %j is refused with a sentence', async (path, body, sentence) => {
  const reply = await act(path, body);
  expect(reply.status).toBe(400);
  expect(reply.error).toContain(sentence);
});

test('a form without files, with too many or with an empty one is refused', async () => {
  const one = await photoFile('a.jpg', '#aa7766');
  const person = String(PERSON);
  expect(await sendForm({ person, asFile: 'no' })).toMatchObject({
    status: 400,
    error: 'file must be at least one file',
  });
  expect(await sendForm({ person, asFile: 'no', file: 'text' })).toMatchObject({ status: 400 });
  expect(await sendForm({ person, asFile: 'maybe', file: one })).toMatchObject({
    status: 400,
    error: 'asFile must be yes or no',
  });
  const many = Array.from({ length: 11 }, () => one);
  expect(await sendForm({ person, asFile: 'no', file: many })).toMatchObject({
    status: 400,
    error: 'at most 10 files can go together',
  });
  const empty = new File([], 'none.jpg', { type: 'image/jpeg' });
  expect(await sendForm({ person, asFile: 'no', file: empty })).toMatchObject({
    status: 400,
    error: 'none.jpg is empty',
  });
  expect((await act('files', {})).status).toBe(400);
});

test('two photos go as an album, as files under their own names', async () => {
  const before = world.user.chat().length;
  const files = await Promise.all([
    photoFile('one.jpg', '#cc8877'),
    photoFile('two.jpg', '#4466aa'),
  ]);
  const person = String(PERSON);
  expect((await sendForm({ person, asFile: 'no', file: files })).status).toBe(200);
  expect((await sendForm({ person, asFile: 'yes', file: files })).status).toBe(200);
  const sent = world.user.chat().slice(before);
  expect(sent.map((message) => message.document?.fileName)).toEqual([
    undefined,
    undefined,
    'one.jpg',
    'two.jpg',
  ]);
  expect(sent.map((message) => message.photo !== undefined)).toEqual([true, true, false, false]);
  expect(new Set(sent.map((message) => message.mediaGroupId)).size).toBe(2);
});

test('what is no picture goes as a file, and a broken picture is told as such', async () => {
  const person = String(PERSON);
  const note = new File(['hello'], 'note.txt', { type: 'text/plain' });
  expect((await sendForm({ person, asFile: 'no', file: note })).status).toBe(200);
  expect(world.user.chat().at(-1)?.document?.fileName).toBe('note.txt');
  const broken = new File(['hello'], 'broken.jpg', { type: 'image/jpeg' });
  expect(await sendForm({ person, asFile: 'no', file: broken })).toMatchObject({
    status: 400,
    error: 'that cannot be read as a picture; it can be sent as a file',
  });
});

test('media comes whole or in the part that a player asks for, and files are not opened here', async () => {
  await act('samples', { person: OTHER });
  const chat = setting.people[1]?.chat() ?? [];
  const fileId = chat.at(-1)?.photo?.fileId ?? '';
  const whole = await request(`/media/${fileId}`);
  expect(whole.headers.get('content-type')).toBe('image/jpeg');
  const bytes = Buffer.from(await whole.arrayBuffer());
  const part = await request(`/media/${fileId}`, {}, { range: 'bytes=10-19' });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes 10-19/${bytes.length}`);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));

  const html = new File(['<script>1</script>'], 'x.html', { type: 'text/html' });
  await sendForm({ person: String(PERSON), asFile: 'yes', file: html });
  const id = world.user.chat().at(-1)?.document?.fileId ?? '';
  const file = await request(`/media/${id}`);
  expect(file.headers.get('content-disposition')).toBe('attachment');
  expect(file.headers.get('content-security-policy')).toContain('sandbox');
  expect((await request('/media/unknown')).status).toBe(404);
});

test('a press on a button that is not there is refused', async () => {
  const reply = await act('press', { person: PERSON, messageId: 999, data: 'start' });
  expect(reply.status).toBe(409);
  expect(reply.error).toContain('there is no button');
});

test('who has blocked the bot cannot write to it', async () => {
  expect((await act('access', { person: PERSON, isBlocked: true })).status).toBe(200);
  const reply = await act('text', { person: PERSON, text: 'hi' });
  expect(reply).toMatchObject({ status: 409 });
  expect(reply.error).toContain('unblock it first');
  await act('access', { person: PERSON, isBlocked: false });
  expect((await act('text', { person: PERSON, text: 'hi' })).status).toBe(200);
});

test('every fault can be switched on and off, and all of them at once', async () => {
  for (const { id } of setting.faults.list()) {
    await act('faults', { id, isOn: true });
    await act('faults', { id, isOn: true });
    expect(setting.faults.list().filter((one) => one.isOn)).toMatchObject([{ id }]);
    await act('faults', { id, isOn: false });
    expect(setting.faults.list().filter((one) => one.isOn)).toEqual([]);
  }
  expect(world.pixverse.faults.list()).toEqual([]);
  expect(world.telegram.faults.list()).toEqual([]);
  await act('faults', { id: 'pixverse-429', isOn: true });
  await act('faults', { id: 'telegram-twice', isOn: true });
  expect(world.pixverse.faults.list()).toHaveLength(2);
  expect(world.telegram.faults.list()).toHaveLength(2);
  await act('faults/clear', {});
  expect(setting.faults.list().some((one) => one.isOn)).toBe(false);
});

test('the pace is set for the next generation', async () => {
  expect((await act('pace', { seconds: 45 })).status).toBe(200);
  expect(setting.pace.seconds).toBe(45);
});

test('a foreign name or origin is refused', async () => {
  const foreign = await request('/', {}, { host: 'evil.example:3000' });
  expect(foreign.status).toBe(403);
  const nameless = await page.request('http://localhost:3000/');
  expect(nameless.status).toBe(403);
  for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST']) {
    expect((await request('/', {}, { host })).status).toBe(200);
  }
  const body = JSON.stringify({ seconds: 3 });
  const post = (origin: string) => request('/api/pace', { method: 'POST', body }, { origin });
  expect((await post('http://evil.example')).status).toBe(403);
  expect((await post('http://localhost:4000')).status).toBe(403);
  expect((await post('null')).status).toBe(403);
  expect((await post('http://localhost:3000')).status).toBe(200);
});

test('the page is served with a policy, and nothing outside its folder', async () => {
  const index = await request('/');
  expect(index.headers.get('content-type')).toContain('text/html');
  expect(index.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect((await request('/page/main.js')).headers.get('content-type')).toContain('javascript');
  for (const path of ['/page/none.js', '/page/..%2Fmain.js', '/page/index', '/other']) {
    expect((await request(path)).status).toBe(404);
  }
});

test('events begin with every part and go on with what changes', async () => {
  expect((await request('/api/events?person=7')).status).toBe(400);
  const response = await request(`/api/events?person=${OTHER}`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let told = '';
  const readUntil = async (text: string): Promise<void> => {
    while (!told.includes(text)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the events ended before ${text}`);
      told += Buffer.from(value).toString();
    }
  };
  await readUntil('event: log');
  const parts = ['app', 'chat', 'pace', 'faults', 'pixverse', 'telegram', 'log'];
  expect([...told.matchAll(/^event: (\w+)$/gm)].map((match) => match[1])).toEqual(parts);
  told = '';
  await act('text', { person: OTHER, text: 'hola a todos' });
  await readUntil('hola a todos');
  await reader.cancel();
});
