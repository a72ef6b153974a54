// Paying in the chat, with the real app between the stand-ins: in Stars and in the person's own currency.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../src/sandbox/telegram/messages/view.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  openFlow,
  orderVideo,
  press,
  textOf,
  videosIn,
} from '../support/flow.js';

const TOKEN = '700000001:sandbox-token-of-the-one-and-only-bot';

let flow: Flow;
let users = 7_000;

function newUser(language = 'en'): SandboxUser {
  users += 1;
  return flow.telegram.user({ id: users, first_name: 'Kim', language_code: language });
}

async function closeFlow(): Promise<void> {
  const errors = flow.output.filter((line) => /"level":"error"|ERROR/.test(line));
  await flow.close();
  expect(errors).toEqual([]);
}

afterEach(() => {
  flow.pixverse.faults.clear();
  flow.telegram.faults.clear();
});

const invoicesIn = (user: SandboxUser) => user.chat().filter((m) => m.invoice !== undefined);
const refundsIn = (user: SandboxUser) => user.chat().filter((m) => m.refund !== undefined);
const paymentsOf = (user: SandboxUser) =>
  flow.telegram.payments().filter((payment) => payment.payer.id === user.id);

function expectInvoice(user: SandboxUser, after = 0): Promise<ChatMessage> {
  return expectBot(user, (m) => m.invoice !== undefined && m.id > after);
}

/** Waits until something is gone from the chat, or else fits. */
async function until(user: SandboxUser, isSo: () => boolean): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((resolve) => {
    const stop = user.onChange(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

/** Orders up to the invoice. */
async function orderToPay(user: SandboxUser, offer = /Standard/): Promise<ChatMessage> {
  await orderVideo(user, offer);
  return expectInvoice(user);
}

/** The checkout behind the newest invoice, as Telegram was told of it. */
async function payloadOf(user: SandboxUser): Promise<string> {
  const shown = () =>
    flow.telegram
      .calls()
      .findLast((call) => call.method === 'sendInvoice' && call.summary.includes(`=${user.id} `));
  // A call is listed once it was answered, which is after the person sees the message.
  while (shown() === undefined) await new Promise((resolve) => setImmediate(resolve));
  return /\bpayload=(\w+)/.exec(shown()?.summary ?? '')?.[1] ?? '';
}

async function callTelegram(method: string, parameters: object): Promise<unknown> {
  const answer = await fetch(`${flow.telegram.apiRoot}/bot${TOKEN}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  });
  const body = (await answer.json()) as { ok: boolean; result: unknown };
  expect(body).toMatchObject({ ok: true });
  return body.result;
}

/** Another way to pay the same checkout, such as a copy of the invoice in somebody's hands. */
async function linkTo(payload: string, stars: number): Promise<string> {
  const prices = [{ label: 'x', amount: stars }];
  const words = { title: 'x', description: 'x' };
  const link = await callTelegram('createInvoiceLink', {
    ...words,
    payload,
    currency: 'XTR',
    prices,
  });
  return String(link);
}

async function ask(user: SandboxUser, command: string, answer: RegExp): Promise<string> {
  const last = user.chat().at(-1)?.id ?? 0;
  user.sendText(command);
  return textOf(await expectBot(user, (m) => m.id > last && answer.test(textOf(m))));
}

describe('the second video', () => {
  beforeAll(async () => {
    flow = await openFlow();
  });
  afterAll(closeFlow);

  test('is paid for in Stars in the chat and delivered, and its invoice is gone', async () => {
    const user = newUser();
    await orderVideo(user);
    await expectVideos(user, 1);
    await press(user, /Again/);
    const card = await expectBot(user, hasButton(/Standard Embrace · 150 ⭐/));
    const answer = await press(user, /Standard Embrace · 150 ⭐/);
    expect(answer?.text).toMatch(/free video is used up.*invoice below/);
    const invoice = await expectInvoice(user);
    expect(invoice.id).toBeGreaterThan(card.id);
    expect(invoice.invoice).toMatchObject({
      title: 'Standard Embrace',
      currency: 'XTR',
      totalAmount: 150,
      startParameter: 'invoice',
    });
    await expectBot(user, /pay 150 ⭐ with the invoice below/);
    expect(await user.pay(invoice.id)).toMatchObject({ status: 'paid' });
    await expectVideos(user, 2);
    await until(user, () => invoicesIn(user).length === 0);
    expect(paymentsOf(user)).toHaveLength(1);
    expect(refundsIn(user)).toEqual([]);
    expect(await ask(user, '/balance', /You have/)).toMatch(
      /You have 0 credits[^]*−3 {2}video ordered[^]*\+3 {2}paid/,
    );
  });
});

describe('in Stars', () => {
  beforeAll(async () => {
    flow = await openFlow({ environment: { FREE_VIDEOS: '0' } });
  });
  afterAll(closeFlow);

  test.each([
    [8 as const, 2, /tried twice and failed/],
    [7 as const, 1, /content rules/],
  ])(
    'a generation that ends as %i gives the Stars back once, and the card says so',
    async (status, times, why) => {
      flow.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status, times });
      const user = newUser();
      const invoice = await orderToPay(user, /Full HD/);
      await user.pay(invoice.id);
      await expectBot(
        user,
        (m) => why.test(textOf(m)) && /250 ⭐ are already back/.test(textOf(m)),
      );
      await expectBot(user, /250 ⭐ are back with you/);
      expect(refundsIn(user)).toHaveLength(1);
      expect(paymentsOf(user).map(({ refundedAt }) => refundedAt !== null)).toEqual([true]);
      const refunds = flow.telegram
        .calls()
        .filter((c) => c.method === 'refundStarPayment' && c.summary.includes(`=${user.id} `));
      expect(refunds.map((call) => call.ok)).toEqual([true]);
      expect(await ask(user, '/balance', /You have/)).toMatch(
        /You have 0 credits[^]*−5 {2}payment sent back[^]*\+5 {2}video given back[^]*−5 {2}video ordered[^]*\+5 {2}paid/,
      );
    },
  );

  test('a pack makes videos afterwards, and /balance tells it all', async () => {
    const user = newUser();
    user.sendText('/buy');
    await press(user, /25 credits · 1,190 ⭐/);
    const invoice = await expectInvoice(user);
    expect(invoice.invoice).toMatchObject({ currency: 'XTR', totalAmount: 1190 });
    await user.pay(invoice.id);
    await expectBot(user, /25 credits are yours\. You have 25 now/);
    await until(user, () => invoicesIn(user).length === 0);
    await orderVideo(user, /Full HD Embrace · 5 credits/);
    await expectVideos(user, 1);
    expect(invoicesIn(user)).toEqual([]);
    expect(await ask(user, '/balance', /You have/)).toMatch(
      /You have 20 credits[^]*−5 {2}video ordered[^]*\+25 {2}paid/,
    );
  });

  test('an invoice that is paid twice at once makes one video, and the second payment goes back', async () => {
    const user = newUser();
    const invoice = await orderToPay(user);
    const paid = await Promise.all([user.pay(invoice.id), user.pay(invoice.id)]);
    expect(paid.map((outcome) => outcome.status)).toEqual(['paid', 'paid']);
    await expectBot(user, /paid already\. Your second payment of 150 ⭐ goes back/);
    await expectBot(user, /150 ⭐ are back with you/);
    await expectVideos(user, 1);
    const second = paid[1];
    expect(refundsIn(user).map((m) => m.refund?.chargeId)).toEqual([
      second.status === 'paid' ? second.chargeId : '',
    ]);
    expect(videosIn(user)).toHaveLength(1);
  });

  test('what is paid already, closed, or for somebody else is refused before money moves', async () => {
    const user = newUser();
    await orderToPay(user);
    const link = await linkTo(await payloadOf(user), 150);
    const stranger = newUser();
    await ask(stranger, '/start', /Two photos in/);
    expect(await stranger.pay(link)).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/belongs to somebody else/) as string,
    });
    const cheap = await linkTo(await payloadOf(user), 1);
    expect(await user.pay(cheap)).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/out of date/) as string,
    });
    await user.pay(invoicesIn(user)[0]?.id ?? 0);
    await expectVideos(user, 1);
    expect(await user.pay(link)).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/already paid/) as string,
    });
    expect(await stranger.pay(await linkTo('nothing', 1))).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/not ours/) as string,
    });
    expect(paymentsOf(stranger)).toEqual([]);
    expect(paymentsOf(user)).toHaveLength(1);
  });

  test('choosing another quality replaces the invoice, and the first can no longer be paid', async () => {
    const user = newUser();
    const first = await orderToPay(user, /Full HD/);
    const link = await linkTo(await payloadOf(user), 250);
    await press(user, /Standard/);
    const second = await expectInvoice(user, first.id);
    expect(second.invoice?.totalAmount).toBe(150);
    await until(user, () => invoicesIn(user).length === 1);
    await expectBot(user, /pay 150 ⭐ with the invoice below/);
    expect(await user.pay(link)).toMatchObject({
      status: 'refused',
      message: expect.stringMatching(/invoice is closed/) as string,
    });
    await user.pay(second.id);
    const [video] = await expectVideos(user, 1);
    expect(video && textOf(video)).toContain('Standard Embrace');
  });

  test('a payment that Telegram tells twice counts once', async () => {
    const user = newUser();
    const invoice = await orderToPay(user);
    flow.telegram.faults.add({ kind: 'duplicate_updates' });
    await user.pay(invoice.id);
    await expectVideos(user, 1);
    expect(await ask(user, '/balance', /You have/)).toMatch(/^You have 0 credits/);
    expect(refundsIn(user)).toEqual([]);
    expect(videosIn(user)).toHaveLength(1);
  });

  test('a payment is agreed to at once, however much of the same person waits', async () => {
    const user = newUser();
    const invoice = await orderToPay(user);
    flow.telegram.faults.add({ kind: 'slow', method: 'sendMessage', ms: 150 });
    for (let sent = 0; sent < 50; sent += 1) user.sendText('/help');
    expect(await user.pay(invoice.id)).toMatchObject({ status: 'paid' });
    const answered = user.chat().filter((m) => /How it works/.test(textOf(m)));
    expect(answered.length).toBeLessThan(40);
    flow.telegram.faults.clear();
    await expectVideos(user, 1);
  });

  test('a payment whose update was lost is found at the next start', async () => {
    const user = newUser();
    const invoice = await orderToPay(user);
    // The poll that is waiting brings the question; the next one, which would bring the payment, is never answered.
    flow.telegram.faults.add({ kind: 'hang', method: 'getUpdates' });
    expect(await user.pay(invoice.id)).toMatchObject({ status: 'paid' });
    await flow.keeper.kill();
    flow.telegram.faults.clear();
    await callTelegram('deleteWebhook', { drop_pending_updates: true });
    await flow.keeper.start();
    await expectVideos(user, 1);
    await until(user, () => invoicesIn(user).length === 0);
    expect(flow.output.some((line) => line.includes('missed payments booked'))).toBe(true);
  });
});

describe('in local currency, through a provider', () => {
  beforeAll(async () => {
    flow = await openFlow({
      environment: { FREE_VIDEOS: '0', TELEGRAM_PROVIDER_TOKEN: '381764678:TEST:12345' },
    });
  });
  afterAll(closeFlow);

  test.each([
    ['ja', 'JPY', 780, /Full HD Embrace · ¥780/],
    ['pt-BR', 'BRL', 1990, /Full HD Embrace · R\$19\.90/],
    ['de-DE', 'EUR', 499, /Full HD Embrace · €4\.99/],
  ])('somebody whose app speaks %s pays in %s', async (language, currency, totalAmount, offer) => {
    const user = newUser(language);
    const invoice = await orderToPay(user, offer);
    expect(invoice.invoice).toMatchObject({ currency, totalAmount });
    await user.pay(invoice.id);
    await expectVideos(user, 1);
    await until(user, () => invoicesIn(user).length === 0);
    expect(paymentsOf(user).map((p) => [p.currency, p.totalAmount])).toEqual([
      [currency, totalAmount],
    ]);
  });

  test('a currency that Telegram does not take falls back with a sentence', async () => {
    const user = newUser('ar-KW');
    const invoice = await orderToPay(user, /Full HD Embrace · \$4\.99/);
    expect(invoice.invoice).toMatchObject({ currency: 'USD', totalAmount: 499 });
    await expectBot(user, /KWD can't be charged here, so the price is in USD/);
    await ask(user, '/price', /KWD can't be charged here/);
    await ask(user, '/currency KWD', /Prices are in KWD now[^]*can't be charged here/);
    await user.pay(invoice.id);
    await expectVideos(user, 1);
  });

  test('the currency is chosen with /currency, and the invoice follows it', async () => {
    const user = newUser();
    await ask(user, '/currency JPY', /Prices are in JPY now: a Full HD Embrace costs ¥780/);
    user.sendText('/currency');
    const list = await expectBot(user, /Your currency is JPY/);
    const answer = await user.press(list.id, 'EUR').answer;
    expect(answer?.text).toContain('EUR');
    const invoice = await orderToPay(user, /Standard Embrace · €2\.99/);
    expect(invoice.invoice).toMatchObject({ currency: 'EUR', totalAmount: 299 });
  });

  test('what cannot be sent back the way it came stays as credits, and is said so', async () => {
    flow.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 8, times: 2 });
    const user = newUser();
    const invoice = await orderToPay(user, /Full HD Embrace · \$4\.99/);
    expect(invoice.invoice?.description).toMatch(/can't be made, you get 5 credits/);
    await user.pay(invoice.id);
    await expectBot(
      user,
      /failed\.\n.*\$4\.99 can't be sent back from here, so you have 5 credits/,
    );
    expect(await ask(user, '/balance', /You have/)).toMatch(/^You have 5 credits/);
    await press(user, /Try again with the same photos/);
    await press(user, /Full HD Embrace · 5 credits/);
    await expectVideos(user, 1);
    expect(await ask(user, '/balance', /You have/)).toMatch(/^You have 0 credits/);
  });
});
