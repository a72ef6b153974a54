// Any interleaving of verbs, duplicates and crashes keeps the books closed and no balance below zero.

import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.js';
import type { Order } from '../../src/core/model.js';
import { quoteVariant } from '../../src/core/money/pricing.js';
import { EDITABLE_STATUSES, isMoveAllowed } from '../../src/core/orders/status.js';
import type { Store } from '../../src/core/ports/store.js';
import { VARIANTS } from '../../src/core/variants.js';
import { freeClaims } from '../../src/db/schema/money.js';
import { openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';

const PEOPLE = 2;
const LIMITS = { freeVideos: 1, freeFailures: 2, dailyBudget: 1_000 };
const NOW = 1_800_000_000_000;

/** What the outside world can do next; `who` picks the person, `pick` one of their orders. */
const step = fc.record({
  verb: fc.constantFrom(
    'draft',
    'order',
    'order',
    'fund_free',
    'fund_credits',
    'grant',
    'revoke',
    'cancel',
    'start',
    'start',
    'advance',
    'advance',
    'advance',
    'fail',
    'gift',
    'repeat',
    'crash',
  ),
  who: fc.nat(PEOPLE - 1),
  pick: fc.nat(50),
  amount: fc.integer({ min: 1, max: 9 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let close: (() => void) | null = null;
afterEach(() => {
  close?.();
  close = null;
});

interface Claim {
  personId: string;
  number: number;
  orderId: string;
  isUsed: boolean;
  isReleased: boolean;
  isFailure: boolean;
}

interface Books {
  store: Store;
  readClaims: () => Claim[];
  people: string[];
  orders: Map<string, string>;
  grants: number;
  last: Step | null;
}

const variantOf = (pick: number) => {
  const variant = VARIANTS[pick % VARIANTS.length];
  if (variant === undefined) throw new Error('no variant');
  return variant;
};

async function pickOrder(books: Books, { who, pick }: Step): Promise<Order | null> {
  const own = [...books.orders].filter(([, person]) => person === books.people[who]);
  // Mostly the newest ones: older orders have ended.
  const [id] = own.at(-1 - (pick % 3)) ?? [];
  return id === undefined ? null : books.store.readOrder(id);
}

const CHAIN = {
  queued: 'submitting',
  submitting: 'generating',
  generating: 'generated',
  generated: 'delivered',
} as const;

async function take(books: Books, taken: Step): Promise<void> {
  const { store, people } = books;
  const personId = people[taken.who] ?? '';
  const order = await pickOrder(books, taken);
  const move = (to: Order['status'], extra: object = {}) =>
    order !== null && isMoveAllowed(order.status, to)
      ? store.changeOrder({
          orderId: order.id,
          from: [order.status],
          to,
          cause: 't',
          now: NOW,
          ...extra,
        })
      : Promise.resolve(null);
  switch (taken.verb) {
    case 'draft': {
      const address = { platform: 'telegram' as const, chatId: personId };
      const draft = await store.openDraft(
        { orderId: newId(), personId, address, photosOf: null },
        NOW,
      );
      books.orders.set(draft.id, personId);
      return;
    }
    case 'order':
      await take(books, { ...taken, verb: 'draft' });
      await take(books, {
        ...taken,
        pick: taken.pick * 3,
        verb: taken.amount > 3 ? 'fund_credits' : 'fund_free',
      });
      return;
    case 'fund_free':
    case 'fund_credits': {
      if (order === null) return;
      const variant = variantOf(taken.pick);
      const terms = { variant: variant.id, quote: quoteVariant(variant, 'XTR'), limits: LIMITS };
      if (taken.verb === 'fund_free') await store.fundFree(order.id, terms, NOW);
      else await store.fundCredits(order.id, terms, NOW);
      return;
    }
    case 'grant':
    case 'revoke': {
      books.grants += 1;
      const delta = taken.verb === 'grant' ? taken.amount : -taken.amount;
      const entry = {
        personId,
        delta,
        cause: `admin:${books.grants}`,
        orderId: null,
        actor: 'a',
        reason: null,
      };
      const kind = delta > 0 ? ('admin_grant' as const) : ('admin_revoke' as const);
      await store.bookEntry({ ...entry, kind }, NOW);
      await store.bookEntry({ ...entry, kind }, NOW);
      return;
    }
    case 'cancel':
      await move('cancelled', { giveBack: { isFailure: false } });
      return;
    case 'start':
      await store.startNextQueued({
        traceId: newId(),
        maxRunning: 2,
        slotHeldMs: 1,
        leaseMs: 1,
        now: NOW,
      });
      return;
    case 'advance': {
      const running = await store.findRunning(personId);
      const to = running === null ? undefined : CHAIN[running.status as keyof typeof CHAIN];
      if (running === null || to === undefined) return;
      const isUsed = to === 'delivered' && running.fundedBy === 'free' && !running.isGift;
      await store.changeOrder({
        orderId: running.id,
        from: [running.status],
        to,
        cause: 't',
        now: NOW,
        ...(isUsed && { useFreeClaim: true }),
      });
      // Some go all the way to the chat.
      if (taken.amount > 5) await take(books, taken);
      return;
    }
    case 'fail':
      await move('failed', { giveBack: { isFailure: true } });
      return;
    case 'gift':
      if (order?.status === 'failed') await move('generated', { set: { isGift: true } });
      return;
    case 'repeat':
      if (books.last !== null && books.last.verb !== 'repeat') await take(books, books.last);
      return;
    case 'crash':
      await store.voidLeases(NOW);
      return;
  }
}

/** Every free order has one claim: open while it runs, used by delivery, released by any other end. */
function expectClaimsClosed(claims: readonly Claim[], orders: readonly Order[]): void {
  const held = claims.filter((claim) => !claim.isReleased);
  const places = held.map((claim) => `${claim.personId} ${claim.number}`);
  expect(new Set(places).size, 'one unreleased claim a person and number').toBe(places.length);
  expect(Math.max(0, ...held.map((claim) => claim.number))).toBeLessThanOrEqual(LIMITS.freeVideos);
  const expected = orders
    .filter((order) => order.fundedBy === 'free')
    .map(({ id, personId, status, isGift }) => {
      const isReleased = isGift || status === 'failed' || status === 'cancelled';
      return {
        personId,
        orderId: id,
        isUsed: status === 'delivered' && !isGift,
        isReleased,
        isFailure: isReleased && status !== 'cancelled',
      };
    });
  const byOrder = (one: { orderId: string }, other: { orderId: string }) =>
    one.orderId < other.orderId ? -1 : 1;
  const found = claims.map(({ number: _number, ...claim }) => claim);
  expect(found.sort(byOrder)).toEqual(expected.sort(byOrder));
}

async function expectClosed(books: Books): Promise<void> {
  const read = await Promise.all([...books.orders.keys()].map((id) => books.store.readOrder(id)));
  const orders = read.filter((order) => order !== null);
  expect(orders).toHaveLength(books.orders.size);
  expectClaimsClosed(books.readClaims(), orders);
  for (const personId of books.people) {
    expect(await books.store.balance(personId)).toBeGreaterThanOrEqual(0);
    const entries = await books.store.listEntries(personId, 10_000);
    let openOrders = 0;
    for (const order of orders.filter((one) => one.personId === personId)) {
      const booked = entries
        .filter((entry) => entry.orderId === order.id)
        .reduce((sum, entry) => sum + entry.delta, 0);
      const isHeld = ['queued', 'submitting', 'generating', 'generated', 'delivered'].includes(
        order.status,
      );
      const isPaid = order.fundedBy === 'credits' && isHeld && !order.isGift;
      const text = `${order.status} ${String(order.fundedBy)}`;
      // Charges less refunds: the price while the order is open or delivered, nothing otherwise.
      expect(booked, text).toBe(isPaid ? -(order.quote?.credits ?? 0) : 0);
      if (isHeld && order.status !== 'delivered' && !order.isGift) openOrders += 1;
      if (EDITABLE_STATUSES.includes(order.status)) expect(order.fundedBy).toBeNull();
    }
    expect(openOrders).toBeLessThanOrEqual(1);
  }
}

test('the books close after every step of any story', async () => {
  let usedClaims = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (story) => {
      const database = openDatabase(':memory:');
      close = database.close;
      const store = createSqliteStore(database.db);
      const readClaims = (): Claim[] =>
        database.db
          .select()
          .from(freeClaims)
          .all()
          .map(({ personId, number, orderId, usedAt, releasedAt, isFailure }) => ({
            personId,
            number,
            orderId,
            isUsed: usedAt !== null,
            isReleased: releasedAt !== null,
            isFailure,
          }));
      const none = { people: [], orders: new Map<string, string>(), grants: 0, last: null };
      const books: Books = { store, readClaims, ...none };
      for (let id = 1; id <= PEOPLE; id += 1) {
        const seen = {
          platform: 'telegram' as const,
          platformUserId: String(id),
          chatId: String(id),
        };
        const person = await store.seePerson(
          { ...seen, username: null, displayName: null, languageHint: null },
          { locale: 'en', offerFirst: 'premium', source: null },
          NOW,
        );
        books.people.push(person.id);
        await take(books, { verb: 'grant', who: id - 1, pick: 0, amount: 6 });
      }
      for (const taken of story) {
        await take(books, taken);
        books.last = taken;
        await expectClosed(books);
      }
      usedClaims += readClaims().filter((claim) => claim.isUsed).length;
      database.close();
      close = null;
    }),
    { numRuns: 80 },
  );
  // The stories reach the end that matters most.
  expect(usedClaims).toBeGreaterThan(0);
});
