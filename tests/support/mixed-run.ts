// A run with everything that books know: free, paid and credit orders, failures, cancels, refunds of every kind, gifts,
// somebody out of reach, and orders that are still open when it ends.

import type { Checkout, Order, Person } from '../../src/core/model.js';
import { openPackCheckout } from '../../src/core/money/checkout.js';
import { adjustCredits } from '../../src/core/money/credits.js';
import {
  bookReportedRefund,
  refundByAdmin,
  settlePayment,
} from '../../src/core/money/settlement.js';
import { erasePerson, stopAndErase } from '../../src/core/erasing.js';
import { expireDrafts } from '../../src/core/housekeeping.js';
import { cancelOrder, chooseVariant } from '../../src/core/orders/orders.js';
import type { Receipt } from '../../src/core/ports/payment-provider.js';
import type { CoreWorld } from './core-world.js';

const HOUR_MS = 60 * 60_000;
const BY_ADMIN = { actor: 'telegram:1', reason: null };

/** Orders of the run that tests look at, by what they are. */
export interface MixedRun {
  delivered: Order;
  paid: Order;
  failed: Order;
  gift: Order;
  kept: Order;
  queued: Order;
  generating: Order;
  awaiting: Order;
}

interface Paying {
  order: Order;
  receipt: Receipt;
}

/** PixVerse's own failure, and that of the one further try. */
const FAIL = { on: 'generation', kind: 'ends_as', status: 8, times: 2 } as const;
const MODERATE = { on: 'generation', kind: 'ends_as', status: 7, times: 1 } as const;

async function readCheckout(world: CoreWorld, id: string): Promise<Checkout> {
  const checkout = await world.ctx.store.readCheckout(id);
  if (checkout === null) throw new Error('no checkout');
  return checkout;
}

/** Somebody whose free video is used up, so that the next one costs. */
async function payingPerson(world: CoreWorld): Promise<Person> {
  const person = await world.newPerson();
  await world.order(person);
  await world.settle();
  return person;
}

async function openInvoice(
  world: CoreWorld,
  person: Person,
  variant: string,
): Promise<{ order: Order; checkout: Checkout }> {
  // Nobody may try more often than a few times a minute.
  world.clock.now += 61_000;
  const draft = await world.draft(person);
  const chosen = await chooseVariant(world.ctx, person, draft, variant);
  if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
  return {
    order: await world.read(draft.id),
    checkout: await readCheckout(world, chosen.checkout.id),
  };
}

const settle = (world: CoreWorld, receipt: Receipt) =>
  settlePayment(world.ctx, receipt, 'telegram');

/** Orders and pays in Stars. */
async function pay(world: CoreWorld, person: Person, variant = 'premium'): Promise<Paying> {
  const { order, checkout } = await openInvoice(world, person, variant);
  const receipt = world.bank.pay(checkout);
  await settle(world, receipt);
  return { order, receipt };
}

/** Failures: given back, refused to be given back, and spent as credits afterwards. */
async function runFailures(world: CoreWorld): Promise<Order> {
  const person = await world.newPerson();
  world.pixverse.faults.add(MODERATE);
  await world.order(person);
  await world.settle();
  await world.order(person);
  await world.settle();
  world.pixverse.faults.add(FAIL);
  const { order: failed } = await pay(world, person);
  await world.settle();
  world.pixverse.faults.add(FAIL);
  await pay(world, person);
  world.bank.failNext('refuse');
  await world.settle();
  // What could not go back is credits, and they make a video.
  await world.order(person);
  await world.settle();
  return failed;
}

/** Packs, credits by hand, a cancelled order, and a delivered one that an admin gives back. */
async function runCredits(world: CoreWorld): Promise<void> {
  const { ctx } = world;
  const person = await payingPerson(world);
  await openPackCheckout(ctx, person, world.addressOf(person), 'c25');
  await world.run();
  const invoice = [...world.bank.shown.values()].find((shown) => shown.packId !== null);
  if (invoice === undefined) throw new Error('no pack invoice');
  await settle(world, world.bank.pay(invoice));
  await ctx.store.setSubmitPause(world.clock.now + HOUR_MS);
  const cancelled = await world.order(person);
  await cancelOrder(ctx, cancelled);
  await ctx.store.setSubmitPause(0);
  const returned = await world.order(person, 'standard');
  await world.settle();
  await refundByAdmin(ctx, returned.id, BY_ADMIN);
  const identity = await ctx.store.findIdentityOf(person.id, 'telegram');
  if (identity === null) throw new Error('no account');
  for (const delta of [7, -3]) {
    const cause = `telegram:update:${delta}`;
    await adjustCredits(ctx, { ...BY_ADMIN, person: identity, delta, cause });
  }
}

/** Payments that buy nothing or go back: twice, wrong, of nobody, late, and refunded elsewhere at every stage. */
async function runOddPayments(world: CoreWorld): Promise<void> {
  const { ctx, bank } = world;
  const person = await payingPerson(world);
  const { order, checkout } = await openInvoice(world, person, 'premium');
  const wrong = bank.pay(checkout, { amountMinor: 1 });
  await settle(world, wrong);
  const right = bank.pay(checkout);
  for (const receipt of [right, right, bank.pay(checkout)]) await settle(world, receipt);
  const nobodys = bank.pay(checkout, { payload: 'of-nobody' });
  await settle(world, nobodys);
  await settle(world, bank.pay(checkout, { payload: 'of-nobody-either' }));
  await world.settle();
  await refundByAdmin(ctx, nobodys.chargeId, BY_ADMIN);
  await refundByAdmin(ctx, order.id, BY_ADMIN);
  await world.settle();

  await cancelOrder(ctx, (await openInvoice(world, person, 'premium')).order);
  const late = await openInvoice(world, person, 'standard');
  await cancelOrder(ctx, late.order);
  const lateReceipt = bank.pay(late.checkout);
  await settle(world, lateReceipt);
  await bookReportedRefund(ctx, lateReceipt);

  await ctx.store.setSubmitPause(world.clock.now + HOUR_MS);
  const stopped = await pay(world, person);
  await bookReportedRefund(ctx, stopped.receipt);
  await ctx.store.setSubmitPause(0);
  const spent = await pay(world, person);
  await world.settle();
  await bookReportedRefund(ctx, spent.receipt);
  await world.settle();
}

/** A video that comes hours after its money went back, and one for somebody who blocked the bot. */
async function runLate(world: CoreWorld): Promise<{ gift: Order; kept: Order }> {
  const { pixverse, messenger, clock } = world;
  const person = await payingPerson(world);
  pixverse.setGenerationMs(3 * HOUR_MS);
  const { order: gift } = await pay(world, person);
  await world.settle(24 * HOUR_MS);
  pixverse.setGenerationMs(40_000);
  const blocker = await world.newPerson();
  const kept = await world.order(blocker);
  await world.run();
  messenger.isBlocked = true;
  await world.settle();
  messenger.isBlocked = false;
  await world.draft(blocker);
  clock.now += 25 * HOUR_MS;
  await expireDrafts(world.ctx);
  await world.settle();
  await world.ctx.store.erasePhotos(clock.now - world.ctx.config.photoKeepMs, clock.now);
  return { gift, kept };
}

/** Somebody who goes for good, and orders that an admin stops: one delivered, one that is being made. */
async function runErasing(world: CoreWorld): Promise<void> {
  const person = await payingPerson(world);
  await pay(world, person);
  await world.settle();
  await openInvoice(world, person, 'standard');
  await world.run();
  const erased = await erasePerson(world.ctx, person);
  if (erased !== 'erased') throw new Error(erased);
  const other = await payingPerson(world);
  const { order: delivered } = await pay(world, other);
  await world.settle();
  await stopAndErase(world.ctx, delivered.id);
  const { order: making } = await pay(world, other);
  await world.run();
  const { outcome } = await stopAndErase(world.ctx, making.id);
  if (outcome !== 'erased') throw new Error(outcome);
  await world.settle();
}

/** Runs it all and leaves some orders open. Every error that the world logged would be a surprise. */
export async function runMixed(world: CoreWorld): Promise<MixedRun> {
  const { gift, kept } = await runLate(world);
  const failed = await runFailures(world);
  await runCredits(world);
  await runOddPayments(world);
  await runErasing(world);
  const person = await payingPerson(world);
  const paying = await pay(world, person, 'standard');
  await world.settle();
  const delivered = await world.order(await world.newPerson());
  await world.settle();

  const awaiting = await openInvoice(world, person, 'premium');
  const generating = await world.order(await world.newPerson());
  await world.run();
  await world.ctx.store.setSubmitPause(world.clock.now + HOUR_MS);
  const queued = await world.order(await world.newPerson());
  await world.run();
  const fresh = (order: Order) => world.read(order.id);
  return {
    delivered: await fresh(delivered),
    paid: await fresh(paying.order),
    failed: await fresh(failed),
    gift: await fresh(gift),
    kept: await fresh(kept),
    queued: await fresh(queued),
    generating: await fresh(generating),
    awaiting: await fresh(awaiting.order),
  };
}
