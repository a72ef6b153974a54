import { afterEach, beforeEach, expect, test } from 'vitest';
import { adjustCredits } from '../../src/core/money/credits.js';
import { chooseVariant } from '../../src/core/orders/orders.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

let world: CoreWorld;
beforeEach(async () => {
  world = await openCoreWorld();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

test('two adjustments at once tell the balance after each', async () => {
  await world.newPerson('7');
  const person = await world.ctx.store.findIdentity('telegram', { platformUserId: '7' });
  if (person === null) throw new Error('nobody');
  const grant = (delta: number, cause: string) =>
    adjustCredits(world.ctx, { person, delta, reason: null, actor: 'telegram:1', cause });
  await Promise.all([grant(5, 'one'), grant(3, 'two')]);
  await world.run();
  const told = world.messenger.notices.map((n) => (n.kind === 'credits_changed' ? n.balance : n));
  expect(told).toEqual([5, 8]);
  await expect(grant(-9, 'three')).rejects.toMatchObject({
    code: 'insufficient_credits',
    reason: '8',
  });
});

async function withFree(free: { freeVideos: number; freeFailures: number }): Promise<void> {
  await world.close();
  world = await openCoreWorld({ config: { free: { ...free, dailyBudget: 200 } } });
}

test('without free videos nobody is told that theirs is used up', async () => {
  await withFree({ freeVideos: 0, freeFailures: 3 });
  const person = await world.newPerson();
  const chosen = await chooseVariant(world.ctx, person, await world.draft(person), 'premium');
  expect(chosen).toMatchObject({ outcome: 'payment_due', why: 'off' });
});

test('with no failures allowed the free video is offered, and a failure uses it up', async () => {
  await withFree({ freeVideos: 1, freeFailures: 0 });
  const person = await world.newPerson();
  world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
  const order = await world.order(person);
  expect(order.fundedBy).toBe('free');
  await world.settle();
  expect(world.messenger.cardOf(order.id)).toMatchObject({ money: { way: 'free_used_up' } });
  const chosen = await chooseVariant(world.ctx, person, await world.draft(person), 'premium');
  expect(chosen).toMatchObject({ outcome: 'payment_due', why: 'failures_used_up' });
});
