// Invoices, Stars and refunds, with the person on the other side.

import { Bot } from 'grammy';
import type { PreCheckoutQuery } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramOptions, TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import {
  afterwards,
  type ApiReply,
  call,
  createHandClock,
  need,
  poll,
  start,
  TOKEN,
} from './telegram-setup.js';

const STARS_INVOICE = {
  title: 'Full HD Embrace',
  description: 'One video of a hug',
  payload: 'checkout-1',
  currency: 'XTR',
  prices: [{ label: 'Video', amount: 250 }],
};
const EURO_INVOICE = {
  ...STARS_INVOICE,
  currency: 'EUR',
  provider_token: '381764678:TEST:12345',
  prices: [
    { label: 'Video', amount: 499 },
    { label: 'Discount', amount: -50 },
  ],
};

interface Told {
  charge: string;
  payload: string;
  isRefund: boolean;
}

interface Shop {
  telegram: TelegramStandIn;
  anna: SandboxUser;
  /** What the bot was told of payments, once it was told so often. */
  whenTold: (count: number) => Promise<Told[]>;
  sell: (invoice?: object) => Promise<number>;
}

/** A bot that agrees to everything. */
async function openShop(options: Partial<TelegramOptions> = {}): Promise<Shop> {
  const telegram = await start(options);
  const told: Told[] = [];
  const watchers: (() => void)[] = [];
  const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
  bot.on('pre_checkout_query', (ctx) => ctx.answerPreCheckoutQuery(true));
  bot.on(['message:successful_payment', 'message:refunded_payment'], (ctx) => {
    const { successful_payment: payment, refunded_payment: refund } = ctx.message;
    const money = need(payment ?? refund);
    told.push({
      charge: money.telegram_payment_charge_id,
      payload: money.invoice_payload,
      isRefund: money === refund,
    });
    watchers.splice(0).forEach((tell) => {
      tell();
    });
  });
  await bot.init();
  const running = bot.start();
  afterwards(async () => {
    await bot.stop();
    await running;
  });
  const anna = telegram.user({ id: 1001, first_name: 'Anna' });
  const sell = async (invoice: object = STARS_INVOICE) => {
    const sent = await call(telegram, 'sendInvoice', { chat_id: 1001, ...invoice });
    return sent.result.message_id;
  };
  const whenTold = async (count: number) => {
    while (told.length < count) await new Promise<void>((resolve) => watchers.push(resolve));
    return told;
  };
  return { telegram, anna, whenTold, sell };
}

describe('an invoice', () => {
  it('shows its price and a Pay button, and keeps its state when it is paid', async () => {
    const { anna, sell } = await openShop();
    const id = await sell({ ...STARS_INVOICE, start_parameter: 'video' });
    expect(anna.chat()[0]).toMatchObject({
      id,
      invoice: {
        title: 'Full HD Embrace',
        description: 'One video of a hug',
        currency: 'XTR',
        totalAmount: 250,
        startParameter: 'video',
        paidCount: 0,
      },
      buttons: [[{ text: 'Pay ⭐️250', pay: true }]],
    });
    expect(() => anna.press(id, 'Pay ⭐️250')).toThrow('not answered by the bot');
    expect(await anna.pay(id)).toMatchObject({ status: 'paid' });
    expect(anna.chat()[0]?.invoice?.paidCount).toBe(1);
  });

  it.each([
    ['two prices', { prices: [...STARS_INVOICE.prices, ...STARS_INVOICE.prices] }],
    ['no price', { prices: [] }],
    ['a provider', { provider_token: '381764678:TEST:12345' }],
    ['tips', { max_tip_amount: 10 }],
    ['suggested tips', { suggested_tip_amounts: [1] }],
  ])('in Stars with %s is refused', async (_what, change) => {
    const telegram = await start();
    const reply = await call(telegram, 'createInvoiceLink', { ...STARS_INVOICE, ...change });
    expect(reply.description).toBe('Bad Request: STARS_INVOICE_INVALID');
  });

  it.each([
    [{ title: '' }, 'INVOICE_TITLE_INVALID'],
    [{ title: 'x'.repeat(33) }, 'INVOICE_TITLE_INVALID'],
    [{ description: 'x'.repeat(256) }, 'INVOICE_DESCRIPTION_INVALID'],
    [{ payload: '' }, 'INVOICE_PAYLOAD_INVALID'],
    [{ payload: 'ü'.repeat(65) }, 'INVOICE_PAYLOAD_INVALID'],
    [{ start_parameter: 'a b' }, 'START_PARAM_INVALID'],
    [{ provider_token: undefined }, 'PAYMENT_PROVIDER_INVALID'],
    [{ currency: 'EURO' }, 'CURRENCY_INVALID'],
    [{ prices: [{ label: 'x', amount: 0 }] }, 'CURRENCY_TOTAL_AMOUNT_INVALID'],
    [{ suggested_tip_amounts: [100], max_tip_amount: 50 }, 'SUGGESTED_TIPS_INVALID'],
    [
      { reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] } },
      'REPLY_MARKUP_BUY_EMPTY',
    ],
  ])('with %j is refused', async (change, reason) => {
    const telegram = await start();
    telegram.user({ id: 1001, first_name: 'Anna' });
    const reply = await call(telegram, 'sendInvoice', {
      chat_id: 1001,
      ...EURO_INVOICE,
      ...change,
    });
    expect(reply.description).toBe(`Bad Request: ${reason}`);
  });

  it('keeps its words and its Pay button when the bot edits it', async () => {
    const { telegram, sell, anna } = await openShop();
    const frame = { chat_id: 1001, message_id: await sell() };
    expect((await call(telegram, 'editMessageText', { ...frame, text: 'Paid' })).description).toBe(
      "Bad Request: message can't be edited",
    );
    const edit = (button: object) =>
      call(telegram, 'editMessageReplyMarkup', {
        ...frame,
        reply_markup: { inline_keyboard: [[button]] },
      });
    expect((await edit({ text: 'x', callback_data: 'x' })).description).toBe(
      'Bad Request: REPLY_MARKUP_BUY_EMPTY',
    );
    expect((await edit({ text: 'Buy ⭐', pay: true })).ok).toBe(true);
    expect(anna.chat()[0]?.buttons).toEqual([[{ text: 'Buy ⭐', pay: true }]]);
  });

  it('takes whole Stars only', async () => {
    const telegram = await start();
    const prices = [{ label: 'x', amount: 2.5 }];
    const reply = await call(telegram, 'createInvoiceLink', { ...STARS_INVOICE, prices });
    expect(reply.description).toMatch(/amount must be an Integer/);
  });

  it('in money goes through the provider, with a tip on top', async () => {
    const shop = await openShop();
    const id = await shop.sell({ ...EURO_INVOICE, max_tip_amount: 200 });
    expect(() => shop.anna.pay(id, { tip: 201 })).toThrow('up to 200');
    const paid = await shop.anna.pay(id, { tip: 100 });
    expect(paid.status).toBe('paid');
    const [payment] = shop.telegram.payments();
    expect(payment).toMatchObject({ currency: 'EUR', totalAmount: 549, payload: 'checkout-1' });
    expect(payment?.providerChargeId).toMatch(/^ch_/);
    expect((await call(shop.telegram, 'getStarTransactions')).result.transactions).toEqual([]);
    const refund = await call(shop.telegram, 'refundStarPayment', {
      user_id: 1001,
      telegram_payment_charge_id: payment?.chargeId,
    });
    expect(refund.description).toBe('Bad Request: CHARGE_ID_EMPTY');
  });

  it('can be a link, also for a subscription of 30 days', async () => {
    const shop = await openShop();
    const create = (change: object) =>
      call(shop.telegram, 'createInvoiceLink', { ...STARS_INVOICE, ...change });
    expect((await create({ subscription_period: 86_400 })).description).toBe(
      'Bad Request: SUBSCRIPTION_PERIOD_INVALID',
    );
    expect((await create({ subscription_period: 2_592_000 })).ok).toBe(true);
    const link = (await create({})).result;
    expect(link).toMatch(/^https:\/\/t\.me\/\$/);
    expect(await shop.anna.pay(link)).toMatchObject({ status: 'paid' });
    expect(() => shop.anna.pay('https://t.me/$other')).toThrow('no invoice');
  });
});

describe('a payment', () => {
  it('is asked about first, then told with a charge id of its own, each time it is made', async () => {
    const shop = await openShop();
    const id = await shop.sell();
    const first = await shop.anna.pay(id);
    const second = await shop.anna.pay(id);
    const told = await shop.whenTold(2);
    expect(told.map(({ charge }) => charge)).toEqual([
      first.status === 'paid' && first.chargeId,
      second.status === 'paid' && second.chargeId,
    ]);
    expect(new Set(told.map(({ charge }) => charge)).size).toBe(2);
    expect(told[0]).toMatchObject({ payload: 'checkout-1', isRefund: false });
    expect(shop.anna.chat().at(-1)?.payment).toEqual({
      currency: 'XTR',
      totalAmount: 250,
      payload: 'checkout-1',
      chargeId: told[1]?.charge,
    });
  });

  async function ask(): Promise<{
    telegram: TelegramStandIn;
    paying: ReturnType<SandboxUser['pay']>;
    answer: (parameters: object) => Promise<ApiReply<true>>;
    clock: ReturnType<typeof createHandClock>;
    query: PreCheckoutQuery;
  }> {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna', language_code: 'de' });
    const sent = await call(telegram, 'sendInvoice', { chat_id: 1001, ...STARS_INVOICE });
    const paying = anna.pay(sent.result.message_id);
    const [update] = await poll(telegram);
    const query = need(update?.pre_checkout_query);
    const answer = (parameters: object) =>
      call(telegram, 'answerPreCheckoutQuery', { pre_checkout_query_id: query.id, ...parameters });
    return { telegram, paying, answer, clock, query };
  }

  it('can be refused by the bot, with a reason for the person', async () => {
    const { telegram, paying, answer, query } = await ask();
    expect(query).toMatchObject({
      from: { id: 1001, language_code: 'de' },
      currency: 'XTR',
      total_amount: 250,
      invoice_payload: 'checkout-1',
    });
    expect(query).not.toHaveProperty('chat');
    expect((await answer({ ok: false })).description).toBe('Bad Request: ERROR_TEXT_EMPTY');
    expect((await answer({ ok: false, error_message: 'Already paid' })).result).toBe(true);
    expect(await paying).toEqual({ status: 'refused', message: 'Already paid' });
    expect(telegram.payments()).toEqual([]);
  });

  it('fails when the bot does not answer within ten seconds', async () => {
    const { telegram, paying, answer, clock } = await ask();
    clock.advance(10_000);
    expect(await paying).toEqual({ status: 'timeout' });
    expect((await answer({ ok: true })).description).toBe(
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    );
    expect(telegram.payments()).toEqual([]);
  });

  it('goes through when the bot answers just in time', async () => {
    const { telegram, paying, answer, clock } = await ask();
    clock.advance(9999);
    await answer({ ok: true });
    expect(await paying).toMatchObject({ status: 'paid' });
    expect(telegram.payments()).toHaveLength(1);
  });
});

describe('a refund', () => {
  it('gives Stars back once, to the one who paid, and the chat says so', async () => {
    const shop = await openShop();
    const paid = await shop.anna.pay(await shop.sell());
    const charge = paid.status === 'paid' ? paid.chargeId : '';
    const refund = (user_id: number, telegram_payment_charge_id: string) =>
      call(shop.telegram, 'refundStarPayment', { user_id, telegram_payment_charge_id });
    expect((await refund(1001, 'unknown')).description).toBe('Bad Request: CHARGE_ID_EMPTY');
    expect((await refund(1002, charge)).description).toBe('Bad Request: USER_ID_INVALID');
    expect((await call(shop.telegram, 'getMyStarBalance')).result).toEqual({ amount: 250 });
    expect((await refund(1001, charge)).result).toBe(true);
    expect((await refund(1001, charge)).description).toBe('Bad Request: CHARGE_ALREADY_REFUNDED');
    expect((await call(shop.telegram, 'getMyStarBalance')).result).toEqual({ amount: 0 });
    expect(shop.anna.chat().at(-1)?.refund).toMatchObject({ chargeId: charge, totalAmount: 250 });
    expect((await shop.whenTold(2))[1]).toEqual({
      charge,
      payload: 'checkout-1',
      isRefund: true,
    });
  });

  it('can begin elsewhere, also while the person has blocked the bot', async () => {
    const shop = await openShop();
    const paid = await shop.anna.pay(await shop.sell());
    const charge = paid.status === 'paid' ? paid.chargeId : '';
    shop.anna.block();
    shop.telegram.refundElsewhere(charge);
    expect((await shop.whenTold(2))[1]).toMatchObject({ charge, isRefund: true });
    expect(shop.telegram.payments()[0]?.refundedAt).not.toBeNull();
    expect(() => {
      shop.telegram.refundElsewhere(charge);
    }).toThrow('CHARGE_ALREADY_REFUNDED');
  });

  it('stands in the list of transactions, oldest first, under the id of its payment', async () => {
    const shop = await openShop();
    const id = await shop.sell();
    const charges: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const paid = await shop.anna.pay(id);
      charges.push(paid.status === 'paid' ? paid.chargeId : '');
    }
    shop.telegram.refundElsewhere(charges[0] ?? '');
    const list = async (parameters: object) =>
      (await call(shop.telegram, 'getStarTransactions', parameters)).result.transactions;
    const all = await list({});
    expect(all.map((one) => one.id)).toEqual([...charges, charges[0]]);
    const user = { id: 1001, is_bot: false, first_name: 'Anna' };
    const partner = {
      type: 'user',
      transaction_type: 'invoice_payment',
      user,
      invoice_payload: 'checkout-1',
    };
    expect(all[0]).toMatchObject({ amount: 250, source: partner });
    expect(all[0]?.receiver).toBeUndefined();
    expect(all[3]).toMatchObject({ amount: 250, receiver: partner });
    expect(all[3]?.source).toBeUndefined();
    expect(await list({ offset: 1, limit: 2 })).toEqual(all.slice(1, 3));
    expect(await list({ offset: 4 })).toEqual([]);
  });
});
