// What one can do on the page. Every input is checked; what is wrong with it comes back as a sentence.

import { randomInt } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { GENERATION_SECONDS, type PageSetting, PROVIDER_VARIABLE } from './page-state.js';
import { drawSamples } from './samples.js';
import type { SandboxUser } from './telegram/people/user.js';
import { PROVIDER_TOKEN } from './world.js';

const MAX_TEXT = 4096;
const MAX_FILES = 10;
const MAX_JSON_BYTES = 64 * 1024;
const MAX_UPLOAD_BYTES = 80 * 1024 * 1024;
/** What Telegram's apps send as a photo; anything else goes as a file or as a video. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'];

interface PickedFile {
  name: string;
  type: string;
  bytes: Buffer;
}

function badInput(message: string): HTTPException {
  return new HTTPException(400, { message });
}

/** @throws HTTPException 400 */
export function readPerson({ people }: PageSetting, id: unknown): SandboxUser {
  const person = people.find((one) => String(one.id) === String(id));
  if (person === undefined) {
    const names = people.map((one) => `${one.id} (${one.profile.first_name})`).join(', ');
    throw badInput(`person must be one of ${names}`);
  }
  return person;
}

/** @throws HTTPException 400 */
async function readBody(c: Context): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badInput('the body must be a JSON object');
  }
  return body as Record<string, unknown>;
}

function readText(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw badInput('text must not be empty');
  if (text.length > MAX_TEXT) throw badInput(`text must have at most ${MAX_TEXT} characters`);
  return text;
}

function readMessageId(id: unknown): number {
  if (typeof id !== 'number' || !Number.isInteger(id)) {
    throw badInput('messageId must be a whole number');
  }
  return id;
}

function readBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw badInput(`${name} must be true or false`);
  return value;
}

/** What a person cannot do now, such as writing while the bot is blocked, is told in the stand-in's own words. */
async function asPerson<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('IMAGE_PROCESS_FAILED')) {
      throw badInput('that cannot be read as a picture; it can be sent as a file');
    }
    throw new HTTPException(409, { message });
  }
}

async function readFiles(c: Context): Promise<{ form: Record<string, unknown>; files: File[] }> {
  const form = await c.req.parseBody({ all: true }).catch(() => null);
  if (form === null) throw badInput('the body must be a form');
  const given = [form['file'] ?? []].flat();
  const files = given.filter((one) => one instanceof File);
  if (files.length === 0 || files.length !== given.length) {
    throw badInput('file must be at least one file');
  }
  if (files.length > MAX_FILES) throw badInput(`at most ${MAX_FILES} files can go together`);
  const empty = files.find((file) => file.size === 0);
  if (empty !== undefined) throw badInput(`${empty.name} is empty`);
  return { form, files };
}

async function toPicked(file: File): Promise<PickedFile> {
  const bytes = Buffer.from(await file.arrayBuffer());
  return { name: file.name, type: file.type, bytes };
}

/** Sends files as Telegram's apps do: photos together as an album, files together as another, videos one by one. */
async function sendFiles(
  user: SandboxUser,
  picked: readonly PickedFile[],
  isAsFile: boolean,
): Promise<void> {
  const photos = picked.filter(({ type }) => !isAsFile && PHOTO_TYPES.includes(type));
  const videos = picked.filter(({ type }) => !isAsFile && type.startsWith('video/'));
  const documents = picked.filter((one) => !photos.includes(one) && !videos.includes(one));
  const [first] = photos;
  if (photos.length > 1) await user.sendAlbum(photos.map(({ bytes }) => bytes));
  else if (first !== undefined) await user.sendPhoto(first.bytes);
  for (const { bytes } of videos) await user.sendVideo(bytes);
  const mediaGroupId = String(randomInt(10 ** 13, 10 ** 14));
  for (const { bytes, name, type } of documents) {
    await user.sendDocument(bytes, {
      fileName: name,
      mimeType: type === '' ? 'application/octet-stream' : type,
      ...(documents.length > 1 && { mediaGroupId }),
    });
  }
}

function limitBody(maxSize: number): MiddlewareHandler {
  const error = `that is more than ${Math.floor(maxSize / 1024)} kB`;
  return bodyLimit({ maxSize, onError: (c) => c.json({ error }, 413) });
}

function addChatActions(routes: Hono, setting: PageSetting): void {
  routes.post('/text', async (c) => {
    const { person, text } = await readBody(c);
    const user = readPerson(setting, person);
    const words = readText(text);
    await asPerson(() => user.sendText(words));
    return c.json({});
  });

  routes.post('/samples', async (c) => {
    const user = readPerson(setting, (await readBody(c))['person']);
    await asPerson(async () => user.sendAlbum(await drawSamples()));
    return c.json({});
  });

  routes.post('/files', limitBody(MAX_UPLOAD_BYTES), async (c) => {
    const { form, files } = await readFiles(c);
    const user = readPerson(setting, form['person']);
    const { asFile } = form;
    if (asFile !== 'yes' && asFile !== 'no') throw badInput('asFile must be yes or no');
    const picked = await Promise.all(files.map(toPicked));
    await asPerson(() => sendFiles(user, picked, asFile === 'yes'));
    return c.json({});
  });

  routes.post('/press', async (c) => {
    const { person, messageId, data } = await readBody(c);
    const user = readPerson(setting, person);
    const id = readMessageId(messageId);
    if (typeof data !== 'string' || data === '') throw badInput('data must be that of a button');
    const { answer } = await asPerson(() => user.press(id, data));
    return c.json({ answer: await answer });
  });

  routes.post('/pay', async (c) => {
    const { person, messageId } = await readBody(c);
    const user = readPerson(setting, person);
    const id = readMessageId(messageId);
    const isThere = user.chat().some((one) => one.id === id && one.invoice !== undefined);
    if (!isThere)
      throw new HTTPException(409, { message: 'that invoice is no longer in the chat' });
    return c.json({ outcome: await asPerson(() => user.pay(id)) });
  });

  routes.post('/access', async (c) => {
    const { person, isBlocked } = await readBody(c);
    const user = readPerson(setting, person);
    if (readBoolean(isBlocked, 'isBlocked')) user.block();
    else user.unblock();
    return c.json({});
  });
}

function addBackstageActions(routes: Hono, { world, faults, pace }: PageSetting): void {
  routes.post('/app', async (c) => {
    const { action } = await readBody(c);
    if (action === 'kill') await world.keeper.kill();
    else if (action === 'start') await asPerson(() => world.keeper.start());
    else throw badInput('action must be kill or start');
    return c.json({});
  });

  routes.post('/sales', async (c) => {
    const { sellsIn } = await readBody(c);
    if (sellsIn !== 'stars' && sellsIn !== 'local')
      throw badInput('sellsIn must be stars or local');
    if (world.keeper.state() === 'starting') {
      throw new HTTPException(409, { message: 'the app is starting: try again in a moment' });
    }
    const token = sellsIn === 'local' ? PROVIDER_TOKEN : null;
    if (world.keeper.variable(PROVIDER_VARIABLE) === token) return c.json({});
    await asPerson(() => world.keeper.setVariable(PROVIDER_VARIABLE, token));
    return c.json({});
  });

  routes.post('/refund', async (c) => {
    const { chargeId } = await readBody(c);
    const isCharge = world.telegram.payments().some((one) => one.chargeId === chargeId);
    if (typeof chargeId !== 'string' || !isCharge) throw badInput('chargeId must be of a payment');
    await asPerson(() => {
      world.telegram.refundElsewhere(chargeId);
    });
    return c.json({});
  });

  routes.post('/pace', async (c) => {
    const { seconds } = await readBody(c);
    if (typeof seconds !== 'number' || !GENERATION_SECONDS.includes(seconds)) {
      throw badInput(`seconds must be one of ${GENERATION_SECONDS.join(', ')}`);
    }
    pace.seconds = seconds;
    return c.json({});
  });

  routes.post('/faults', async (c) => {
    const { id, isOn } = await readBody(c);
    const wanted = readBoolean(isOn, 'isOn');
    if (typeof id !== 'string' || !faults.set(id, wanted)) {
      const ids = faults.list().map((one) => one.id);
      throw badInput(`id must be one of ${ids.join(', ')}`);
    }
    return c.json({});
  });

  routes.post('/faults/clear', (c) => {
    faults.clear();
    return c.json({});
  });
}

/** The routes below `/api`. @param onActed called after each action that was done */
export function createActions(setting: PageSetting, onActed: () => void): Hono {
  const routes = new Hono();
  routes.use(async (c, next) => {
    await next();
    if (c.res.ok) onActed();
  });
  const isJson = (path: string) => !path.endsWith('/files');
  const limitJson = limitBody(MAX_JSON_BYTES);
  routes.use((c, next) => (isJson(c.req.path) ? limitJson(c, next) : next()));
  addChatActions(routes, setting);
  addBackstageActions(routes, setting);
  return routes;
}
