import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeErasing, erasePerson } from '../../src/core/erasing.js';
import { keepHouse } from '../../src/core/housekeeping.js';
import type { Person } from '../../src/core/model.js';
import { openPackCheckout } from '../../src/core/money/checkout.js';
import { refundByAdmin, settlePayment } from '../../src/core/money/settlement.js';
import { chooseVariant } from '../../src/core/orders/orders.js';
import { answerTicket, openTicket, promptForTicket } from '../../src/core/support.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';
import { findInDatabase } from '../support/scan.js';

const USER = '7700770077';
const PERSONAL = [USER, `user${USER}`, 'Somebody', 'm:1', 'm:2', 'my words'];

let world: CoreWorld;
let person: Person;
beforeEach(async () => {
  world = await openCoreWorld({
    config: { free: { freeVideos: 0, freeFailures: 3, dailyBudget: 0 } },
  });
  person = await world.newPerson(USER);
});
afterEach(async () => {
  const checks = await world.ctx.store.checkBooks(world.clock.now, world.ctx.config.photoKeepMs);
  await world.close();
  expect(checks.filter((check) => check.violations > 0)).toEqual([]);
});

const address = () => world.addressOf(person);
const found = () => findInDatabase(world.database.db.$client, PERSONAL);

/** A pack bought, a video made of it, a question asked, and a further order begun. */
async function live(): Promise<void> {
  await openPackCheckout(world.ctx, person, address(), 'c25');
  await world.run();
  const [checkout] = [...world.bank.shown.values()];
  if (checkout === undefined) throw new Error('no invoice');
  await settlePayment(world.ctx, world.bank.pay(checkout), 'telegram');
  await world.order(person);
  await world.settle();
  const asker = { person, address: address(), account: `telegram:${USER}` };
  await openTicket(world.ctx, asker, 'abcdefghijkmnpqr', 'my words');
  await world.ctx.store.writeDialogue(`telegram:${USER}`, '{}', world.clock.now);
  const update = { eventId: '1', personKey: USER, payload: `{"from":${USER}}` };
  await world.ctx.store.receiveUpdates('telegram', [update], world.clock.now);
  await world.ctx.store.finishUpdate('telegram', '1', world.clock.now);
  await promptForTicket(world.ctx, address());
  await world.draft(person);
  await world.run();
}

describe('erasing a person', () => {
  test('leaves the books and nothing personal in any table', async () => {
    await live();
    const entries = await world.ctx.store.listEntries(person.id, 10);
    expect(entries).toHaveLength(2);
    expect(found().length).toBeGreaterThan(5);
    expect(await describeErasing(world.ctx, person)).toEqual({ hindrance: null, credits: 20 });
    expect(await erasePerson(world.ctx, person)).toBe('erased');
    expect(found()).toEqual([]);
    expect(await world.ctx.files.list()).toEqual([]);
    expect(await world.ctx.store.listEntries(person.id, 10)).toEqual(entries);
    expect((await world.ctx.store.listVideos(person.id, { offset: 0, limit: 5 })).total).toBe(0);
    expect(await erasePerson(world.ctx, person)).toBe('erased');
    await world.settle();
    await keepHouse(world.ctx);
    expect(found()).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  test('takes away what was begun: the card, the invoice, and the order that waits for its payment', async () => {
    const draft = await world.draft(person);
    const chosen = await chooseVariant(world.ctx, person, draft, 'premium');
    expect(chosen.outcome).toBe('payment_due');
    await world.run();
    expect(world.bank.shown.size).toBe(1);
    expect(world.messenger.cardOf(draft.id)).toBeDefined();
    expect(await erasePerson(world.ctx, person)).toBe('erased');
    expect(world.bank.shown.size).toBe(0);
    expect(world.messenger.cardOf(draft.id)).toBeUndefined();
    expect((await world.read(draft.id)).status).toBe('cancelled');
    await world.settle();
    expect(found()).toEqual([]);
  });

  test('works although the chat lets go of nothing', async () => {
    const draft = await world.draft(person);
    await world.run();
    world.messenger.isBlocked = true;
    expect(await erasePerson(world.ctx, person)).toBe('erased');
    expect(world.messenger.cardOf(draft.id)).toBeDefined();
    expect(found()).toEqual([]);
  });

  test('waits for the order that is at PixVerse', async () => {
    await live();
    await world.order(person);
    await world.run();
    expect(await describeErasing(world.ctx, person)).toMatchObject({ hindrance: 'at_pixverse' });
    expect(await erasePerson(world.ctx, person)).toBe('at_pixverse');
    await world.settle();
    expect(await erasePerson(world.ctx, person)).toBe('erased');
  });

  test('cancels an order in the queue, and waits until its payment is back', async () => {
    const draft = await world.draft(person);
    const chosen = await chooseVariant(world.ctx, person, draft, 'premium');
    if (chosen.outcome !== 'payment_due') throw new Error('not due');
    await world.ctx.store.setSubmitPause(world.clock.now + 60_000);
    await settlePayment(world.ctx, world.bank.pay(chosen.checkout), 'telegram');
    world.bank.failNext('unreachable_service');
    expect(await erasePerson(world.ctx, person)).toBe('money_on_its_way');
    await world.run();
    expect(await erasePerson(world.ctx, person)).toBe('money_on_its_way');
    await world.settle();
    expect(world.bank.returned).toEqual(['charge-1']);
    expect(await erasePerson(world.ctx, person)).toBe('erased');
    expect(found()).toEqual([]);
  });

  test('waits while a payment that belongs to nothing is looked into', async () => {
    await openPackCheckout(world.ctx, person, address(), 'c25');
    await world.run();
    const [checkout] = [...world.bank.shown.values()];
    if (checkout === undefined) throw new Error('no invoice');
    const receipt = world.bank.pay(checkout, { payload: 'unknown' });
    await settlePayment(world.ctx, receipt, 'telegram');
    expect(await erasePerson(world.ctx, person)).toBe('money_on_its_way');
    await refundByAdmin(world.ctx, receipt.chargeId, { actor: 'telegram:1', reason: null });
    await world.run();
    expect(await erasePerson(world.ctx, person)).toBe('erased');
  });

  test('ends what could still be done for them: refunds and answers say so', async () => {
    await live();
    await erasePerson(world.ctx, person);
    const by = { actor: 'telegram:1', reason: null };
    expect((await refundByAdmin(world.ctx, 'charge-1', by)).outcome).toBe('not_refundable');
    const answer = { ticketId: 'abcdefghijkmnpqr', text: 'late', cause: '9' };
    const admin = { platform: 'telegram' as const, chatId: '1' };
    expect(await answerTicket(world.ctx, admin, answer)).toBe('erased');
  });

  test('lets the account come back as somebody new, whose payment for the old invoice goes back', async () => {
    await openPackCheckout(world.ctx, person, address(), 'c25');
    await world.run();
    const [checkout] = [...world.bank.shown.values()];
    if (checkout === undefined) throw new Error('no invoice');
    await erasePerson(world.ctx, person);
    const returned = await world.newPerson(USER);
    expect(returned.id).not.toBe(person.id);
    const settled = await settlePayment(world.ctx, world.bank.pay(checkout), 'telegram');
    expect(settled.outcome).toBe('mismatch');
    await world.run();
    expect(world.bank.returned).toEqual(['charge-1']);
  });
});
