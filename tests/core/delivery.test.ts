import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/core/errors.js';
import type { Order, Person } from '../../src/core/model.js';
import type { Fault } from '../../src/sandbox/pixverse/faults.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';
import { tooManyRequests } from '../support/recording-messenger.js';

let world: CoreWorld;
beforeEach(async () => {
  world = await openCoreWorld();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function freeState(person: Person) {
  return world.ctx.store.freeState(person.id, world.ctx.config.free, world.clock.now);
}

/** One order through a world with these faults. */
async function orderWith(...faults: Fault[]): Promise<{ order: Order; person: Person }> {
  for (const fault of faults) world.pixverse.faults.add(fault);
  const person = await world.newPerson();
  const order = await world.order(person);
  await world.settle();
  return { order: await world.read(order.id), person };
}

describe('delivery', () => {
  test('goes on trying while the platform is in trouble, and there is one video', async () => {
    const order = await world.order(await world.newPerson());
    await world.run();
    const broken = new UpstreamError({ service: 'telegram', operation: 'x', isRetryable: true });
    world.messenger.failures = Array.from({ length: 9 }, () => broken);
    await world.settle();
    expect((await world.read(order.id)).status).toBe('delivered');
    expect(world.messenger.videosOf(order.id)).toBe(1);
  });

  test('falls back to a message of its own when the card is gone, with the intent recorded', async () => {
    world.messenger.areCardsGone = true;
    const order = await world.order(await world.newPerson());
    await world.settle();
    const done = await world.read(order.id);
    expect(done.status).toBe('delivered');
    expect(done.sendIntentAt).not.toBeNull();
    expect(world.messenger.videosOf(order.id)).toBe(1);
    expect(world.messenger.notices).toEqual([]);
  });

  test('sends a message whose answers are lost twice at most, then counts it as delivered', async () => {
    world.messenger.areCardsGone = true;
    const lost = new UpstreamError({
      service: 'telegram',
      operation: 'sendVideo',
      isRetryable: true,
      isAmbiguous: true,
    });
    const send = world.messenger.sendVideo.bind(world.messenger);
    world.messenger.sendVideo = async (request) => {
      await send(request);
      throw lost;
    };
    const person = await world.newPerson();
    const order = await world.order(person);
    await world.settle();
    expect(await world.read(order.id)).toMatchObject({ status: 'delivered', nextAttemptAt: null });
    expect(world.messenger.videosOf(order.id)).toBe(2);
    expect(await freeState(person)).toBe('used_up');
    const { entries } = await world.ctx.store.listVideos(person.id, { offset: 0, limit: 5 });
    expect(entries.map((entry) => entry.order.id)).toEqual([order.id]);
  });

  test('refused sends are no lost answers', async () => {
    world.messenger.areCardsGone = true;
    const send = world.messenger.sendVideo.bind(world.messenger);
    let sends = 0;
    world.messenger.sendVideo = (request) => {
      sends += 1;
      return sends <= 4 ? Promise.reject(tooManyRequests(5_000)) : send(request);
    };
    const order = await world.order(await world.newPerson());
    await world.settle();
    expect(await world.read(order.id)).toMatchObject({ status: 'delivered', unansweredSends: 0 });
    expect(world.messenger.videosOf(order.id)).toBe(1);
  });

  test('keeps the video for somebody who blocked the bot and delivers it when they come back', async () => {
    const person = await world.newPerson('555');
    const order = await world.order(person);
    await world.run();
    world.messenger.isBlocked = true;
    await world.settle(5 * HOUR_MS);
    expect((await world.read(order.id)).status).toBe('generated');
    world.messenger.isBlocked = false;
    await world.newPerson('555');
    await world.settle();
    expect((await world.read(order.id)).status).toBe('delivered');
    expect(world.messenger.videosOf(order.id)).toBe(1);
  });

  test('tells somebody who comes back that the order failed meanwhile', async () => {
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
    const order = await world.order(await world.newPerson('555'));
    await world.run();
    world.messenger.isBlocked = true;
    await world.settle();
    expect((await world.read(order.id)).status).toBe('failed');
    world.messenger.isBlocked = false;
    await world.newPerson('555');
    await world.settle();
    expect(world.messenger.cardOf(order.id)).toMatchObject({ stage: 'failed' });
    expect((await world.read(order.id)).cardMessageId).toBe(
      [...world.messenger.messages.keys()].at(-1),
    );
    const before = world.messenger.messages.size;
    await world.newPerson('555');
    await world.settle();
    expect(world.messenger.messages.size).toBe(before);
  });

  test('makes a file smaller that the platform would not take', async () => {
    const full = await orderWith();
    const whole = [...world.messenger.messages.values()].at(-1);
    const size = whole !== undefined && 'video' in whole ? (whole.video.file?.sizeBytes ?? 0) : 0;
    expect(full.order.status).toBe('delivered');
    await world.close();
    world = await openCoreWorld();
    Object.assign(world.messenger, { maxVideoBytes: Math.floor(size * 0.7) });
    const { order } = await orderWith();
    expect(order.status).toBe('delivered');
    const small = [...world.messenger.messages.values()].at(-1);
    const file = small !== undefined && 'video' in small ? small.video.file : null;
    expect(file?.sizeBytes).toBeLessThanOrEqual(Math.floor(size * 0.7));
    expect(file?.path).toMatch(/\.small\.mp4$/);
  });

  test('brings a still of the hug with the video', async () => {
    await orderWith();
    const [shown] = [...world.messenger.messages.values()];
    const cover = shown !== undefined && 'video' in shown ? shown.video.file?.cover : null;
    expect(cover?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  });
});

describe('the card', () => {
  test('is edited at stage changes and otherwise at most every ten seconds', async () => {
    const order = await world.order(await world.newPerson());
    const shown: { at: number; stage: string }[] = [];
    const showCard = world.messenger.showCard.bind(world.messenger);
    world.messenger.showCard = (request) => {
      shown.push({ at: world.clock.now, stage: request.content.stage });
      return showCard(request);
    };
    await world.settle();
    const making = shown.filter((card) => card.stage === 'making').map((card) => card.at);
    const gaps = making.slice(1).map((at, index) => at - (making[index] ?? 0));
    expect(making.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect((await world.read(order.id)).status).toBe('delivered');
  });

  test('is silent for as long as the platform asks', async () => {
    const order = await world.order(await world.newPerson());
    await world.run();
    world.messenger.failures = [tooManyRequests(30_000)];
    const refusedAt = world.clock.now + 10_000;
    const shown: number[] = [];
    const showCard = world.messenger.showCard.bind(world.messenger);
    world.messenger.showCard = (request) => {
      if (request.content.stage === 'making') shown.push(world.clock.now);
      return showCard(request);
    };
    await world.settle();
    expect(shown[0]).toBe(refusedAt);
    expect(shown[1] ?? Infinity).toBeGreaterThanOrEqual(refusedAt + 30_000);
    expect((await world.read(order.id)).status).toBe('delivered');
  });
});
