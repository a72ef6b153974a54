import { afterEach, beforeEach, expect, test } from 'vitest';
import { adjustCredits } from '../../src/core/money/credits.js';
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
