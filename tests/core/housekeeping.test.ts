import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  erasePhotos,
  expireDrafts,
  keepHouse,
  removeOldVideos,
  removeOrphanFiles,
} from '../../src/core/housekeeping.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let world: CoreWorld;
beforeEach(async () => {
  world = await openCoreWorld();
});
afterEach(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

describe('drafts', () => {
  test('expire a day after they were last touched, and the person sees it', async () => {
    const draft = await world.draft(await world.newPerson());
    await world.settle();
    world.clock.now += DAY_MS - HOUR_MS;
    expect(await expireDrafts(world.ctx)).toBe(0);
    world.clock.now += 2 * HOUR_MS;
    expect(await expireDrafts(world.ctx)).toBe(1);
    await world.settle();
    expect((await world.read(draft.id)).status).toBe('expired');
    expect(world.messenger.cardOf(draft.id)).toEqual({ stage: 'expired' });
  });

  test('do not expire once they are funded', async () => {
    const order = await world.order(await world.newPerson());
    world.clock.now += 2 * DAY_MS;
    expect(await expireDrafts(world.ctx)).toBe(0);
    expect((await world.read(order.id)).status).toBe('queued');
  });
});

describe('photos', () => {
  test('are erased the configured hours after their order ended, not before', async () => {
    const order = await world.order(await world.newPerson());
    await world.settle();
    const photoId = order.photos[0]?.photoId ?? '';
    world.clock.now += 23 * HOUR_MS;
    expect(await erasePhotos(world.ctx)).toBe(0);
    expect(await world.ctx.store.readPhoto(photoId)).not.toBeNull();
    world.clock.now += 2 * HOUR_MS;
    expect(await erasePhotos(world.ctx)).toBe(2);
    expect(await world.ctx.store.readPhoto(photoId)).toBeNull();
  });
});

describe('video files', () => {
  test('are removed after the configured days; the video can still be sent by its handle', async () => {
    const person = await world.newPerson();
    const order = await world.order(person);
    await world.settle();
    const video = await world.ctx.store.readVideo(
      (await world.read(order.id)).pixverseVideoId ?? '',
    );
    const path = world.ctx.files.pathOf(video?.filePath ?? '');
    expect(existsSync(path)).toBe(true);
    world.clock.now += 31 * DAY_MS;
    expect(await removeOldVideos(world.ctx)).toBe(1);
    expect(existsSync(path)).toBe(false);
    const { total } = await world.ctx.store.listVideos(person.id, { offset: 0, limit: 5 });
    expect(total).toBe(1);
    const forgotten = await world.ctx.store.readVideo(video?.pixverseVideoId ?? '');
    expect(forgotten).toMatchObject({ filePath: null, url: null });
  });

  test('of somebody who never came back are given up and given back', async () => {
    const person = await world.newPerson();
    const order = await world.order(person);
    await world.run();
    world.messenger.isBlocked = true;
    await world.settle(HOUR_MS);
    world.clock.now += 31 * DAY_MS;
    await removeOldVideos(world.ctx);
    expect(await world.read(order.id)).toMatchObject({
      status: 'failed',
      failureCode: 'undeliverable',
    });
    const free = await world.ctx.store.freeState(person.id, world.ctx.config.free, world.clock.now);
    expect(free).toBe('available');
  });

  test('that no row names are removed, those on their way are kept', async () => {
    const order = await world.order(await world.newPerson());
    await world.run();
    const running = await world.read(order.id);
    const names = [`${running.id}-${running.pixverseVideoId ?? ''}.mp4`, 'nobody-1.mp4'];
    for (const name of names) writeFileSync(world.ctx.files.pathOf(name), 'x');
    expect(await removeOrphanFiles(world.ctx)).toBe(1);
    expect(await world.ctx.files.list()).toEqual([names[0]]);
    await world.settle();
    expect(await removeOrphanFiles(world.ctx)).toBe(0);
  });
});

test('parts of files that an earlier process left are removed, those being fetched are not', async () => {
  const left = world.ctx.files.pathOf('order-1.mp4.0.part');
  writeFileSync(left, 'x');
  let removed = 0;
  let fetched = '';
  const stored = world.ctx.files.store('order-2.mp4', async (path) => {
    fetched = path;
    writeFileSync(path, 'x');
    removed = await removeOrphanFiles(world.ctx);
    expect(existsSync(path)).toBe(true);
  });
  await expect(stored).rejects.toThrow('no complete MP4');
  expect(removed).toBe(1);
  expect([left, fetched].filter((path) => existsSync(path))).toEqual([]);
});

test('keeping house twice does no harm', async () => {
  const order = await world.order(await world.newPerson());
  await world.settle();
  await keepHouse(world.ctx);
  await keepHouse(world.ctx);
  expect((await world.read(order.id)).status).toBe('delivered');
});
