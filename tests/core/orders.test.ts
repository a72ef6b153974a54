import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Order } from '../../src/core/model.js';
import {
  addPhoto,
  cancelOrder,
  chooseVariant,
  orderAgain,
  readOwnOrder,
  swapPhotos,
} from '../../src/core/orders/orders.js';
import { type CoreWorld, GENERATION_MS, openCoreWorld } from '../support/core-world.js';
import { picture } from '../support/pictures.js';

let world: CoreWorld;
beforeEach(async () => {
  world = await openCoreWorld();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const eventsOf = async (order: Order) =>
  (await world.ctx.store.listEvents(order.id)).map((event) => event.to);

describe('an order', () => {
  test('goes from two photos to a delivered video, and the free one is used up by the delivery', async () => {
    const person = await world.newPerson();
    const order = await world.order(person);
    await world.settle();
    expect(await eventsOf(order)).toEqual([
      'draft',
      'queued',
      'submitting',
      'generating',
      'generated',
      'delivered',
    ]);
    expect(world.messenger.videosOf(order.id)).toBe(1);
    expect(world.messenger.notices).toEqual([
      { kind: 'video_ready', orderId: order.id, isGift: false },
    ]);
    const free = await world.ctx.store.freeState(person.id, world.ctx.config.free, world.clock.now);
    expect(free).toBe('used_up');
    const [generation] = world.pixverse.generations();
    expect(world.pixverse.generations()).toHaveLength(1);
    expect(generation).toMatchObject({ model: 'v6', quality: '1080p', aspectRatio: '9:16' });
    expect(generation?.prompt).toContain('hyperrealistic fraternal embrace');
  });

  test('keeps in the history what the owner stores for a video', async () => {
    const order = await world.order(await world.newPerson(), 'standard');
    await world.settle();
    const done = await world.read(order.id);
    expect(await world.ctx.store.readVideo(done.pixverseVideoId ?? '')).toMatchObject({
      pixverseVideoId: world.pixverse.generations()[0]?.id,
      personId: order.personId,
      variant: 'standard',
      status: 'done',
      url: expect.stringContaining('%2F') as string,
      resolution: '720p',
      durationSeconds: 5,
      amountMinor: 0,
      currency: 'XTR',
      width: 720,
      height: 1280,
    });
  });

  test('needs one call after the last tap: the photos are uploaded while the person chooses', async () => {
    const person = await world.newPerson();
    const draft = await world.draft(person);
    await world.run();
    const uploads = () => world.pixverse.calls().filter((call) => call.path.includes('upload'));
    expect(uploads()).toHaveLength(2);
    await chooseVariant(world.ctx, person, draft, 'premium');
    const before = world.pixverse.calls().length;
    await world.run();
    const after = world.pixverse.calls().slice(before);
    expect(after.map((call) => call.path)).toEqual([expect.stringContaining('fusion')]);
  });

  test('sends nothing to PixVerse before the person has agreed', async () => {
    const person = await world.newPerson();
    const added = await addPhoto(world.ctx, person, world.addressOf(person), {
      bytes: await picture(),
      sourceKey: 'a',
      sourceOrder: 1,
      albumKey: null,
    });
    await addPhoto(world.ctx, person, world.addressOf(person), {
      bytes: await picture(),
      sourceKey: 'b',
      sourceOrder: 2,
      albumKey: null,
    });
    await world.settle();
    expect(world.pixverse.calls()).toEqual([]);
    expect(world.messenger.cardOf(added.order.id)?.stage).toBe('consent');
    const draft = await world.read(added.order.id);
    await expect(chooseVariant(world.ctx, person, draft, 'premium')).rejects.toMatchObject({
      code: 'consent_missing',
    });
  });

  test('costs credits once the free video is used up, and the price when there are none', async () => {
    const person = await world.newPerson();
    await world.order(person);
    await world.settle();
    const draft = await world.draft(person);
    const unpaid = await chooseVariant(world.ctx, person, draft, 'standard');
    expect(unpaid).toMatchObject({ outcome: 'payment_due', why: 'used_up', isNew: true });
    await world.ctx.store.bookEntry(
      {
        personId: person.id,
        delta: 4,
        kind: 'admin_grant',
        cause: 'g1',
        orderId: null,
        actor: 'telegram:1',
        reason: null,
      },
      world.clock.now,
    );
    expect((await chooseVariant(world.ctx, person, draft, 'standard')).outcome).toBe('queued');
    expect(await world.ctx.store.balance(person.id)).toBe(1);
    await world.settle();
    expect((await world.read(draft.id)).status).toBe('delivered');
  });

  test('is chosen once however often the button is tapped', async () => {
    const person = await world.newPerson();
    const draft = await world.draft(person);
    await chooseVariant(world.ctx, person, draft, 'premium');
    await expect(chooseVariant(world.ctx, person, draft, 'premium')).rejects.toMatchObject({
      code: 'wrong_status',
    });
    await world.settle();
    expect(world.pixverse.generations()).toHaveLength(1);
  });

  test('waits while another one of the same person is open', async () => {
    const person = await world.newPerson();
    await world.order(person);
    const next = await world.draft(person);
    await expect(chooseVariant(world.ctx, person, next, 'premium')).rejects.toMatchObject({
      code: 'order_open',
    });
    await world.settle();
    expect(await chooseVariant(world.ctx, person, next, 'premium')).toMatchObject({
      outcome: 'payment_due',
    });
  });

  test('belongs to its person', async () => {
    const order = await world.draft(await world.newPerson());
    const stranger = await world.newPerson();
    await expect(readOwnOrder(world.ctx, stranger.id, order.id)).rejects.toMatchObject({
      code: 'not_owner',
    });
    await expect(readOwnOrder(world.ctx, stranger.id, 'nothing')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('swaps its photos until it is funded', async () => {
    const person = await world.newPerson();
    const draft = await world.draft(person);
    await swapPhotos(world.ctx, draft);
    const swapped = await world.read(draft.id);
    expect(swapped.photos.map((p) => p.photoId)).toEqual(
      draft.photos.map((p) => p.photoId).reverse(),
    );
    await chooseVariant(world.ctx, person, swapped, 'premium');
    await expect(swapPhotos(world.ctx, swapped)).rejects.toMatchObject({ code: 'wrong_status' });
    await world.settle();
    const sent = world.pixverse.generations()[0]?.imageIds;
    expect(sent).toHaveLength(2);
  });
});

describe('cancelling', () => {
  test('while queued gives everything back and reaches PixVerse with nothing', async () => {
    const person = await world.newPerson();
    const order = await world.order(person);
    expect(await cancelOrder(world.ctx, order)).toBe(true);
    await world.settle();
    expect(world.pixverse.generations()).toEqual([]);
    expect(world.messenger.cardOf(order.id)).toEqual({
      stage: 'cancelled',
      money: { way: 'free_returned' },
      canRetry: true,
    });
    const free = await world.ctx.store.freeState(person.id, world.ctx.config.free, world.clock.now);
    expect(free).toBe('available');
  });

  test('is too late once the order may have reached PixVerse', async () => {
    const order = await world.order(await world.newPerson());
    await world.run();
    expect(await cancelOrder(world.ctx, await world.read(order.id))).toBe(false);
    // Even a stale view of the order cannot cancel it any more.
    expect(await cancelOrder(world.ctx, order)).toBe(false);
    await world.settle();
    expect((await world.read(order.id)).status).toBe('delivered');
  });
});

describe('once more', () => {
  test('reuses the kept photos, uploads them anew and lists the wished variant first', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    const again = await orderAgain(world.ctx, person, await world.read(first.id), 'standard');
    await world.run();
    const card = world.messenger.cardOf(again.id);
    expect(card?.stage === 'choose' && card.offers.map((offer) => offer.variant)).toEqual([
      'standard',
      'premium',
    ]);
    expect(world.pixverse.calls().filter((c) => c.path.includes('upload'))).toHaveLength(4);
  });

  test('twice is one draft with one card, which lists the last wish first', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    const earlier = await world.read(first.id);
    const one = await orderAgain(world.ctx, person, earlier, 'premium');
    const two = await orderAgain(world.ctx, person, earlier, 'standard');
    expect(two.id).toBe(one.id);
    await world.run();
    await orderAgain(world.ctx, person, earlier, 'standard');
    await world.run();
    const cards = [...world.messenger.messages.values()].filter((m) => 'content' in m);
    expect(cards.map((card) => card.orderId)).toEqual([one.id]);
    expect((await world.read(one.id)).variant).toBe('standard');
  });

  test('while the same photos wait for their payment keeps that order and what it costs', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    const earlier = await world.read(first.id);
    const again = await orderAgain(world.ctx, person, earlier, 'premium');
    const chosen = await chooseVariant(world.ctx, person, await world.read(again.id), 'premium');
    expect(chosen.outcome).toBe('payment_due');
    expect((await orderAgain(world.ctx, person, earlier, 'standard')).id).toBe(again.id);
    expect(await world.read(again.id)).toMatchObject({
      status: 'awaiting_payment',
      variant: 'premium',
    });
  });

  test('takes away the card of the draft before it, even one that is just being sent', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    const draft = await world.draft(person);
    const [claimed] = await world.ctx.store.claimDueCards(world.clock.now, 60_000, 10);
    expect(claimed?.id).toBe(draft.id);
    await orderAgain(world.ctx, person, await world.read(first.id), null);
    const shown = { messageId: '77', pictureKey: null, key: 'k' };
    if (claimed !== undefined) await world.ctx.store.recordCard(claimed, shown, null);
    await world.run();
    expect(world.messenger.cardOf(draft.id)).toMatchObject({ stage: 'cancelled' });
    expect(world.messenger.messages.get('77')).toMatchObject({ orderId: draft.id });
  });

  test('says nothing of a draft that nobody has seen', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    const draft = await world.draft(person);
    await orderAgain(world.ctx, person, await world.read(first.id), null);
    await world.run();
    expect((await world.read(draft.id)).status).toBe('cancelled');
    expect(world.messenger.cardOf(draft.id)).toBeUndefined();
  });

  test('asks for photos once they are erased', async () => {
    const person = await world.newPerson();
    const first = await world.order(person);
    await world.settle();
    world.clock.now += world.ctx.config.photoKeepMs + GENERATION_MS;
    await world.ctx.store.erasePhotos(
      world.clock.now - world.ctx.config.photoKeepMs,
      world.clock.now,
    );
    await expect(
      orderAgain(world.ctx, person, await world.read(first.id), null),
    ).rejects.toMatchObject({ code: 'photos_erased' });
  });
});

describe('the queue', () => {
  test('never runs more than the configured generations, and tells the place', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => world.newPerson()));
    const orders: Order[] = [];
    for (const person of people) {
      orders.push(await world.order(person));
      world.clock.now += 10;
    }
    await world.run();
    const running = () => world.pixverse.generations().filter((g) => g.endedAt === null).length;
    expect(running()).toBe(5);
    const last = orders.at(-1);
    world.clock.now += 10_000;
    await world.run();
    expect(world.messenger.cardOf(last?.id ?? '')).toMatchObject({ stage: 'queued', position: 3 });
    await world.settle();
    const statuses = await Promise.all(orders.map(async (o) => (await world.read(o.id)).status));
    expect(new Set(statuses)).toEqual(new Set(['delivered']));
    const refused = world.pixverse.calls().filter((call) => call.errCode === 500044);
    expect(refused).toEqual([]);
  });
});
