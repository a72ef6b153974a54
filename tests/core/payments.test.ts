import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkout, Order, Person } from '../../src/core/model.js';
import { openPackCheckout, refusePayment } from '../../src/core/money/checkout.js';
import { reconcilePayments } from '../../src/core/money/reconcile.js';
import {
  bookReportedRefund,
  refundByAdmin,
  settlePayment,
} from '../../src/core/money/settlement.js';
import { cancelOrder, chooseVariant } from '../../src/core/orders/orders.js';
import type { Receipt } from '../../src/core/ports/payment-provider.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

let world: CoreWorld;
let person: Person;
beforeEach(async () => {
  world = await openCoreWorld({
    config: { free: { freeVideos: 0, freeFailures: 3, dailyBudget: 0 } },
  });
  person = await world.newPerson();
});
afterEach(() => world.close());

const balance = () => world.ctx.store.balance(person.id);
const settle = (receipt: Receipt) => settlePayment(world.ctx, receipt, 'telegram');

async function readCheckout(id: string): Promise<Checkout> {
  const checkout = await world.ctx.store.readCheckout(id);
  if (checkout === null) throw new Error('no checkout');
  return checkout;
}

async function due(variant = 'premium'): Promise<{ order: Order; checkout: Checkout }> {
  const draft = await world.draft(person);
  const chosen = await chooseVariant(world.ctx, person, draft, variant);
  if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
  await world.run();
  return { order: await world.read(draft.id), checkout: await readCheckout(chosen.checkout.id) };
}

const notices = () => world.messenger.notices.map((notice) => notice.kind);

test('an invoice is shown while cards take every place they have', async () => {
  for (let others = 0; others < 13; others += 1) await world.draft(await world.newPerson());
  world.clock.now += 10_000;
  const draft = await world.draft(person);
  await chooseVariant(world.ctx, person, draft, 'premium');
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const showCard = world.messenger.showCard.bind(world.messenger);
  world.messenger.showCard = (request) => held.then(() => showCard(request));
  const presentCheckout = world.bank.presentCheckout.bind(world.bank);
  let running: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    world.bank.presentCheckout = (checkout, locale) => {
      resolve();
      return presentCheckout(checkout, locale);
    };
    running = world.scheduler.runDue();
  });
  release();
  await running;
  expect(world.bank.shown.size).toBe(1);
});

describe('a payment for an order', () => {
  test('is +n and −n in one go, queues the order and takes the invoice away', async () => {
    const { order, checkout } = await due();
    expect(order.status).toBe('awaiting_payment');
    expect(world.bank.shown.size).toBe(1);
    expect(checkout.quote).toMatchObject({ currency: 'XTR', amountMinor: 250, credits: 5 });
    const settled = await settle(world.bank.pay(checkout));
    expect(settled.outcome).toBe('queued');
    expect(await balance()).toBe(0);
    const entries = await world.ctx.store.listEntries(person.id, 10);
    expect(entries.map(({ kind, delta }) => [kind, delta])).toEqual([
      ['order_spend', -5],
      ['purchase', 5],
    ]);
    await world.settle();
    expect((await world.read(order.id)).status).toBe('delivered');
    expect(world.bank.shown.size).toBe(0);
    expect(world.bank.returned).toEqual([]);
  });

  test('reported again changes nothing', async () => {
    const { checkout } = await due();
    const receipt = world.bank.pay(checkout);
    const atOnce = await Promise.all([settle(receipt), settle(receipt)]);
    expect(atOnce.map(({ outcome }) => outcome)).toEqual(['queued', 'already']);
    expect((await settle(receipt)).outcome).toBe('already');
    await reconcilePayments(world.ctx);
    expect(await world.ctx.store.listEntries(person.id, 10)).toHaveLength(2);
    expect(await balance()).toBe(0);
  });

  test('made twice goes back once', async () => {
    const { checkout } = await due();
    await settle(world.bank.pay(checkout));
    const second = await settle(world.bank.pay(checkout));
    expect(second.outcome).toBe('surplus');
    await world.settle();
    expect(world.bank.returned).toEqual(['charge-2']);
    expect(await balance()).toBe(0);
    expect(notices()).toContain('payment_surplus');
  });

  test('that failed goes back without asking, exactly once, though the answer was lost', async () => {
    const { order, checkout } = await due();
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
    await settle(world.bank.pay(checkout));
    world.bank.failNext('unreachable_service', 'lost_answer');
    await world.settle();
    expect((await world.read(order.id)).status).toBe('failed');
    expect(world.bank.returned).toEqual(['charge-1']);
    expect(await balance()).toBe(0);
    const entries = await world.ctx.store.listEntries(person.id, 10);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'payment_refund',
      'order_return',
      'order_spend',
      'purchase',
    ]);
    expect(world.messenger.cardOf(order.id)).toMatchObject({
      stage: 'failed',
      money: { way: 'payment_returned', paid: { amountMinor: 250 } },
    });
  });

  test('that the provider will not give back stays as credits', async () => {
    const { checkout } = await due();
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
    await settle(world.bank.pay(checkout));
    world.bank.failNext('refuse');
    await world.settle();
    expect(await balance()).toBe(5);
    expect(notices()).toContain('payment_kept');
  });

  test('cancelled while queued goes back', async () => {
    await world.ctx.store.setSubmitPause(world.clock.now + 60_000);
    const { order, checkout } = await due();
    await settle(world.bank.pay(checkout));
    expect(await cancelOrder(world.ctx, await world.read(order.id))).toBe(true);
    await world.settle();
    expect(world.bank.returned).toEqual(['charge-1']);
    expect(await balance()).toBe(0);
  });

  test('that comes after its invoice expired still makes the video while the draft lives', async () => {
    const { order, checkout } = await due();
    world.clock.now += 61 * 60_000;
    await world.run();
    expect((await world.read(order.id)).status).toBe('draft');
    expect(world.bank.shown.size).toBe(0);
    expect((await settle(world.bank.pay(checkout))).outcome).toBe('queued');
  });

  test('that comes after the order was cancelled becomes credits', async () => {
    const { order, checkout } = await due();
    await cancelOrder(world.ctx, order);
    expect((await settle(world.bank.pay(checkout))).outcome).toBe('late');
    expect(await balance()).toBe(5);
  });

  test('of less, in another currency or by somebody else goes back and alarms', async () => {
    const other = await world.newPerson();
    const { checkout } = await due();
    const payer = world.addressOf(other).chatId;
    for (const change of [{ amountMinor: 249 }, { currency: 'USD' }, { payerRef: payer }]) {
      const settled = await settle(world.bank.pay(checkout, change));
      expect(settled.outcome).toBe('mismatch');
    }
    await world.run();
    expect(world.bank.returned).toEqual(['charge-1', 'charge-2', 'charge-3']);
    expect(await balance()).toBe(0);
    expect(notices()).toContain('admin_alert');
  });

  test('for nothing that we know waits for an operator', async () => {
    const { checkout } = await due();
    const receipt = world.bank.pay(checkout, { payload: 'somebody-elses' });
    const settled = await settle(receipt);
    expect(settled.outcome).toBe('unknown');
    await world.run();
    expect(world.bank.returned).toEqual([]);
    const asked = await refundByAdmin(world.ctx, receipt.chargeId, {
      actor: 'telegram:1',
      reason: null,
    });
    expect(asked.outcome).toBe('due');
    await world.run();
    expect(world.bank.returned).toEqual(['charge-1']);
  });

  test('that was never reported is found in the list of the provider', async () => {
    const { order, checkout } = await due();
    const receipt = world.bank.pay(checkout);
    await reconcilePayments(world.ctx);
    expect((await world.read(order.id)).status).toBe('queued');
    await reconcilePayments(world.ctx);
    expect((await settle(receipt)).outcome, 'the update comes after all').toBe('already');
    expect(await world.ctx.store.listEntries(person.id, 10)).toHaveLength(2);
  });

  test('refunded elsewhere stops what is queued and takes its credits', async () => {
    const { order, checkout } = await due();
    const receipt = world.bank.pay(checkout);
    await settle(receipt);
    await bookReportedRefund(world.ctx, receipt);
    await bookReportedRefund(world.ctx, receipt);
    expect((await world.read(order.id)).status).toBe('cancelled');
    expect(await balance()).toBe(0);
    await world.settle();
    expect(world.bank.returned).toEqual([]);
  });

  test('refunded elsewhere while the video is made is not given back as credits too', async () => {
    const { order, checkout } = await due();
    const receipt = world.bank.pay(checkout);
    await settle(receipt);
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
    await world.run();
    await bookReportedRefund(world.ctx, receipt);
    await world.settle();
    expect((await world.read(order.id)).status).toBe('failed');
    expect(await balance()).toBe(0);
    const payment = await world.ctx.store.findPayment({ orderId: order.id });
    expect(payment).toMatchObject({ refundStatus: 'refunded', unrecoveredCredits: 0 });
    const by = { actor: 'telegram:1', reason: null };
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('already');
    await world.settle();
    expect(await balance()).toBe(0);
  });

  test('refunded elsewhere once the video is delivered is not given back by an admin too', async () => {
    const { order, checkout } = await due();
    const receipt = world.bank.pay(checkout);
    await settle(receipt);
    await world.settle();
    await bookReportedRefund(world.ctx, receipt);
    const by = { actor: 'telegram:1', reason: null };
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('already');
    expect(await balance()).toBe(0);
  });

  test('of a delivered video goes back when an admin says so, once', async () => {
    const { order, checkout } = await due();
    await settle(world.bank.pay(checkout));
    await world.settle();
    const by = { actor: 'telegram:1', reason: 'kindness' };
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('due');
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('already');
    await world.settle();
    expect(world.bank.returned).toEqual(['charge-1']);
    expect(await balance()).toBe(0);
  });

  test('of an order in the queue goes back when an admin says so, under their name', async () => {
    await world.ctx.store.setSubmitPause(world.clock.now + 60_000);
    const { order, checkout } = await due();
    await settle(world.bank.pay(checkout));
    const by = { actor: 'telegram:1', reason: 'kindness' };
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('due');
    const payment = await world.ctx.store.findPayment({ orderId: order.id });
    expect(payment?.refundCause).toBe('admin');
    const entries = await world.ctx.store.listEntries(person.id, 10);
    expect(entries.find(({ kind }) => kind === 'order_return')).toMatchObject(by);
    await world.settle();
    expect(world.bank.returned).toEqual(['charge-1']);
  });
});

describe('a pack', () => {
  test('an order from its credits is given back by an admin, and its person hears why', async () => {
    await openPackCheckout(world.ctx, person, world.addressOf(person), 'c25');
    await world.run();
    const [checkout] = [...world.bank.shown.values()];
    if (checkout === undefined) throw new Error('no invoice');
    await settle(world.bank.pay(checkout));
    const { id } = await world.order(person);
    await world.settle();
    const before = await balance();
    const by = { actor: 'telegram:1', reason: 'kindness' };
    expect((await refundByAdmin(world.ctx, id, by)).outcome).toBe('credits_returned');
    await world.run();
    expect(await balance()).toBe(25);
    const told = { kind: 'credits_changed', delta: 25 - before, balance: 25, reason: 'kindness' };
    expect(world.messenger.notices).toContainEqual(told);
  });

  test('becomes credits that orders spend, and can go back while they are there', async () => {
    await openPackCheckout(world.ctx, person, world.addressOf(person), 'c25');
    await world.run();
    const [checkout] = [...world.bank.shown.values()];
    if (checkout === undefined) throw new Error('no invoice');
    expect(checkout.quote).toMatchObject({ amountMinor: 1190, credits: 25 });
    const receipt = world.bank.pay(checkout);
    expect((await settle(receipt)).outcome).toBe('credited');
    expect(await balance()).toBe(25);
    await world.order(person);
    const by = { actor: 'telegram:1', reason: null };
    expect(await refundByAdmin(world.ctx, receipt.chargeId, by)).toEqual({
      outcome: 'spent',
      balance: 20,
    });
    await world.settle();
    expect(world.bank.returned).toEqual([]);
  });
});

describe('before money moves', () => {
  test('a payment is refused with its reason, and let through when all is right', async () => {
    const { order, checkout } = await due();
    const asked = {
      payload: checkout.id,
      payerRef: checkout.chatId,
      currency: 'XTR',
      amountMinor: 250,
    };
    const judge = (change: Partial<typeof asked> = {}) =>
      refusePayment(world.ctx, { ...asked, ...change }, 'telegram');
    await world.newPerson('999');
    expect(await judge()).toBeNull();
    expect((await world.read(order.id)).status, 'to let it through is no payment').toBe(
      'awaiting_payment',
    );
    expect(await judge({ payload: 'x' })).toBe('unknown');
    expect(await judge({ payerRef: '999' })).toBe('not_owner');
    expect(await judge({ amountMinor: 1 })).toBe('changed');
    expect(await judge({ currency: 'USD' })).toBe('changed');
    await world.ctx.store.writeSetting('sales_paused_since', '1');
    expect(await judge()).toBe('paused');
    await world.ctx.store.writeSetting('sales_paused_since', '');
    await settle(world.bank.pay(checkout));
    expect(await judge()).toBe('paid');
    await cancelOrder(world.ctx, await world.read(order.id));
    expect(await judge()).toBe('paid');
  });

  test('another quality closes the first invoice and opens another', async () => {
    const { order, checkout } = await due('premium');
    const chosen = await chooseVariant(world.ctx, person, order, 'standard');
    await world.run();
    expect(chosen.outcome).toBe('payment_due');
    expect((await readCheckout(checkout.id)).status).toBe('cancelled');
    expect([...world.bank.shown.values()].map((c) => c.quote.amountMinor)).toEqual([150]);
  });

  test('the same quality again keeps the invoice', async () => {
    const { order, checkout } = await due('premium');
    const chosen = await chooseVariant(world.ctx, person, order, 'premium');
    expect(chosen).toMatchObject({ isNew: false, checkout: { id: checkout.id } });
  });
});
