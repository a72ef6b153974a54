// The payment machine, cell by cell: what arrives, in which state, and what follows. Cells of other rails (pending
// payments, disputes) have no event on Telegram.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Checkout, Order, OrderPhoto, Person } from '../../src/core/model.js';
import { refusePayment } from '../../src/core/money/checkout.js';
import { reconcilePayments } from '../../src/core/money/reconcile.js';
import { bookReportedRefund, settlePayment } from '../../src/core/money/settlement.js';
import { cancelOrder, chooseVariant } from '../../src/core/orders/orders.js';
import type { Receipt } from '../../src/core/ports/payment-provider.js';
import { checkBooks } from '../../src/db/store/books.js';
import { type CoreWorld, GENERATION_MS, openCoreWorld } from '../support/core-world.js';

const HOUR_MS = 60 * 60_000;

let world: CoreWorld;
let person: Person;
beforeEach(async () => {
  world = await openCoreWorld({
    config: { free: { freeVideos: 0, freeFailures: 3, dailyBudget: 0 } },
  });
  person = await world.newPerson();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

interface Due {
  order: Order;
  checkout: Checkout;
}

async function readCheckout(id: string): Promise<Checkout> {
  const checkout = await world.ctx.store.readCheckout(id);
  if (checkout === null) throw new Error('no checkout');
  return checkout;
}

async function choose(order: Order, variant: string): Promise<Due> {
  const chosen = await chooseVariant(world.ctx, person, order, variant);
  if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
  await world.run();
  return { order: await world.read(order.id), checkout: await readCheckout(chosen.checkout.id) };
}

const awaiting = async (): Promise<Due> => choose(await world.draft(person), 'premium');
const settle = (receipt: Receipt) => settlePayment(world.ctx, receipt, 'telegram');

async function producing(): Promise<Due & { receipt: Receipt }> {
  const due = await awaiting();
  const receipt = world.bank.pay(due.checkout);
  await settle(receipt);
  return { ...due, receipt };
}

async function delivered(): Promise<Due & { receipt: Receipt }> {
  const due = await producing();
  await world.settle();
  expect(await statusOf(due)).toBe('delivered');
  return due;
}

const statusOf = async ({ order }: Due) => (await world.read(order.id)).status;
const balance = () => world.ctx.store.balance(person.id);
const heard = () => world.messenger.notices.map(({ kind }) => kind);
const alerts = () =>
  world.messenger.notices.flatMap((told) => (told.kind === 'admin_alert' ? [told.alert] : []));

interface Cell {
  arrives: string;
  when: string;
  follows: string;
  check: () => Promise<void>;
}

const PAID: Cell[] = [
  {
    arrives: 'paid',
    when: 'awaiting payment, amount and currency equal',
    follows: 'one transaction: payment, entries, the order queued; then its person hears',
    check: async () => {
      const { order, checkout } = await awaiting();
      const settled = await settle(world.bank.pay(checkout));
      expect(settled).toMatchObject({ outcome: 'queued', payment: { outcome: 'settled' } });
      const entries = await world.ctx.store.listEntries(person.id, 10);
      expect(entries.map(({ kind, delta }) => [kind, delta])).toEqual([
        ['order_spend', -5],
        ['purchase', 5],
      ]);
      expect((await readCheckout(checkout.id)).status).toBe('paid');
      await world.run();
      expect(world.messenger.cardOf(order.id)?.stage).toMatch(/queued|making/);
    },
  },
  {
    arrives: 'paid',
    when: 'already paid by the same attempt',
    follows: 'nothing',
    check: async () => {
      const due = await producing();
      expect((await settle(due.receipt)).outcome).toBe('already');
      expect(await world.ctx.store.listEntries(person.id, 10)).toHaveLength(2);
      await world.settle();
      expect((await settle(due.receipt)).outcome).toBe('already');
      expect(world.bank.returned).toEqual([]);
    },
  },
  {
    arrives: 'paid',
    when: 'already paid by another attempt, the same invoice twice',
    follows: 'a surplus: the later one goes back, and its person hears',
    check: async () => {
      const { checkout } = await producing();
      const second = world.bank.pay(checkout);
      expect((await settle(second)).outcome).toBe('surplus');
      await world.settle();
      expect(world.bank.returned).toEqual([second.chargeId]);
      expect(heard()).toContain('payment_surplus');
      expect(await balance()).toBe(0);
    },
  },
  {
    arrives: 'paid',
    when: 'already paid by another attempt, an earlier invoice of the order',
    follows: 'credits, and its person hears',
    check: async () => {
      const first = await awaiting();
      const second = await choose(first.order, 'standard');
      await settle(world.bank.pay(second.checkout));
      expect((await settle(world.bank.pay(first.checkout))).outcome).toBe('late');
      await world.settle();
      expect(await statusOf(first)).toBe('delivered');
      expect(await balance()).toBe(first.checkout.quote.credits);
      expect(heard()).toContain('payment_late');
    },
  },
  {
    arrives: 'paid',
    when: 'expired, the photos still there',
    follows: 'the order lives again',
    check: async () => {
      const due = await awaiting();
      world.clock.now += HOUR_MS + 1;
      await world.run();
      expect(await readCheckout(due.checkout.id)).toMatchObject({ status: 'expired' });
      expect((await settle(world.bank.pay(due.checkout))).outcome).toBe('queued');
    },
  },
  {
    arrives: 'paid',
    when: 'expired, a photo gone',
    follows: 'credits, and its person hears',
    check: async () => {
      const due = await awaiting();
      world.clock.now += HOUR_MS + 1;
      await world.run();
      const { photoId } = due.order.photos[0] as OrderPhoto;
      await world.ctx.store.changeOrder({
        ...{
          orderId: due.order.id,
          from: ['draft'],
          cause: 'photo_declined',
          dropPhotoId: photoId,
        },
        now: world.clock.now,
      });
      expect((await settle(world.bank.pay(due.checkout))).outcome).toBe('late');
      await world.run();
      expect(await balance()).toBe(5);
      expect(heard()).toContain('payment_late');
    },
  },
  {
    arrives: 'paid',
    when: 'cancelled',
    follows: 'credits, never dropped, and its person hears',
    check: async () => {
      const due = await awaiting();
      await cancelOrder(world.ctx, due.order);
      expect((await settle(world.bank.pay(due.checkout))).outcome).toBe('late');
      await world.run();
      expect(await statusOf(due)).toBe('cancelled');
      expect(await balance()).toBe(5);
      expect(heard()).toContain('payment_late');
    },
  },
  {
    arrives: 'paid',
    when: 'already delivered',
    follows: 'a surplus: it goes back',
    check: async () => {
      const { checkout } = await delivered();
      const again = world.bank.pay(checkout);
      expect((await settle(again)).outcome).toBe('surplus');
      await world.settle();
      expect(world.bank.returned).toEqual([again.chargeId]);
    },
  },
  ...[{ amountMinor: 249 }, { currency: 'USD' }].map((change): Cell => {
    const what = 'currency' in change ? 'another currency' : 'less than due';
    return {
      arrives: `paid, ${what}`,
      when: 'awaiting payment',
      follows: 'a mismatch: nothing is made, it goes back, an alarm',
      check: async () => {
        const due = await awaiting();
        const wrong = world.bank.pay(due.checkout, change);
        expect((await settle(wrong)).outcome).toBe('mismatch');
        await world.run();
        expect(await statusOf(due)).toBe('awaiting_payment');
        expect(world.bank.returned).toEqual([wrong.chargeId]);
        expect(alerts()).toContain('payment_mismatch');
        expect(await balance()).toBe(0);
      },
    };
  }),
  {
    arrives: 'paid, more than due',
    when: 'awaiting payment',
    follows: 'the video is made, an alarm',
    check: async () => {
      const due = await awaiting();
      expect((await settle(world.bank.pay(due.checkout, { amountMinor: 251 }))).outcome).toBe(
        'queued',
      );
      await world.settle();
      expect(await statusOf(due)).toBe('delivered');
      expect(alerts()).toContain('payment_overpaid');
    },
  },
  {
    arrives: 'paid',
    when: 'for an order that nobody knows',
    follows: 'kept for an operator, an alarm',
    check: async () => {
      const { checkout } = await awaiting();
      const settled = await settle(world.bank.pay(checkout, { payload: 'of-nobody' }));
      expect(settled).toMatchObject({ outcome: 'unknown', payment: { outcome: 'unknown' } });
      await world.run();
      expect(alerts()).toContain('payment_unknown');
      expect(world.bank.returned).toEqual([]);
    },
  },
];

const OTHERS: Cell[] = [
  {
    arrives: 'expired',
    when: 'another attempt is open',
    follows: 'this attempt alone is closed',
    check: async () => {
      const first = await awaiting();
      world.clock.now += 60_001;
      const second = await choose(first.order, 'standard');
      await world.ctx.store.closeCheckout(first.checkout.id, 'expired', world.clock.now + HOUR_MS);
      expect(await statusOf(second)).toBe('awaiting_payment');
      expect((await readCheckout(second.checkout.id)).status).toBe('open');
    },
  },
  {
    arrives: 'expired',
    when: 'a payment was seen before',
    follows: 'nothing',
    check: async () => {
      const due = await producing();
      world.clock.now += HOUR_MS + 1;
      await world.ctx.store.closeCheckout(due.checkout.id, 'expired', world.clock.now);
      expect((await readCheckout(due.checkout.id)).status).toBe('paid');
      await world.settle();
      expect(await statusOf(due)).toBe('delivered');
    },
  },
  {
    arrives: 'asked whether it may be paid',
    when: 'expired, cancelled, paid or wrong',
    follows: 'refused before money moves',
    check: async () => {
      const { order, checkout } = await awaiting();
      const asked = {
        ...{ payload: checkout.id, payerRef: checkout.chatId },
        ...{ currency: 'XTR', amountMinor: 250 },
      };
      const judge = (change = {}) => refusePayment(world.ctx, { ...asked, ...change }, 'telegram');
      expect(await judge()).toBeNull();
      expect(await judge({ amountMinor: 249 })).toBe('changed');
      world.clock.now += HOUR_MS + 1;
      expect(await judge()).toBe('closed');
      world.clock.now -= HOUR_MS + 1;
      await cancelOrder(world.ctx, order);
      expect(await judge()).toBe('closed');
      await settle(world.bank.pay(checkout));
      expect(await judge()).toBe('paid');
    },
  },
  {
    arrives: 'refund succeeded',
    when: 'producing, not yet at PixVerse',
    follows: 'the order is cancelled, and its credits go',
    check: async () => {
      await world.ctx.store.setSubmitPause(world.clock.now + HOUR_MS);
      const due = await producing();
      await bookReportedRefund(world.ctx, due.receipt);
      await world.run();
      expect(await statusOf(due)).toBe('cancelled');
      expect(await balance()).toBe(0);
      expect(world.pixverse.generations()).toEqual([]);
    },
  },
  {
    arrives: 'refund succeeded',
    when: 'producing, already at PixVerse',
    follows: 'the video still comes; what cannot be taken back is counted',
    check: async () => {
      const due = await producing();
      await world.run();
      await bookReportedRefund(world.ctx, due.receipt);
      await world.settle();
      expect(await statusOf(due)).toBe('delivered');
      const payment = await world.ctx.store.findPayment({ orderId: due.order.id });
      expect(payment).toMatchObject({ refundStatus: 'refunded', unrecoveredCredits: 5 });
    },
  },
  {
    arrives: 'refund succeeded',
    when: 'delivered',
    follows: 'the file stays with its person, and it is recorded',
    check: async () => {
      const due = await delivered();
      await bookReportedRefund(world.ctx, due.receipt);
      await world.run();
      expect(await statusOf(due)).toBe('delivered');
      expect(world.messenger.videosOf(due.order.id)).toBe(1);
      const payment = await world.ctx.store.findPayment({ orderId: due.order.id });
      expect(payment).toMatchObject({ refundStatus: 'refunded', refundCause: 'elsewhere' });
    },
  },
  {
    arrives: 'refund failed for good',
    when: 'the order had failed',
    follows: 'the debt stands again, as credits, and an alarm',
    check: async () => {
      const due = await producing();
      world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
      world.bank.failNext('refuse');
      await world.settle();
      expect(await statusOf(due)).toBe('failed');
      expect(await balance()).toBe(5);
      expect(alerts()).toContain('refund_refused');
      expect(heard()).toContain('payment_kept');
      world.errors.splice(0);
    },
  },
  {
    arrives: 'generation failed for good',
    when: 'paid',
    follows: 'the whole payment goes back the way it came',
    check: async () => {
      const due = await producing();
      world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 8 });
      await world.settle();
      expect(await statusOf(due)).toBe('failed');
      expect(world.bank.returned).toEqual([due.receipt.chargeId]);
      expect(await balance()).toBe(0);
      expect(world.messenger.cardOf(due.order.id)).toMatchObject({
        money: { way: 'payment_returned', paid: { amountMinor: 250 } },
      });
    },
  },
  {
    arrives: 'no answer to a refund',
    when: 'it may have happened',
    follows: 'unknown, never failed: asked again until it is known, once',
    check: async () => {
      const due = await producing();
      await cancelOrder(world.ctx, await world.read(due.order.id));
      world.bank.failNext('lost_answer', 'unreachable_service');
      await world.run();
      const payment = await world.ctx.store.findPayment({ orderId: due.order.id });
      expect(payment?.refundStatus).toBe('due');
      await world.settle();
      expect(world.bank.returned).toEqual([due.receipt.chargeId]);
      expect(await balance()).toBe(0);
    },
  },
  {
    arrives: 'no word of a payment',
    when: 'it happened',
    follows: 'the sweep asks the provider and books it, once',
    check: async () => {
      const due = await awaiting();
      world.bank.pay(due.checkout);
      await reconcilePayments(world.ctx);
      await reconcilePayments(world.ctx);
      expect(await statusOf(due)).toBe('queued');
      world.clock.now += GENERATION_MS;
      await world.settle();
      expect(await statusOf(due)).toBe('delivered');
    },
  },
];

const CELLS = [...PAID, ...OTHERS].map(
  ({ arrives, when, follows, check }) => [`${arrives} | ${when}: ${follows}`, check] as const,
);

test.each(CELLS)('%s', async (_name, check) => {
  await check();
  const broken = checkBooks(world.database.db.$client, world.clock.now).filter(
    ({ violations }) => violations > 0,
  );
  expect(broken).toEqual([]);
});
