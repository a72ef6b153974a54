import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createFaultBoard } from '../../src/sandbox/page-faults.js';
import { createPage, startPage } from '../../src/sandbox/page-server.js';
import { type PageSetting, readParts } from '../../src/sandbox/page-state.js';
import { openWorld, type World } from '../../src/sandbox/world.js';

const PERSON = 1001;
const closing = new AbortController();

let folder: string;
let world: World;
let setting: PageSetting;
let page: ReturnType<typeof createPage>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hug-paying-'));
  world = await openWorld({ folder, render: 'sample' });
  const faults = createFaultBoard(world);
  setting = { world, people: [world.user], faults, pace: { seconds: 15 } };
  page = createPage(setting, { host: '127.0.0.1', closing: closing.signal });
});

afterAll(async () => {
  closing.abort();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

interface Reply {
  status: number;
  error?: string;
  outcome?: { status: string; message?: string };
}

async function act(path: string, body: object): Promise<Reply> {
  const response = await page.request(`http://localhost:3000/api/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { host: 'localhost:3000' },
  });
  return { ...((await response.json()) as object), status: response.status };
}

/** What the bot calls at Telegram; the app itself does not run here. */
async function callAsBot(method: string, parameters: object): Promise<unknown> {
  const token = world.keeper.variable('TELEGRAM_BOT_TOKEN') ?? '';
  const response = await fetch(`${world.telegram.apiRoot}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  });
  const { ok, result } = (await response.json()) as { ok: boolean; result: unknown };
  expect(ok).toBe(true);
  return result;
}

async function sell(currency = 'XTR', amount = 250): Promise<number> {
  const sent = await callAsBot('sendInvoice', {
    chat_id: PERSON,
    title: 'Full HD Embrace',
    description: 'A video',
    payload: 'checkout-1',
    currency,
    prices: [{ label: 'Video', amount }],
    ...(currency !== 'XTR' && { provider_token: '1:TEST:x' }),
  });
  return (sent as { message_id: number }).message_id;
}

/** Answers the next questions before a payment, one after the other. */
async function answer(...answers: object[]): Promise<void> {
  let offset = 0;
  while (answers.length > 0) {
    const updates = (await callAsBot('getUpdates', { timeout: 5, offset })) as {
      update_id: number;
      pre_checkout_query?: { id: string };
    }[];
    for (const { update_id, pre_checkout_query: query } of updates) {
      offset = update_id + 1;
      const words = query === undefined ? undefined : answers.shift();
      if (query === undefined || words === undefined) continue;
      await callAsBot('answerPreCheckoutQuery', { pre_checkout_query_id: query.id, ...words });
    }
  }
  await callAsBot('getUpdates', { timeout: 0, offset });
}

async function pay(messageId: number, ...answers: object[]): Promise<Reply> {
  const [reply] = await Promise.all([
    act('pay', { person: PERSON, messageId }),
    answer(...answers),
  ]);
  return reply;
}

interface Shown {
  chat: { messages: Record<string, unknown>[] };
  telegram: { starBalance: number; payments: Record<string, unknown>[] };
  app: { sellsIn: string };
}

function shown(): Shown {
  return readParts(setting, world.user) as unknown as Shown;
}

test.each([
  ['pay', { person: PERSON, messageId: 'x' }, 400, 'messageId must be a whole number'],
  ['pay', { person: 7, messageId: 1 }, 400, 'person must be one of'],
  ['pay', { person: PERSON, messageId: 999 }, 409, 'that invoice is no longer in the chat'],
  ['refund', { chargeId: 'unknown' }, 400, 'chargeId must be of a payment'],
  ['refund', {}, 400, 'chargeId must be of a payment'],
  ['sales', { sellsIn: 'gold' }, 400, 'sellsIn must be stars or local'],
])('%s with %j is refused with a sentence', async (path, body, status, sentence) => {
  const reply = await act(path, body);
  expect(reply.status).toBe(status);
  expect(reply.error).toContain(sentence);
});

test.each([
  ['XTR', 2250, '⭐ 2,250', 'Pay ⭐️2,250'],
  ['JPY', 780, '¥780', 'Pay ¥780'],
  ['BRL', 1990, 'R$19.90', 'Pay R$19.90'],
  ['EUR', 499, '€4.99', 'Pay €4.99'],
  ['HUF', 179000, 'HUF 1,790.00', 'Pay HUF 1,790.00'],
  ['ISK', 690, 'ISK 690', 'Pay ISK 690'],
])('an invoice in %s of %i is shown as %s', async (currency, amount, price, button) => {
  await sell(currency, amount);
  const last = shown().chat.messages.at(-1);
  const plain = JSON.parse(JSON.stringify(last).replaceAll('\u00a0', ' ')) as object;
  expect(plain).toMatchObject({ invoice: { price }, buttons: [[{ text: button }]] });
});

test('a payment shows in the chat and in the list, and can be given back from outside once', async () => {
  const before = shown().telegram.starBalance;
  const id = await sell();
  expect(await pay(id, { ok: true })).toMatchObject({ status: 200, outcome: { status: 'paid' } });
  const { chat, telegram } = shown();
  expect(chat.messages.find((one) => one['id'] === id)).toMatchObject({
    invoice: { paidCount: 1 },
  });
  expect(chat.messages.at(-1)).toMatchObject({
    payment: { price: '⭐ 250', title: 'Full HD Embrace' },
  });
  expect(telegram.starBalance).toBe(before + 250);
  const [payment] = telegram.payments.slice(-1);
  expect(payment).toMatchObject({ payload: 'checkout-1', isStars: true, refundedAt: null });
  const chargeId = payment?.['chargeId'];
  expect((await act('refund', { chargeId })).status).toBe(200);
  expect(shown().chat.messages.at(-1)).toMatchObject({
    refund: { price: '⭐ 250', title: 'Full HD Embrace' },
  });
  expect(shown().telegram.starBalance).toBe(before);
  const again = await act('refund', { chargeId });
  expect(again).toMatchObject({ status: 409 });
  expect(again.error).toContain('CHARGE_ALREADY_REFUNDED');
});

test('a payment that the bot refuses comes with its sentence', async () => {
  const reply = await pay(await sell(), { ok: false, error_message: 'This is already paid.' });
  expect(reply.outcome).toEqual({ status: 'refused', message: 'This is already paid.' });
});

test('a payment made twice asks the bot twice and is charged twice', async () => {
  const id = await sell();
  const before = world.telegram.payments().length;
  setting.faults.set('paying-double', true);
  const reply = await pay(id, { ok: true }, { ok: true });
  expect(reply.outcome?.status).toBe('paid');
  expect(world.telegram.payments()).toHaveLength(before + 2);
  expect(setting.faults.list().filter((one) => one.isOn)).toEqual([]);
});

test('the app sells in another currency from its next start on', async () => {
  expect(shown().app.sellsIn).toBe('stars');
  expect((await act('sales', { sellsIn: 'local' })).status).toBe(200);
  expect(world.keeper.variable('TELEGRAM_PROVIDER_TOKEN')).toMatch(/^\d+:TEST:/);
  expect(shown().app.sellsIn).toBe('local');
  await act('sales', { sellsIn: 'stars' });
  expect(world.keeper.variable('TELEGRAM_PROVIDER_TOKEN')).toBeNull();
  expect(world.keeper.state()).toBe('stopped');
});

test('faults of one kind on different calls are switched separately', () => {
  const on = () =>
    setting.faults
      .list()
      .filter((one) => one.isOn)
      .map((one) => one.id);
  setting.faults.set('telegram-502', true);
  expect(on()).toEqual(['telegram-502']);
  setting.faults.set('paying-unanswered', true);
  setting.faults.set('telegram-502', false);
  expect(on()).toEqual(['paying-unanswered']);
  setting.faults.clear();
});

test('a browser that turns away from a film leaves no word in the terminal', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const large = await sharp({
    create: { width: 2500, height: 2500, channels: 3, background: '#888', noise },
  })
    .png()
    .toBuffer();
  await world.user.sendDocument(large, { fileName: 'large.png', mimeType: 'image/png' });
  const fileId = world.user.chat().at(-1)?.document?.fileId ?? '';
  const server = await startPage(setting, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${server.port}/media/${fileId}`;
  for (let count = 0; count < 3; count += 1) {
    const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
    response.on('error', () => undefined);
    response.once('data', () => response.destroy());
    await new Promise((resolve) => response.once('close', resolve));
  }
  const whole = await fetch(url);
  expect((await whole.arrayBuffer()).byteLength).toBe(large.length);
});
