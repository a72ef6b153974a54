// The contract of Store: every implementation runs this suite.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nextDueAt } from '../../src/core/orders/scheduler.js';
import { newId } from '../../src/core/ids.js';
import type { Order, Person } from '../../src/core/model.js';
import { quoteVariant } from '../../src/core/money/pricing.js';
import { ORDER_STATUSES, isMoveAllowed } from '../../src/core/orders/status.js';
import type { NewPhoto, Store } from '../../src/core/ports/store.js';
import { VARIANTS } from '../../src/core/variants.js';
import { checkChanges } from '../support/checked-store.js';
import { testSupportStore } from './support-store.js';

export interface StoreUnderTest {
  store: Store;
  close: () => void;
}

const START = 1_800_000_000_000;
const LIMITS = { freeVideos: 1, freeFailures: 3, dailyBudget: 200 };
const premium = VARIANTS[0];
if (premium === undefined) throw new Error('no variant');
const TERMS = { variant: premium.id, quote: quoteVariant(premium, 'XTR') };

/** @param open makes an empty store */
export function testStore(name: string, open: () => StoreUnderTest): void {
  testSupportStore(name, open);
  describe(`store: ${name}`, () => {
    let store: Store;
    let close: () => void;
    let now = START;
    let users = 0;

    beforeEach(() => {
      const opened = open();
      store = checkChanges(opened.store);
      close = opened.close;
      now = START;
    });
    afterEach(() => {
      close();
    });

    async function newPerson(userId = String((users += 1) + 1000)): Promise<Person> {
      return store.seePerson(
        {
          platform: 'telegram',
          platformUserId: userId,
          chatId: userId,
          username: `user${userId}`,
          displayName: 'Ada',
          languageHint: 'en',
        },
        { locale: 'en', offerFirst: 'premium', source: null },
        now,
      );
    }

    async function chatOf(person: Person) {
      const identity = await store.findIdentity('telegram', { username: `user${users + 1000}` });
      return { platform: 'telegram' as const, chatId: identity?.chatId ?? person.id };
    }

    function photo(message: number, albumKey: string | null = null): NewPhoto {
      const bytes = Buffer.from(`photo ${message}`);
      const sourceKey = `chat:${message}`;
      return { bytes, width: 400, height: 500, sourceKey, sourceOrder: message, albumKey };
    }

    const due = { cardAt: START, uploadAt: START };

    async function draftOf(person: Person, messages: number[] = [1, 2]): Promise<Order> {
      const address = await chatOf(person);
      let draft = await store.openDraft(
        { orderId: newId(), personId: person.id, address, photosOf: null },
        now,
      );
      for (const message of messages) {
        const added = await store.addPhoto(draft.id, photo(message), due, now);
        if (added !== null) draft = added.order;
      }
      return draft;
    }

    async function queuedOrder(person: Person): Promise<Order> {
      const draft = await draftOf(person);
      const funded = await store.fundFree(draft.id, { ...TERMS, limits: LIMITS }, now);
      if (!funded.funded) throw new Error(funded.why);
      for (const { photoId } of funded.order.photos) {
        await store.saveImageId(draft.id, photoId, '900719925474099312');
      }
      return funded.order;
    }

    const start = { traceId: 't1', maxRunning: 5, slotHeldMs: 600_000, leaseMs: 60_000 };

    test('the same account is the same person, and a choice of language stays', async () => {
      const first = await newPerson('7');
      await store.setPerson(first.id, { locale: 'es', isLocaleChosen: true });
      const again = await newPerson('7');
      expect(again.id).toBe(first.id);
      expect(again.locale).toBe('es');
    });

    test('a consent is stored once with its version', async () => {
      const person = await newPerson();
      expect(await store.hasConsent(person.id, 1)).toBe(false);
      await store.recordConsent(person.id, 1, now);
      await store.recordConsent(person.id, 1, now + 5);
      expect(await store.hasConsent(person.id, 1)).toBe(true);
      expect(await store.hasConsent(person.id, 2)).toBe(false);
    });

    test('a person has one draft per chat', async () => {
      const person = await newPerson();
      const one = await draftOf(person, []);
      const two = await draftOf(person, []);
      expect(two.id).toBe(one.id);
    });

    test('the same message again is the same photo', async () => {
      const person = await newPerson();
      const draft = await draftOf(person, [1]);
      const again = await store.addPhoto(draft.id, photo(1), due, now);
      expect(again?.outcome).toBe('same');
      expect(again?.order.photos).toHaveLength(1);
    });

    test('an album that arrives in the wrong order is put right', async () => {
      const person = await newPerson();
      const draft = await draftOf(person, []);
      await store.addPhoto(draft.id, photo(12, 'a'), due, now);
      const added = await store.addPhoto(draft.id, photo(11, 'a'), due, now);
      expect(added?.order.photos.map((p) => [p.position, p.sourceOrder])).toEqual([
        [1, 11],
        [2, 12],
      ]);
    });

    test('of three photos of an album the first two by message count, whatever arrives first', async () => {
      const person = await newPerson();
      const draft = await draftOf(person, []);
      await store.addPhoto(draft.id, photo(13, 'a'), due, now);
      await store.addPhoto(draft.id, photo(11, 'a'), due, now);
      const last = await store.addPhoto(draft.id, photo(12, 'a'), due, now);
      expect(last?.outcome).toBe('added');
      expect(last?.order.photos.map((p) => p.sourceOrder)).toEqual([11, 12]);
      const extra = await store.addPhoto(draft.id, photo(14, 'a'), due, now);
      expect(extra?.outcome).toBe('extra');
    });

    test('a photo replaces the one that was asked for, and the old bytes are gone', async () => {
      const person = await newPerson();
      const draft = await draftOf(person);
      const old = draft.photos[0];
      await store.changeOrder({
        orderId: draft.id,
        from: ['draft'],
        cause: 'replace',
        now,
        set: { replacing: 1 },
      });
      const added = await store.addPhoto(draft.id, photo(9), due, now);
      expect(added?.outcome).toBe('replaced');
      expect(added?.order.replacing).toBeNull();
      expect(added?.order.photos.map((p) => p.sourceOrder)).toEqual([9, 2]);
      expect(await store.readPhoto(old?.photoId ?? '')).toBeNull();
    });

    test('swapping exchanges the places', async () => {
      const person = await newPerson();
      const draft = await draftOf(person);
      const swapped = await store.changeOrder({
        orderId: draft.id,
        from: ['draft'],
        cause: 'swap',
        now,
        swapPhotos: true,
      });
      expect(swapped?.photos.map((p) => p.sourceOrder)).toEqual([2, 1]);
    });

    test('a change does not apply to an order that has moved on', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      const change = { orderId: order.id, cause: 'x', now, set: { replacing: 1 as const } };
      expect(await store.changeOrder({ ...change, from: ['draft'] })).toBeNull();
    });

    test('a move that the table does not allow throws and changes nothing', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      await expect(
        store.changeOrder({
          orderId: order.id,
          from: ['queued'],
          to: 'delivered',
          cause: 'bug',
          now,
        }),
      ).rejects.toThrow('cannot go');
      expect((await store.readOrder(order.id))?.status).toBe('queued');
    });

    test('every allowed move is written with its event, every other one is refused', async () => {
      for (const from of ORDER_STATUSES) {
        for (const to of ORDER_STATUSES) {
          const person = await newPerson();
          const draft = await draftOf(person, []);
          const path = pathTo(from);
          if (path === null) continue;
          for (const step of path) {
            await store.changeOrder({
              orderId: draft.id,
              from: ORDER_STATUSES,
              to: step,
              cause: 'test',
              now,
            });
          }
          const move = store.changeOrder({
            orderId: draft.id,
            from: [from],
            to,
            cause: 'test',
            now,
          });
          if (isMoveAllowed(from, to)) {
            expect((await move)?.status).toBe(to);
            const events = await store.listEvents(draft.id);
            expect(events.at(-1)).toMatchObject({ from, to, cause: 'test', at: now });
          } else {
            await expect(move).rejects.toThrow('cannot go');
          }
        }
      }
    });

    test('a free video is claimed once, and the same order is not funded twice', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      const again = await store.fundFree(order.id, { ...TERMS, limits: LIMITS }, now);
      expect(again).toEqual({ funded: false, why: 'wrong_status' });
      expect(await store.freeState(person.id, LIMITS, now)).toBe('used_up');
      const noFree = { ...LIMITS, freeVideos: 0 };
      const other = await newPerson();
      expect(await store.freeState(other.id, noFree, now)).toBe('off');
    });

    test('one order at a time: a second draft is not funded while the first is open', async () => {
      const person = await newPerson();
      await queuedOrder(person);
      await credit(person, 10);
      const draft = await draftOf(person, [5, 6]);
      const funded = await store.fundCredits(draft.id, TERMS, now);
      expect(funded).toEqual({ funded: false, why: 'order_open' });
    });

    async function credit(person: Person, delta: number, cause = newId()) {
      return store.bookEntry(
        {
          personId: person.id,
          delta,
          kind: delta > 0 ? 'admin_grant' : 'admin_revoke',
          cause,
          orderId: null,
          actor: 'telegram:1',
          reason: null,
        },
        now,
      );
    }

    async function fail(order: Order, isFailure: boolean): Promise<Order | null> {
      return store.changeOrder({
        orderId: order.id,
        from: ['queued'],
        to: 'failed',
        cause: 'test',
        now,
        giveBack: { isFailure },
        set: { failureCode: 'internal', endedAt: now },
      });
    }

    test('a failed free try is given back, up to the cap of failures', async () => {
      const person = await newPerson();
      for (let tries = 1; tries <= 3; tries += 1) {
        expect(await store.freeState(person.id, LIMITS, now)).toBe('available');
        await fail(await queuedOrder(person), true);
      }
      expect(await store.freeState(person.id, LIMITS, now)).toBe('failures_used_up');
    });

    test('a cancelled free try costs nothing', async () => {
      const person = await newPerson();
      for (let tries = 1; tries <= 5; tries += 1) await fail(await queuedOrder(person), false);
      expect(await store.freeState(person.id, LIMITS, now)).toBe('available');
    });

    test('the daily budget counts free orders of all people and begins anew each UTC day', async () => {
      const tight = { ...LIMITS, dailyBudget: 1 };
      await queuedOrder(await newPerson());
      const other = await newPerson();
      expect(await store.freeState(other.id, tight, now)).toBe('budget_used_up');
      const nextDay = (Math.floor(now / 86_400_000) + 1) * 86_400_000;
      expect(await store.freeState(other.id, tight, nextDay)).toBe('available');
    });

    test('a delivered free video is used up and cannot be given back any more', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      for (const to of ['submitting', 'generating', 'generated'] as const) {
        await store.changeOrder({ orderId: order.id, from: ORDER_STATUSES, to, cause: 't', now });
      }
      await store.changeOrder({
        orderId: order.id,
        from: ['generated'],
        to: 'delivered',
        cause: 't',
        now,
        useFreeClaim: true,
      });
      await store.changeOrder({
        orderId: order.id,
        from: ['delivered'],
        cause: 't',
        now,
        giveBack: { isFailure: true },
      });
      expect(await store.freeState(person.id, LIMITS, now)).toBe('used_up');
    });

    test('credits are spent once, given back once, and never fall below zero', async () => {
      const person = await newPerson();
      expect(await credit(person, 5, 'grant-1')).toBe('booked');
      expect(await credit(person, 5, 'grant-1')).toBe('already');
      expect(await credit(person, -6)).toBe('overdrawn');
      const draft = await draftOf(person);
      const funded = await store.fundCredits(draft.id, TERMS, now);
      expect(funded.funded).toBe(true);
      expect(await store.balance(person.id)).toBe(0);
      const order = await store.readOrder(draft.id);
      if (order === null) throw new Error('gone');
      await fail(order, true);
      expect(await fail(order, true)).toBeNull();
      expect(await store.balance(person.id)).toBe(5);
      const entries = await store.listEntries(person.id, 10);
      expect(entries.map((entry) => [entry.kind, entry.delta])).toEqual([
        ['order_return', 5],
        ['order_spend', -5],
        ['admin_grant', 5],
      ]);
    });

    test('not enough credits leaves the draft as it was', async () => {
      const person = await newPerson();
      await credit(person, 4);
      const draft = await draftOf(person);
      const funded = await store.fundCredits(draft.id, TERMS, now);
      expect(funded).toEqual({ funded: false, why: 'insufficient_credits' });
      expect((await store.readOrder(draft.id))?.status).toBe('draft');
    });

    test('the quote is frozen on the order', async () => {
      const order = await queuedOrder(await newPerson());
      expect(order.quote).toEqual(TERMS.quote);
      expect(order.variant).toBe('premium');
    });

    test('queued orders start first come, first served, and no more than there are slots', async () => {
      const first = await queuedOrder(await newPerson());
      now += 1;
      const second = await queuedOrder(await newPerson());
      now += 1;
      const third = await queuedOrder(await newPerson());
      expect(await store.queuePosition(third.id)).toBe(3);
      const two = { ...start, maxRunning: 2 };
      expect((await store.startNextQueued({ ...two, now }))?.id).toBe(first.id);
      expect((await store.startNextQueued({ ...two, now }))?.id).toBe(second.id);
      expect(await store.startNextQueued({ ...two, now })).toBeNull();
      expect(await store.queuePosition(third.id)).toBe(1);
      const later = now + start.slotHeldMs + 1;
      expect((await store.startNextQueued({ ...two, now: later }))?.id).toBe(third.id);
    });

    test('a start records the trace id before anything is sent, and holds a lease', async () => {
      const order = await queuedOrder(await newPerson());
      const started = await store.startNextQueued({ ...start, now });
      expect(started).toMatchObject({ id: order.id, status: 'submitting', traceId: 't1' });
      expect(started?.generationAttempts).toBe(1);
      expect(await store.claimDueOrders(now, 60_000, 10)).toEqual([]);
      await store.voidLeases(now);
      expect((await store.claimDueOrders(now, 60_000, 10)).map((o) => o.id)).toEqual([order.id]);
    });

    test('an order whose pictures are not uploaded waits without holding up the others', async () => {
      const person = await newPerson();
      const draft = await draftOf(person);
      await store.fundFree(draft.id, { ...TERMS, limits: LIMITS }, now);
      now += 1;
      const ready = await queuedOrder(await newPerson());
      expect((await store.startNextQueued({ ...start, now }))?.id).toBe(ready.id);
      expect(await store.startNextQueued({ ...start, now })).toBeNull();
    });

    test('a pause holds all submits until its end', async () => {
      await queuedOrder(await newPerson());
      await store.setSubmitPause(now + 10);
      expect(await store.startNextQueued({ ...start, now })).toBeNull();
      expect(await store.startNextQueued({ ...start, now: now + 10 })).not.toBeNull();
    });

    test('a due order is given out once until its lease ends', async () => {
      const person = await newPerson();
      await draftOf(person);
      expect(await store.claimDueOrders(now, 1_000, 10)).toHaveLength(1);
      expect(await store.claimDueOrders(now, 1_000, 10)).toHaveLength(0);
      expect(await store.claimDueOrders(now + 1_000, 1_000, 10)).toHaveLength(1);
    });

    test('a card that was asked for again while it was shown stays due', async () => {
      const person = await newPerson();
      const draft = await draftOf(person);
      const [claimed] = await store.claimDueCards(now, 1_000, 10);
      if (claimed === undefined) throw new Error('no card was due');
      await store.changeOrder({
        orderId: draft.id,
        from: ['draft'],
        cause: 'x',
        now,
        set: { cardDueAt: now },
      });
      await store.recordCard(claimed, { messageId: '1', pictureKey: 'p', key: 'k' }, null);
      expect(await store.claimDueCards(now, 1_000, 10)).toHaveLength(1);
      const shown = await store.readOrder(draft.id);
      expect(shown).toMatchObject({ cardMessageId: '1', cardPictureKey: 'p', cardShownKey: 'k' });
    });

    test('a webhook makes the order of that video due, and an unknown video nothing', async () => {
      const order = await queuedOrder(await newPerson());
      await store.startNextQueued({ ...start, now });
      await store.changeOrder({
        orderId: order.id,
        from: ['submitting'],
        to: 'generating',
        cause: 'accepted',
        now,
        set: { pixverseVideoId: '900719925474099399', nextAttemptAt: now + 50_000 },
        video: {
          begin: true,
          pixverseVideoId: '900719925474099399',
          traceId: 't1',
          route: 'fusion',
          variant: 'premium',
          resolution: '1080p',
          durationSeconds: 5,
          amountMinor: 0,
          currency: 'XTR',
        },
      });
      expect(await store.wakeVideo('1', now)).toBeNull();
      expect((await store.wakeVideo('900719925474099399', now))?.nextAttemptAt).toBe(now);
      // While a step holds the order, it is not given out a second time, but due again as soon as that step has ended.
      expect(await store.claimDueOrders(now, 60_000, 10)).toHaveLength(1);
      expect((await store.wakeVideo('900719925474099399', now))?.id).toBe(order.id);
      expect(await store.claimDueOrders(now, 60_000, 10)).toEqual([]);
      const plan = { orderId: order.id, from: ['generating'] as const, cause: 'not_done', now };
      await store.changeOrder({ ...plan, set: { nextAttemptAt: now + 50_000 } });
      expect(await store.claimDueOrders(now, 60_000, 10)).toHaveLength(1);
      await store.changeOrder({ ...plan, set: { nextAttemptAt: now + 50_000 } });
      expect(await store.claimDueOrders(now, 60_000, 10)).toEqual([]);
      expect(await store.readVideo('900719925474099399')).toMatchObject({
        orderId: order.id,
        status: 'generating',
        resolution: '1080p',
        durationSeconds: 5,
        currency: 'XTR',
      });
    });

    test('updates are stored once, in order, and their content is erased when they are done', async () => {
      const update = (id: number) => ({
        eventId: String(id),
        personKey: '7',
        payload: `{"update_id":${id}}`,
      });
      const first = await store.receiveUpdates('telegram', [update(1), update(2)], now);
      expect(first.map((u) => u.eventId)).toEqual(['1', '2']);
      expect(await store.receiveUpdates('telegram', [update(2), update(3)], now)).toHaveLength(1);
      await store.finishUpdate('telegram', '1', now);
      const pending = await store.pendingUpdates('telegram');
      expect(pending.map((u) => u.eventId)).toEqual(['2', '3']);
      expect(await store.receiveUpdates('telegram', [update(1)], now)).toEqual([]);
    });

    test('a notice is stored once per chat, leased, and tried again when it failed', async () => {
      const person = await newPerson();
      const notice = {
        key: 'n1',
        to: { personId: person.id },
        content: { kind: 'extra_photo' as const, orderId: 'o' },
      };
      await store.addNotices([notice, notice], now);
      const [taken] = await store.claimDueNotices(now, 1_000, 10);
      expect(taken?.content).toEqual(notice.content);
      expect(await store.claimDueNotices(now, 1_000, 10)).toEqual([]);
      await store.finishNotice(taken?.id ?? 0, { retryAt: now + 5 });
      const [again] = await store.claimDueNotices(now + 5, 1_000, 10);
      expect(again?.failures).toBe(1);
      await store.finishNotice(again?.id ?? 0, { sentAt: now + 5 });
      expect(nextDueAt(await store.readDueTimes())).toBeNull();
    });

    test('photo bytes are erased once all their orders ended long enough ago', async () => {
      const person = await newPerson();
      const draft = await draftOf(person);
      const photoId = draft.photos[0]?.photoId ?? '';
      expect(await store.erasePhotos(now + 1, now + 1)).toBe(0);
      await store.changeOrder({
        orderId: draft.id,
        from: ['draft'],
        to: 'cancelled',
        cause: 'x',
        now,
        set: { endedAt: now },
      });
      expect(await store.erasePhotos(now, now)).toBe(0);
      expect(await store.erasePhotos(now + 1, now + 1)).toBe(2);
      expect(await store.readPhoto(photoId)).toBeNull();
      expect((await store.readOrder(draft.id))?.photos[0]?.erasedAt).toBe(now + 1);
    });

    test('an order made again shares the photos and keeps them from being erased', async () => {
      const person = await newPerson();
      const first = await draftOf(person);
      await store.changeOrder({
        orderId: first.id,
        from: ['draft'],
        to: 'cancelled',
        cause: 'x',
        now,
        set: { endedAt: now },
      });
      const again = await store.openDraft(
        {
          orderId: newId(),
          personId: person.id,
          address: { platform: first.platform, chatId: first.chatId },
          photosOf: first.id,
        },
        now,
      );
      expect(again.photos.map((p) => p.photoId)).toEqual(first.photos.map((p) => p.photoId));
      expect(again.photos.every((p) => p.pixverseImageId === null)).toBe(true);
      expect(await store.erasePhotos(now + 1, now + 1)).toBe(0);
    });

    test('somebody who comes back gets what was kept', async () => {
      const person = await newPerson('77');
      const order = await queuedOrder({ ...person });
      for (const to of ['submitting', 'generating', 'generated'] as const) {
        await store.changeOrder({ orderId: order.id, from: ORDER_STATUSES, to, cause: 't', now });
      }
      await store.setUnreachable({ platform: 'telegram', chatId: '77' }, now);
      expect(await store.claimDueOrders(now, 1_000, 10)).toEqual([]);
      await newPerson('77');
      expect((await store.claimDueOrders(now, 1_000, 10)).map((o) => o.id)).toEqual([order.id]);
    });
  });
}

/** A way from `draft` to a status along allowed moves. */
function pathTo(target: Order['status']): Order['status'][] | null {
  const queue: Order['status'][][] = [[]];
  const seen = new Set<Order['status']>(['draft']);
  if (target === 'draft') return [];
  while (queue.length > 0) {
    const path = queue.shift() ?? [];
    const at = path.at(-1) ?? 'draft';
    for (const next of ORDER_STATUSES) {
      if (seen.has(next) || !isMoveAllowed(at, next)) continue;
      if (next === target) return [...path, next];
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return null;
}
