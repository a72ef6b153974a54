// The contract of SupportStore, a part of the contract of Store: questions, reports and erasing.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nextDueAt } from '../../src/core/orders/scheduler.js';
import { newId } from '../../src/core/ids.js';
import type { Order, Person } from '../../src/core/model.js';
import { quoteVariant } from '../../src/core/money/pricing.js';
import { ORDER_STATUSES } from '../../src/core/orders/status.js';
import type { Store } from '../../src/core/ports/store.js';
import { VARIANTS } from '../../src/core/variants.js';

const START = 1_800_000_000_000;
const LIMITS = { freeVideos: 1, freeFailures: 3, dailyBudget: 200 };
const premium = VARIANTS[0];
if (premium === undefined) throw new Error('no variant');
const TERMS = { variant: premium.id, quote: quoteVariant(premium, 'XTR'), limits: LIMITS };

/** @param open makes an empty store */
export function testSupportStore(
  name: string,
  open: () => { store: Store; close: () => void },
): void {
  describe(`support store: ${name}`, () => {
    let store: Store;
    let close: () => void;
    let now = START;
    let users = 0;

    beforeEach(() => {
      ({ store, close } = open());
      now = START;
    });
    afterEach(() => {
      close();
    });

    const here = (chatId: string) => ({ platform: 'telegram' as const, chatId });
    const start = { traceId: 't1', maxRunning: 5, slotHeldMs: 600_000, leaseMs: 60_000 };

    async function newPerson(userId = String((users += 1) + 1000)): Promise<Person> {
      const names = { username: null, displayName: 'Ada', languageHint: 'en' };
      return store.seePerson(
        { ...here(userId), platformUserId: userId, ...names },
        { locale: 'en', offerFirst: 'premium', source: null },
        now,
      );
    }

    async function draftOf(person: Person, messages: number[] = [1, 2]): Promise<Order> {
      const draft = { orderId: newId(), personId: person.id, address: here('5'), photosOf: null };
      const { id } = await store.openDraft(draft, now);
      for (const message of messages) {
        const from = { sourceKey: `chat:${message}`, sourceOrder: message, albumKey: null };
        const photo = { bytes: Buffer.from(`photo ${message}`), width: 400, height: 500, ...from };
        await store.addPhoto(id, photo, { cardAt: now, uploadAt: now }, now);
      }
      const order = await store.readOrder(id);
      if (order === null) throw new Error('no draft');
      return order;
    }

    async function queuedOrder(person: Person): Promise<Order> {
      const funded = await store.fundFree((await draftOf(person)).id, TERMS, now);
      if (!funded.funded) throw new Error(funded.why);
      for (const { photoId } of funded.order.photos) {
        await store.saveImageId(funded.order.id, photoId, '900719925474099312');
      }
      return funded.order;
    }

    async function fail(order: Order): Promise<void> {
      await store.changeOrder({
        orderId: order.id,
        from: ['queued'],
        to: 'failed',
        cause: 'test',
        now,
        giveBack: { isFailure: true },
        set: { failureCode: 'internal', endedAt: now },
      });
    }

    test('notices for somebody out of reach are kept for their return, however long that takes', async () => {
      const person = await newPerson('77');
      const address = { platform: 'telegram' as const, chatId: '77' };
      const notice = (key: string) => ({
        key,
        to: { personId: person.id },
        content: { kind: 'invoice_failed' as const },
      });
      await store.addNotices([notice('refused')], now);
      const [refused] = await store.claimDueNotices(now, 1_000, 10);
      await store.finishNotice(refused?.id ?? 0, { unreachableAt: now });
      await store.addNotices([notice('later'), notice('later')], now);
      expect(nextDueAt(await store.readDueTimes())).toBeNull();
      now += 90 * 86_400_000;
      await store.prune(now);
      await store.voidLeases(now);
      expect(await store.claimDueNotices(now, 1_000, 10)).toEqual([]);
      await newPerson('77');
      const released = await store.claimDueNotices(now, 1_000, 10);
      expect(released.map((row) => [row.content.kind, row.address.chatId])).toEqual([
        ['invoice_failed', '77'],
        ['invoice_failed', '77'],
      ]);
      for (const row of released) await store.finishNotice(row.id, { sentAt: now });
      await store.setUnreachable(address, now);
      await newPerson('77');
      expect(nextDueAt(await store.readDueTimes())).toBeNull();
    });

    test('a chat waits for one thing at a time, and not for ever', async () => {
      await store.writePrompt(here('5'), 'ticket:a', now + 10);
      await store.writePrompt(here('5'), 'answer:b', now + 10);
      expect(await store.readPrompt(here('5'), now)).toBe('answer:b');
      expect(await store.readPrompt(here('6'), now)).toBeNull();
      expect(await store.readPrompt(here('5'), now + 10)).toBeNull();
      expect(await store.dropPrompt(here('5'), now)).toBe(true);
      expect(await store.dropPrompt(here('5'), now)).toBe(false);
      await store.writePrompt(here('5'), 'ticket:a', now);
      expect(await store.dropPrompt(here('5'), now)).toBe(false);
    });

    test('a question is stored once with its notices, ends the prompt, and is not one too many', async () => {
      const person = await newPerson('5');
      const ask = (id: string, at = now) =>
        store.openTicket(
          { id, personId: person.id, address: here('5'), text: 'help' },
          { max: 2, since: at - 3_600_000 },
          [
            {
              key: `ticket:${id}:opened`,
              to: { address: here('1'), locale: 'en' },
              content: { kind: 'extra_photo', orderId: id },
            },
          ],
          at,
        );
      await store.writePrompt(here('5'), 'ticket:one', now + 10);
      expect(await ask('one')).toBe('opened');
      expect(await store.readPrompt(here('5'), now)).toBeNull();
      expect(await ask('one')).toBe('same');
      expect(await ask('two')).toBe('opened');
      expect(await ask('three')).toBe('too_many');
      expect(await store.claimDueNotices(now, 1_000, 10)).toHaveLength(2);
      const answered = [
        {
          key: 'ticket:one:answer',
          to: { personId: person.id },
          content: { kind: 'support_answer' as const, text: 'here' },
        },
      ];
      await store.writePrompt(here('1'), 'answer:one', now + 10);
      expect(await store.answerTicket('one', here('1'), answered, now + 5)).toBe('answered');
      expect(await store.readPrompt(here('1'), now)).toBeNull();
      expect((await store.readTicket('one'))?.answeredAt).toBe(now + 5);
      expect(await ask('three')).toBe('opened');
      expect(await ask('four')).toBe('too_many');
      expect(await ask('four', now + 3_600_001)).toBe('opened');
      expect(await store.answerTicket('none', here('1'), answered, now)).toBe('not_found');
      await store.setUnreachable(here('5'), now);
      expect(await store.answerTicket('three', here('1'), answered, now)).toBe('answered');
      await store.erasePerson(person.id, LIMITS, now);
      expect(await store.answerTicket('two', here('1'), answered, now)).toBe('erased');
      expect((await store.readTicket('two'))?.answeredAt).toBeNull();
    });

    test('an order is reported once', async () => {
      const person = await newPerson();
      const { id: orderId } = await draftOf(person, []);
      const report = (id: string) => ({ id, personId: person.id, address: here('5'), orderId });
      expect(await store.openReport(report('one'), [], now)).toBe('opened');
      expect(await store.openReport(report('two'), [], now)).toBe('already');
      expect(await store.readTicket('two')).toBeNull();
    });

    test('an order that is erased is stopped, given back and empty, with the draft that shares its photos', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      const again = await store.openDraft(
        {
          orderId: newId(),
          personId: person.id,
          address: { platform: order.platform, chatId: order.chatId },
          photosOf: order.id,
        },
        now,
      );
      const told: boolean[] = [];
      const erase = (orderId: string) =>
        store.eraseOrder(orderId, now + 1, (_order, wasDelivered) => {
          told.push(wasDelivered);
          return [];
        });
      expect(await erase(order.id)).toMatchObject({ outcome: 'erased', files: [] });
      expect(await erase(order.id)).toMatchObject({ outcome: 'already' });
      expect(await erase('nothing')).toEqual({ outcome: 'not_found' });
      expect(told).toEqual([false]);
      expect((await store.readOrder(order.id))?.status).toBe('cancelled');
      expect((await store.readOrder(again.id))?.status).toBe('cancelled');
      expect(await store.readPhoto(order.photos[0]?.photoId ?? '')).toBeNull();
      expect(await store.freeState(person.id, LIMITS, now)).toBe('available');
    });

    test('an order whose step is under way is not erased that moment, and then stopped for good', async () => {
      const person = await newPerson();
      const order = await queuedOrder(person);
      await store.startNextQueued({ ...start, now });
      const erase = () => store.eraseOrder(order.id, now, () => []);
      expect(await erase()).toEqual({ outcome: 'busy' });
      expect((await store.readOrder(order.id))?.photos[0]?.erasedAt).toBeNull();
      await store.changeOrder({
        orderId: order.id,
        from: ['submitting'],
        to: 'generating',
        cause: 'accepted',
        now,
        set: { nextAttemptAt: now + 5_000 },
      });
      expect(await erase()).toMatchObject({ outcome: 'erased' });
      expect(await store.readOrder(order.id)).toMatchObject({
        status: 'failed',
        failureCode: 'removed',
        nextAttemptAt: null,
      });
      expect(await store.freeState(person.id, LIMITS, now)).toBe('available');
    });

    test('who is erased is nobody, and comes back as somebody new without a further free video', async () => {
      const person = await newPerson('4711');
      const order = await queuedOrder(person);
      const prepared = await store.prepareErasing(person.id, now);
      expect(prepared).toMatchObject({ hindrance: null, cards: [], invoices: [] });
      expect((await store.readOrder(order.id))?.status).toBe('cancelled');
      const next = await queuedOrder(person);
      await store.startNextQueued({ ...start, now });
      expect(await store.prepareErasing(person.id, now)).toMatchObject({
        hindrance: 'at_pixverse',
      });
      expect(await store.erasePerson(person.id, LIMITS, now)).toEqual({ outcome: 'at_pixverse' });
      for (const to of ['generating', 'generated', 'delivered'] as const) {
        await store.changeOrder({
          orderId: next.id,
          from: ORDER_STATUSES,
          to,
          cause: 't',
          now,
          useFreeClaim: to === 'delivered',
        });
      }
      expect(await store.erasingHindrance(person.id)).toBeNull();
      const erased = { outcome: 'erased', files: [] };
      expect(await store.erasePerson(person.id, LIMITS, now)).toEqual(erased);
      expect(await store.erasePerson(person.id, LIMITS, now)).toEqual(erased);
      expect(await store.findIdentity('telegram', { platformUserId: '4711' })).toBeNull();
      expect(await store.readPhoto(order.photos[0]?.photoId ?? '')).toBeNull();
      expect((await store.readOrder(next.id))?.chatId).toBe('');
      const returned = await newPerson('4711');
      expect(returned.id).not.toBe(person.id);
      expect(await store.freeState(returned.id, LIMITS, now)).toBe('used_up');
      await store.erasePerson(returned.id, LIMITS, now);
      const third = await newPerson('4711');
      expect(await store.freeState(third.id, LIMITS, now)).toBe('used_up');
      const stranger = await newPerson('4712');
      expect(await store.freeState(stranger.id, LIMITS, now)).toBe('available');
    });

    test('free tries that were lost to failures are not won back by erasing', async () => {
      const person = await newPerson('4711');
      for (let tries = 1; tries <= 3; tries += 1) await fail(await queuedOrder(person));
      await store.erasePerson(person.id, LIMITS, now);
      const returned = await newPerson('4711');
      expect(await store.freeState(returned.id, LIMITS, now)).toBe('used_up');
    });
  });
}
