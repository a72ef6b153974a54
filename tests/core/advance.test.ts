import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/core/errors.js';
import type { Order, Person } from '../../src/core/model.js';
import type { AlertKind } from '../../src/core/ports/messenger.js';
import { variantOf } from '../../src/core/variants.js';
import { PixverseError } from '../../src/core/video/pixverse-errors.js';
import { fusionPrompt, SUBJECT_NAMES } from '../../src/core/video/prompt.js';
import type { Fault } from '../../src/sandbox/pixverse/faults.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

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

async function causes(order: Order): Promise<string[]> {
  return (await world.ctx.store.listEvents(order.id)).map((event) => event.cause);
}

async function freeState(person: Person) {
  return world.ctx.store.freeState(person.id, world.ctx.config.free, world.clock.now);
}

function alerts(): AlertKind[] {
  return world.messenger.notices.flatMap((n) => (n.kind === 'admin_alert' ? [n.alert] : []));
}

const submits = () => world.pixverse.calls().filter((call) => call.path.includes('generate'));

/** One order through a world with these faults. */
async function orderWith(...faults: Fault[]): Promise<{ order: Order; person: Person }> {
  for (const fault of faults) world.pixverse.faults.add(fault);
  const person = await world.newPerson();
  const order = await world.order(person);
  await world.settle();
  return { order: await world.read(order.id), person };
}

/** Uploads the pictures and moves the order to `submitting` as the scheduler does, but no more than that. */
async function startWithoutStep(order: Order): Promise<Order> {
  const { store } = world.ctx;
  for (const { photoId } of order.photos) {
    const bytes = await store.readPhoto(photoId);
    if (bytes === null) throw new Error('a photo is gone');
    await store.saveImageId(order.id, photoId, await world.ctx.pixverse.uploadImage(bytes));
  }
  const started = await store.startNextQueued({
    traceId: randomUUID(),
    maxRunning: 5,
    slotHeldMs: 10 * MINUTE_MS,
    leaseMs: MINUTE_MS,
    now: world.clock.now,
  });
  if (started === null) throw new Error('nothing was started');
  return started;
}

function expectDelivered(order: Order, generations = 1): void {
  expect(order.status).toBe('delivered');
  expect(world.messenger.videosOf(order.id)).toBe(1);
  expect(world.pixverse.generations()).toHaveLength(generations);
}

describe('a passing trouble ends in a delivered video', () => {
  test.each<[string, Fault[]]>([
    ['429 at the submit', [{ on: 'submit', kind: 'http_429', retryAfterSeconds: 7, times: 2 }]],
    ['502 at the submit', [{ on: 'submit', kind: 'http_502', times: 2 }]],
    ['502 although accepted', [{ on: 'submit', kind: 'http_502', isActedOn: true, times: 1 }]],
    ['cut before accepting', [{ on: 'submit', kind: 'cut_before', times: 3 }]],
    ['cut after accepting', [{ on: 'submit', kind: 'cut_after', times: 1 }]],
    ['no JSON', [{ on: 'submit', kind: 'not_json', isActedOn: true, times: 1 }]],
    ['high load', [{ on: 'submit', kind: 'error', code: 500069, times: 3 }]],
    ['unknown error 99999', [{ on: 'submit', kind: 'error', code: 99999, times: 2 }]],
    ['database error', [{ on: 'submit', kind: 'error', code: 500100, times: 2 }]],
    ['slots taken', [{ on: 'submit', kind: 'error', code: 500044, times: 3 }]],
    ['upload failing', [{ on: 'upload', kind: 'error', code: 500041, times: 2 }]],
    ['upload 429', [{ on: 'upload', kind: 'http_429', times: 2 }]],
    ['upload cut', [{ on: 'upload', kind: 'cut_after', times: 2 }]],
    ['looks failing', [{ on: 'result', kind: 'http_502', times: 4 }]],
    ['looks cut', [{ on: 'result', kind: 'cut_before', times: 4 }]],
    ['a look refused with an odd code', [{ on: 'result', kind: 'error', code: 123456, times: 2 }]],
    ['unknown status', [{ on: 'generation', kind: 'odd_status', status: 9, results: 3 }]],
    ['done without an address', [{ on: 'generation', kind: 'empty_url', results: 3 }]],
    ['file forbidden', [{ on: 'media', kind: 'forbidden', times: 2 }]],
    ['file cut off', [{ on: 'media', kind: 'cut_half', times: 2 }]],
    ['file is a page', [{ on: 'media', kind: 'html', times: 2 }]],
    ['file redirected', [{ on: 'media', kind: 'redirect', times: 2 }]],
    ['file gateway error', [{ on: 'media', kind: 'http_502', times: 2 }]],
    ['a picture is no longer known', [{ on: 'submit', kind: 'error', code: 400032, times: 1 }]],
  ])('%s', async (_name, faults) => {
    const { order, person } = await orderWith(...faults);
    expectDelivered(order);
    expect(await freeState(person)).toBe('used_up');
  });

  test('an ambiguous submit is repeated under the same trace id, a refused one under a new one', async () => {
    const { order } = await orderWith(
      { on: 'submit', kind: 'cut_after', times: 1 },
      { on: 'submit', kind: 'cut_before', times: 1 },
    );
    expect(new Set(submits().map((call) => call.traceId)).size).toBe(1);
    expectDelivered(order);
    await world.close();
    world = await openCoreWorld();
    const other = await orderWith({ on: 'submit', kind: 'error', code: 500069, times: 1 });
    expect(new Set(submits().map((call) => call.traceId)).size).toBe(2);
    expect(other.order.generationAttempts).toBe(2);
  });

  describe('an accepted submit whose answer is lost makes one generation, whatever the repeat is answered:', () => {
    const lost: Fault = { on: 'submit', kind: 'cut_after', times: 1 };
    test.each<[string, Fault]>([
      ['429', { on: 'submit', kind: 'http_429', times: 3 }],
      ['slots taken', { on: 'submit', kind: 'error', code: 500044, times: 3 }],
      ['high load', { on: 'submit', kind: 'error', code: 500069, times: 3 }],
      ['no connection', { on: 'submit', kind: 'cut_before', times: 3 }],
      ['a picture is no longer known', { on: 'submit', kind: 'error', code: 400032, times: 2 }],
      ['Fusion is not permitted', { on: 'submit', kind: 'error', code: 500020, times: 2 }],
      ['the key is wrong', { on: 'submit', kind: 'error', code: 10001, times: 2 }],
      ['an unknown code', { on: 'submit', kind: 'error', code: 777777, times: 2 }],
    ])('%s', async (_name, refusal) => {
      const { order } = await orderWith(lost, refusal);
      expectDelivered(order);
      expect(new Set(submits().map((call) => call.traceId)).size).toBe(1);
      expect(order.isSubmitAmbiguous).toBe(false);
    });

    test('a connection that is refused', async () => {
      const refused = new PixverseError('submit', { kind: 'retry', isAmbiguous: false });
      const { pixverse } = world.ctx;
      const submitFusion = pixverse.submitFusion.bind(pixverse);
      let calls = 0;
      pixverse.submitFusion = (submit) => {
        calls += 1;
        return calls === 2 ? Promise.reject(refused) : submitFusion(submit);
      };
      const { order } = await orderWith(lost);
      expectDelivered(order);
    });

    test.each<[string, Fault, string, AlertKind]>([
      ['429', { on: 'submit', kind: 'http_429' }, 'upstream_unavailable', 'submit_given_up'],
      [
        'slots',
        { on: 'submit', kind: 'error', code: 500044 },
        'upstream_unavailable',
        'pixverse_slots',
      ],
      [
        'pictures',
        { on: 'submit', kind: 'error', code: 400032 },
        'photo_refused',
        'submit_given_up',
      ],
      [
        'Fusion',
        { on: 'submit', kind: 'error', code: 500020 },
        'upstream_refused',
        'pixverse_refused',
      ],
    ])(
      '%s for ever is given back, and the operator is told',
      async (_name, refusal, code, alert) => {
        const { order, person } = await orderWith(lost, refusal);
        expect(order).toMatchObject({
          status: 'failed',
          failureCode: code,
          isSubmitAmbiguous: false,
        });
        expect(await freeState(person)).toBe('available');
        expect(alerts()).toEqual([alert]);
        expect(world.pixverse.generations()).toHaveLength(1);
      },
    );

    test('moderation, which ends it at once', async () => {
      const { order } = await orderWith(lost, { on: 'submit', kind: 'error', code: 500063 });
      expect(order).toMatchObject({ status: 'failed', failureCode: 'moderated' });
      expect(submits()).toHaveLength(2);
    });

    test('a refusal after a restart in the middle of the call', async () => {
      const person = await world.newPerson();
      const order = await world.order(person);
      const { store, pixverse } = world.ctx;
      // The call is accepted, and the process dies before it can write that down.
      const started = await startWithoutStep(order);
      await pixverse.submitFusion({
        traceId: started.traceId ?? '',
        prompt: fusionPrompt(variantOf('premium')),
        quality: '1080p',
        durationSeconds: 5,
        subjects: started.photos.map((photo) => ({
          imageId: photo.pixverseImageId ?? '',
          name: SUBJECT_NAMES[photo.position],
        })),
      });
      await store.voidLeases(world.clock.now);
      world.pixverse.faults.add({ on: 'submit', kind: 'http_429', times: 1 });
      await world.settle();
      expectDelivered(await world.read(order.id));
    });
  });

  test('a download that stalls is ended and begun again', async () => {
    await world.close();
    world = await openCoreWorld({ downloadTimeoutMs: 1_500 });
    const { order } = await orderWith({ on: 'media', kind: 'stall', times: 1 });
    expectDelivered(order);
    const downloads = world.pixverse.calls().filter((call) => call.path.startsWith('/media/'));
    expect(downloads.map((call) => call.note)).toEqual(['stall', '']);
    expect(await world.ctx.files.list()).toHaveLength(1);
  });

  test('a webhook during a download begins no second one', async () => {
    const { pixverse, store } = world.ctx;
    const order = await world.order(await world.newPerson());
    const download = pixverse.download.bind(pixverse);
    let downloads = 0;
    pixverse.download = async (url, target) => {
      downloads += 1;
      await store.wakeVideo((await world.read(order.id)).pixverseVideoId ?? '', world.clock.now);
      expect(await store.claimDueOrders(world.clock.now, MINUTE_MS, 10)).toEqual([]);
      await download(url, target);
    };
    await world.settle();
    expectDelivered(await world.read(order.id));
    expect(downloads).toBe(1);
  });

  test('waits grow from the configured delay, and the wish of the service is honoured', async () => {
    world.pixverse.faults.add({ on: 'submit', kind: 'http_502', times: 3 });
    world.pixverse.faults.add({ on: 'submit', kind: 'http_429', retryAfterSeconds: 60, times: 1 });
    await world.order(await world.newPerson());
    await world.settle();
    const times = submits().map((call) => call.at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps.slice(0, 4)).toEqual(expect.arrayContaining([2_000, 4_000]));
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  test('every look at a generation has a trace id of its own', async () => {
    await orderWith();
    const looks = world.pixverse.calls().filter((call) => call.path.includes('result'));
    expect(looks.length).toBeGreaterThan(2);
    expect(new Set(looks.map((call) => call.traceId)).size).toBe(looks.length);
  });

  test('a failed generation is submitted once more with a new trace id', async () => {
    const { order } = await orderWith({ on: 'generation', kind: 'ends_as', status: 8, times: 1 });
    expectDelivered(order, 2);
    expect(new Set(submits().map((call) => call.traceId)).size).toBe(2);
    expect(await causes(order)).toContain('generation_failed_once');
  });

  test('Fusion refused as invalid: the composite route makes the video', async () => {
    const { order } = await orderWith({ on: 'submit', kind: 'error', code: 500020, times: 1 });
    expectDelivered(order);
    expect(world.pixverse.generations()[0]?.path).toContain('img/generate');
    expect(order.route).toBe('composite');
    const video = await world.ctx.store.readVideo(order.pixverseVideoId ?? '');
    expect((video?.width ?? 0) / (video?.height ?? 1)).toBeCloseTo(9 / 16, 2);
  });

  test('sandbox services that are slow only make it later', async () => {
    const { order } = await orderWith(
      { on: 'submit', kind: 'slow', ms: 30 },
      { on: 'result', kind: 'slow', ms: 30 },
    );
    expectDelivered(order);
  });
});

describe('an order that cannot be made is given back and the person hears why', () => {
  test.each<[string, Fault, string, AlertKind | null]>([
    ['moderated at the submit', { on: 'submit', kind: 'error', code: 500063 }, 'moderated', null],
    ['moderated result', { on: 'generation', kind: 'ends_as', status: 7 }, 'moderated', null],
    ['failed twice', { on: 'generation', kind: 'ends_as', status: 8 }, 'generation_failed', null],
    ['deleted', { on: 'generation', kind: 'ends_as', status: 6 }, 'generation_failed', null],
    [
      'bad photo at the submit',
      { on: 'submit', kind: 'error', code: 500032 },
      'photo_refused',
      null,
    ],
    [
      'both routes refused',
      { on: 'submit', kind: 'error', code: 400017 },
      'upstream_refused',
      'pixverse_refused',
    ],
    [
      'wrong key',
      { on: 'submit', kind: 'error', code: 10001 },
      'upstream_unavailable',
      'pixverse_auth',
    ],
    [
      'out of credits',
      { on: 'account', kind: 'out_of_credits' },
      'out_of_pixverse_credits',
      'pixverse_out_of_credits',
    ],
    [
      'our own fault',
      { on: 'submit', kind: 'error', code: 400013 },
      'internal',
      'pixverse_refused',
    ],
    [
      'an unknown code',
      { on: 'submit', kind: 'error', code: 777777 },
      'upstream_refused',
      'pixverse_unknown_code',
    ],
    [
      'no answer at all',
      { on: 'submit', kind: 'cut_before' },
      'upstream_unavailable',
      'submit_given_up',
    ],
    [
      'high load for ever',
      { on: 'submit', kind: 'error', code: 500069 },
      'upstream_unavailable',
      'submit_given_up',
    ],
    [
      'a picture unknown twice',
      { on: 'submit', kind: 'error', code: 400032 },
      'photo_refused',
      null,
    ],
  ])('%s', async (_name, fault, failureCode, alert) => {
    const { order, person } = await orderWith(fault);
    expect(order).toMatchObject({ status: 'failed', failureCode });
    expect(await freeState(person)).toBe('available');
    expect(world.messenger.cardOf(order.id)).toMatchObject({
      stage: 'failed',
      failureCode,
      money: { way: 'free_returned' },
    });
    const paused = alert === 'pixverse_out_of_credits' ? ['sales_paused'] : [];
    expect(alerts()).toEqual([...paused, ...(alert === null ? [] : [alert])]);
    expect(order.nextAttemptAt).toBeNull();
  });

  test('no more than the configured repeats are made', async () => {
    await orderWith({ on: 'submit', kind: 'cut_before' });
    expect(submits()).toHaveLength(1 + world.ctx.config.pixverse.maxRetries);
  });

  test('there is no second way after moderation', async () => {
    await orderWith({ on: 'submit', kind: 'error', code: 500063 });
    expect(submits()).toHaveLength(1);
  });

  test('slots refused for a quarter of an hour are given back, and the operator is told', async () => {
    const { order } = await orderWith({ on: 'submit', kind: 'error', code: 500044 });
    expect(order).toMatchObject({ status: 'failed', failureCode: 'upstream_unavailable' });
    expect(alerts()).toEqual(['pixverse_slots']);
    expect(world.clock.now - (order.queuedAt ?? 0)).toBeGreaterThanOrEqual(15 * MINUTE_MS);
  });

  test('credits come back once', async () => {
    const person = await world.newPerson();
    await world.order(person);
    await world.settle();
    const entry = { orderId: null, actor: 'telegram:1', reason: null } as const;
    await world.ctx.store.bookEntry(
      { personId: person.id, delta: 5, kind: 'admin_grant', cause: 'g', ...entry },
      world.clock.now,
    );
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7 });
    const order = await world.order(person);
    expect(await world.ctx.store.balance(person.id)).toBe(0);
    await world.settle();
    expect(await world.ctx.store.balance(person.id)).toBe(5);
    expect(world.messenger.cardOf(order.id)).toMatchObject({ money: { way: 'credits_returned' } });
  });

  test('a photo declined while the person chooses goes, the other stays, before any money', async () => {
    world.pixverse.faults.add({ on: 'upload', kind: 'moderation', times: 1 });
    const draft = await world.draft(await world.newPerson());
    await world.settle();
    const left = await world.read(draft.id);
    expect(left.status).toBe('draft');
    expect(left.photos.map((photo) => photo.position)).toEqual([2]);
    expect(world.messenger.notices).toEqual([
      { kind: 'photo_declined', orderId: draft.id, position: 1, reason: 'moderated' },
    ]);
    expect(world.messenger.cardOf(draft.id)).toEqual({ stage: 'one_photo', missing: 1 });
  });
});

describe('what repeating does not cure ends', () => {
  const bug = () => Promise.reject(new Error('bug'));

  async function orderWithBugs(expected: number): Promise<{ order: Order; person: Person }> {
    const made = await orderWith();
    expect(world.errors).toHaveLength(expected);
    world.errors.length = 0;
    return made;
  }

  test('a bug in the upload of a queued order: given back, and the operator is told', async () => {
    const draft = await world.draft(await world.newPerson());
    world.ctx.pixverse.uploadImage = bug;
    await world.settle();
    expect(world.errors.length).toBe(8);
    world.errors.length = 0;
    expect(await world.read(draft.id)).toMatchObject({ status: 'draft', nextAttemptAt: null });
    const { order, person } = await orderWithBugs(8);
    expect(order).toMatchObject({ status: 'failed', failureCode: 'internal', nextAttemptAt: null });
    expect(await freeState(person)).toBe('available');
    expect(alerts()).toEqual(['internal_error', 'internal_error', 'order_given_up']);
  });

  test('a bug in the submit: given back, and the operator is told', async () => {
    world.ctx.pixverse.submitFusion = bug;
    const { order, person } = await orderWithBugs(8);
    expect(order).toMatchObject({ status: 'failed', failureCode: 'internal' });
    expect(await freeState(person)).toBe('available');
    expect(alerts()).toEqual(['internal_error', 'order_given_up']);
  });

  test('a bug while a given up video is looked for: a day, no longer', async () => {
    const { order } = await orderWith({ on: 'generation', kind: 'stuck' });
    expect(order.status).toBe('failed');
    world.ctx.pixverse.fetchResult = bug;
    await world.settle(48 * HOUR_MS);
    expect(await world.read(order.id)).toMatchObject({ nextAttemptAt: null });
    expect(world.errors.length).toBeLessThan(26);
    world.errors.length = 0;
  });

  const refusal = new UpstreamError({
    service: 'telegram',
    operation: 'test',
    isRetryable: false,
    isAmbiguous: false,
    upstreamCode: 400,
  });

  test('a card that does not take the video: it is sent as a message', async () => {
    world.messenger.putVideoInCard = () => Promise.reject(refusal);
    const { order } = await orderWith();
    expectDelivered(order);
  });

  test('a video that the platform refuses: given back, and the operator is told', async () => {
    world.messenger.putVideoInCard = () => Promise.reject(refusal);
    let sends = 0;
    world.messenger.sendVideo = () => {
      sends += 1;
      return Promise.reject(refusal);
    };
    const { order, person } = await orderWith();
    expect(order).toMatchObject({ status: 'failed', failureCode: 'undeliverable' });
    expect(sends).toBe(8);
    expect(await freeState(person)).toBe('available');
    expect(alerts()).toEqual(['order_given_up']);
  });
});

describe('a photo that PixVerse cannot read while the person chooses', () => {
  test('is uploaded once more before it is dropped', async () => {
    world.pixverse.faults.add({ on: 'upload', kind: 'error', code: 500031, times: 1 });
    const draft = await world.draft(await world.newPerson());
    await world.settle();
    const kept = await world.read(draft.id);
    expect(kept.photos.map((photo) => photo.pixverseImageId)).not.toContain(null);
    expect(kept.photos).toHaveLength(2);
    expect(world.messenger.notices).toEqual([]);
  });

  test('twice is dropped, and the other one has its own second try', async () => {
    world.pixverse.faults.add({ on: 'upload', kind: 'error', code: 500031, times: 3 });
    const draft = await world.draft(await world.newPerson());
    await world.settle();
    const left = await world.read(draft.id);
    expect(left.photos.map((photo) => photo.position)).toEqual([2]);
    expect(left.photos[0]?.pixverseImageId).not.toBeNull();
    expect(world.messenger.notices).toMatchObject([{ kind: 'photo_declined', position: 1 }]);
  });
});

test('an order that waits is not stranded by a newer text of the consent', async () => {
  const person = await world.newPerson();
  const order = await world.order(person);
  world.ctx.store.hasConsent = () => Promise.resolve(false);
  await world.settle();
  expectDelivered(await world.read(order.id));
});

describe('a generation that takes too long', () => {
  test('is given back after half an hour, looked for hourly, and delivered late as a gift', async () => {
    world.pixverse.setGenerationMs(5 * HOUR_MS - 10 * MINUTE_MS);
    const person = await world.newPerson();
    const order = await world.order(person);
    await world.settle(40 * MINUTE_MS);
    const given = await world.read(order.id);
    expect(given).toMatchObject({ status: 'failed', failureCode: 'timeout' });
    expect((given.endedAt ?? 0) - (given.submittedAt ?? 0)).toBe(30 * MINUTE_MS);
    expect(alerts()).toEqual(['order_timeout']);
    expect(await freeState(person)).toBe('available');
    await world.settle(24 * HOUR_MS);
    const gift = await world.read(order.id);
    expect(gift).toMatchObject({ status: 'delivered', isGift: true });
    expect(world.messenger.videosOf(order.id)).toBe(1);
    expect(world.messenger.notices.at(-1)).toMatchObject({ kind: 'video_ready', isGift: true });
    expect(await freeState(person)).toBe('available');
  });

  test('and never comes is looked for a day and then left', async () => {
    const { order } = await orderWith({ on: 'generation', kind: 'stuck' });
    await world.settle(48 * HOUR_MS);
    const left = await world.read(order.id);
    expect(left).toMatchObject({ status: 'failed', nextAttemptAt: null, lateLookUntil: null });
  });

  test('frees its slot after ten minutes, as at PixVerse', async () => {
    await world.close();
    world = await openCoreWorld({ pixverse: { maxConcurrent: 1 }, standInSlots: 1 });
    world.pixverse.faults.add({ on: 'generation', kind: 'stuck', times: 1 });
    const stuck = await world.order(await world.newPerson());
    world.clock.now += 1;
    const next = await world.order(await world.newPerson());
    await world.settle(9 * MINUTE_MS);
    expect((await world.read(next.id)).status).toBe('queued');
    await world.settle(10 * MINUTE_MS);
    expect((await world.read(next.id)).status).toBe('delivered');
    expect((await world.read(stuck.id)).status).toBe('generating');
  });
});
