// Any interleaving of what people, providers, admins, PixVerse and the clock can do, with crashes in between, keeps the
// books closed and no balance below zero. fast-check prints seed and path of a story that does not.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../../src/core/context.js';
import { AppError } from '../../src/core/errors.js';
import { expireDrafts } from '../../src/core/housekeeping.js';
import { newId } from '../../src/core/ids.js';
import type { Order, Person } from '../../src/core/model.js';
import { openPackCheckout, stepCheckout } from '../../src/core/money/checkout.js';
import { adjustCredits } from '../../src/core/money/credits.js';
import { reconcilePayments } from '../../src/core/money/reconcile.js';
import {
  bookReportedRefund,
  refundByAdmin,
  settlePayment,
  stepRefund,
} from '../../src/core/money/settlement.js';
import { cancelOrder, chooseVariant } from '../../src/core/orders/orders.js';
import { failureChange, giveUpWaiting } from '../../src/core/orders/steps/look.js';
import type { OrderChange, Store } from '../../src/core/ports/store.js';
import { VARIANTS } from '../../src/core/variants.js';
import { type Database, openDatabase } from '../../src/db/sqlite.js';
import { checkBooks } from '../../src/db/store/books.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { type BankProvider, createBankProvider } from '../support/bank-provider.js';
import { type CoreWorld, openCoreWorld, START } from '../support/core-world.js';

const PEOPLE = 2;
const LEASE_MS = 60_000;
const BY_ADMIN = { actor: 'telegram:1', reason: null };

/** One store with everything around it that these stories need; PixVerse is what the moves say it did. */
interface Real {
  ctx: Context;
  db: Database;
  bank: BankProvider;
  clock: { now: number };
  people: Person[];
  counter: number;
}

/** What a story needs to know of itself: there is nothing to pay before something was ordered. */
interface Model {
  hasCheckout: boolean;
  hasReceipt: boolean;
}

let shared: CoreWorld;
beforeAll(async () => {
  shared = await openCoreWorld({
    config: { free: { freeVideos: 1, freeFailures: 2, dailyBudget: 100 } },
  });
});
afterAll(() => shared.close());

async function openReal(): Promise<Real> {
  const { db } = openDatabase(':memory:');
  const bank = createBankProvider();
  const clock = { now: START };
  const ctx: Context = {
    ...shared.ctx,
    now: () => clock.now,
    store: createSqliteStore(db),
    paymentProviders: new Map([[bank.id, bank]]),
  };
  const people = await Promise.all(
    [...Array(PEOPLE).keys()].map(async (index) => {
      const id = String(101 + index);
      const account = { platform: 'telegram', platformUserId: id, chatId: id } as const;
      const person = await ctx.store.seePerson(
        { ...account, username: null, displayName: null, languageHint: null },
        { locale: 'en', offerFirst: 'premium', source: null },
        clock.now,
      );
      await ctx.store.recordConsent(person.id, 1, clock.now);
      return person;
    }),
  );
  return { ctx, db, bank, clock, people, counter: 0 };
}

const pickFrom = <Item>(items: readonly Item[], pick: number): Item | undefined =>
  items[items.length === 0 ? 0 : pick % items.length];

function idsOf({ db }: Real, query: string): string[] {
  return db.$client.prepare<[], string>(query).pluck().all();
}

async function pickOrder(real: Real, statuses: string, pick: number): Promise<Order | null> {
  const ids = idsOf(
    real,
    `select id from orders where status in (${statuses}) order by rowid desc`,
  );
  const id = pickFrom(ids, pick);
  return id === undefined ? null : real.ctx.store.readOrder(id);
}

async function draft({ ctx, ...real }: Real, person: Person): Promise<Order> {
  const chatId = (await ctx.store.findIdentityOf(person.id, 'telegram'))?.chatId ?? '';
  const address = { platform: 'telegram' as const, chatId };
  const order = await ctx.store.openDraft(
    { orderId: newId(), personId: person.id, address, photosOf: null },
    ctx.now(),
  );
  for (let position = order.photos.length; position < 2; position += 1) {
    const sourceKey = `${order.id}:${position}`;
    await ctx.store.addPhoto(
      order.id,
      {
        bytes: Buffer.from('x'),
        width: 1,
        height: 1,
        sourceKey,
        sourceOrder: position,
        albumKey: null,
      },
      { cardAt: real.clock.now, uploadAt: null },
      real.clock.now,
    );
  }
  const full = await ctx.store.readOrder(order.id);
  for (const photo of full?.photos ?? []) await ctx.store.saveImageId(order.id, photo.photoId, '1');
  return (await ctx.store.readOrder(order.id)) ?? order;
}

/** One move of PixVerse or of the delivery; the order goes where `to` says, if it is still where it was. */
function move(real: Real, order: Order, change: Partial<OrderChange>): Promise<Order | null> {
  const { ctx, clock } = real;
  return ctx.store.changeOrder({
    ...{ orderId: order.id, from: [order.status], cause: 'story', now: clock.now },
    ...change,
  });
}

async function accept(real: Real, order: Order): Promise<void> {
  real.counter += 1;
  const pixverseVideoId = String(real.counter);
  await move(real, order, {
    to: 'generating',
    set: { pixverseVideoId, nextAttemptAt: real.clock.now },
    video: {
      ...{ begin: true, pixverseVideoId, traceId: order.traceId ?? '', route: 'fusion' },
      ...{ variant: order.variant ?? '', resolution: '720p', durationSeconds: 5 },
      ...{ amountMinor: 0, currency: 'XTR' },
    },
  });
}

function endVideo(
  order: Order,
  status: 'done' | 'failed' | 'moderated',
): Pick<OrderChange, 'video'> {
  return {
    video: { begin: false, pixverseVideoId: order.pixverseVideoId ?? '', set: { status } },
  };
}

/** The next thing that goes well. */
async function advance(real: Real, pick: number): Promise<void> {
  const order = await pickOrder(real, `'submitting','generating','generated'`, pick);
  const at = real.clock.now;
  if (order?.status === 'submitting') await accept(real, order);
  if (order?.status === 'generating') {
    const set = { generatedAt: at, nextAttemptAt: at };
    await move(real, order, { to: 'generated', set, ...endVideo(order, 'done') });
  }
  if (order?.status === 'generated') {
    await move(real, order, {
      to: 'delivered',
      useFreeClaim: order.fundedBy === 'free' && !order.isGift,
      set: { deliveredMessageId: '1', deliveredAt: at, endedAt: at },
    });
  }
}

/** PixVerse fails it: declined, failed with one more try, or waited for too long. */
async function failAtPixverse(real: Real, pick: number): Promise<void> {
  const order = await pickOrder(real, `'queued','submitting','generating'`, pick);
  if (order === null) return;
  const { now } = real.clock;
  if (order.status !== 'generating') {
    await real.ctx.store.changeOrder(failureChange(order, 'upstream_unavailable', now));
  } else if (pick % 3 === 0) {
    await giveUpWaiting(real.ctx, order);
  } else if (pick % 3 === 1 && order.reruns === 0) {
    const set = { reruns: 1, nextAttemptAt: now };
    await move(real, order, { to: 'queued', set, ...endVideo(order, 'failed') });
  } else {
    const failure = failureChange(order, 'moderated', now);
    await real.ctx.store.changeOrder({ ...failure, ...endVideo(order, 'moderated') });
  }
}

async function comeLate(real: Real, pick: number): Promise<void> {
  const order = await pickOrder(real, `'failed'`, pick);
  if (order?.lateLookUntil == null) return;
  const set = {
    ...{ isGift: true, endedAt: null, lateLookUntil: null },
    ...{ generatedAt: real.clock.now, nextAttemptAt: real.clock.now },
  };
  await move(real, order, { to: 'generated', set, ...endVideo(order, 'done') });
}

/** Sends due money back; `dies` claims it only, as a process does that is killed under the call. */
async function sendMoneyBack(
  real: Real,
  way: 'well' | 'dies' | 'refuse' | 'lost_answer',
): Promise<void> {
  const { ctx, bank, clock } = real;
  const due = await ctx.store.claimDueRefunds(clock.now, LEASE_MS, 10);
  if (way === 'dies') return;
  for (const payment of due) {
    if (way !== 'well') bank.failNext(way);
    await stepRefund(ctx, payment);
  }
}

async function stepCheckouts({ ctx, clock }: Real): Promise<void> {
  const due = await ctx.store.claimDueCheckouts(clock.now, LEASE_MS, 10);
  for (const checkout of due) await stepCheckout(ctx, checkout);
}

/** Pays any invoice there ever was, right or wrong; whether the app hears of it at once is another matter. */
async function payAny(real: Real, pick: number, isRight: boolean, isTold: boolean): Promise<void> {
  const id = pickFrom(idsOf(real, 'select id from checkouts order by rowid desc'), pick);
  const checkout = id === undefined ? null : await real.ctx.store.readCheckout(id);
  if (checkout === null) return;
  const receipt = real.bank.pay(checkout, isRight ? {} : { amountMinor: 1 });
  if (isTold) await settlePayment(real.ctx, receipt, 'telegram');
}

async function refundAny(real: Real, pick: number): Promise<void> {
  const ids = idsOf(real, 'select id from orders union all select id from payments');
  const id = pickFrom(ids, pick);
  if (id !== undefined) await refundByAdmin(real.ctx, id, BY_ADMIN);
}

async function adjust({ ctx, ...real }: Real, person: Person, delta: number): Promise<void> {
  const identity = await ctx.store.findIdentityOf(person.id, 'telegram');
  if (identity === null) return;
  const cause = `telegram:${real.clock.now}:grant`;
  await adjustCredits(ctx, { ...BY_ADMIN, person: identity, delta, cause });
}

type Act = (real: Real) => Promise<unknown>;
type Command = fc.AsyncCommand<Model, Real>;

/** Checks of the loop and of housekeeping, which no story runs. */
const OF_THE_LOOP = ['due_work', 'order_deadline', 'inbox_pending', 'photos_erased'];

/** The invariants, after every single step. */
function expectClosed({ db, clock }: Real): void {
  const broken = checkBooks(db.$client, clock.now)
    .filter(({ violations }) => violations > 0)
    .map(({ name, samples }) => ({ name, samples }));
  expect(broken.filter(({ name }) => !OF_THE_LOOP.includes(name))).toEqual([]);
}

function command(
  name: string,
  act: Act,
  can: (model: Model) => boolean = () => true,
  then?: (model: Model) => void,
): Command {
  return {
    check: (model: Readonly<Model>) => can(model),
    toString: () => name,
    run: async (model: Model, real: Real) => {
      real.clock.now += 20_000;
      try {
        await act(real);
      } catch (error) {
        // A refusal with a reason is an answer like any other.
        if (!(error instanceof AppError)) throw error;
      }
      then?.(model);
      expectClosed(real);
    },
  };
}

class Killed extends Error {}

/** The store of a process that dies at one of its calls: before that takes effect, or right after. Dead is dead. */
function mortalStore(store: Store, callsToLive: number, diesAfter: boolean): Store {
  let calls = 0;
  return new Proxy(store, {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls > callsToLive + 1 || (calls > callsToLive && !diesAfter)) throw new Killed();
        const result: unknown = await Reflect.apply(call, target, args);
        if (calls > callsToLive) throw new Killed();
        return result;
      };
    },
  });
}

async function startAnew(real: Real): Promise<void> {
  real.ctx = { ...real.ctx, store: createSqliteStore(real.db) };
  await real.ctx.store.voidLeases(real.clock.now);
}

/** The same move in a process that is killed under it. */
function killedUnder(move: Command, callsToLive: number, diesAfter: boolean): Command {
  return {
    check: (model) => move.check(model),
    toString: () =>
      `${String(move)}, killed ${diesAfter ? 'after' : 'before'} call ${callsToLive + 1}`,
    run: async (model, real) => {
      const store = mortalStore(real.ctx.store, callsToLive, diesAfter);
      real.ctx = { ...real.ctx, store };
      try {
        await move.run(model, real);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      shared.errors.splice(0);
      await startAnew(real);
      expectClosed(real);
    },
  };
}

/** One move in four is the last of its process. */
const mortal = (moves: fc.Arbitrary<Command>): fc.Arbitrary<Command> =>
  fc
    .tuple(moves, fc.option(fc.nat(5), { freq: 3 }), fc.boolean())
    .map(([move, calls, diesAfter]) =>
      calls === null ? move : killedUnder(move, calls, diesAfter),
    );

const pick = fc.nat(12);
const who = fc.nat(PEOPLE - 1);
const personOf = (real: Real, index: number): Person => real.people[index] as Person;
const hasCheckout = (model: Model) => model.hasCheckout;
const hasReceipt = (model: Model) => model.hasReceipt;
const nowHasCheckout = (model: Model) => {
  model.hasCheckout = true;
};
const nowHasReceipt = (model: Model) => {
  model.hasReceipt = true;
};

const COMMANDS: fc.Arbitrary<Command>[] = [
  who.map((w) => command(`draft ${w}`, (real) => draft(real, personOf(real, w)))),
  fc.tuple(who, fc.nat(VARIANTS.length - 1)).map(([w, v]) =>
    command(
      `choose ${w} ${v}`,
      async (real) => {
        const order = await draft(real, personOf(real, w));
        await chooseVariant(real.ctx, personOf(real, w), order, VARIANTS[v]?.id ?? '');
        await stepCheckouts(real);
      },
      undefined,
      nowHasCheckout,
    ),
  ),
  who.map((w) =>
    command(
      `buy ${w}`,
      async (real) => {
        const address = { platform: 'telegram' as const, chatId: String(101 + w) };
        await openPackCheckout(real.ctx, personOf(real, w), address, 'c25');
      },
      undefined,
      nowHasCheckout,
    ),
  ),
  fc
    .tuple(pick, fc.boolean())
    .map(([p, isTold]) =>
      command(
        `pay ${p}${isTold ? '' : ' unheard'}`,
        (real) => payAny(real, p, true, isTold),
        hasCheckout,
        nowHasReceipt,
      ),
    ),
  pick.map((p) =>
    command(
      `pay the newest ${p}`,
      (real) => payAny(real, 0, true, true),
      hasCheckout,
      nowHasReceipt,
    ),
  ),
  pick.map((p) =>
    command(`pay wrongly ${p}`, (real) => payAny(real, p, false, true), hasCheckout, nowHasReceipt),
  ),
  pick.map((p) =>
    command(
      `tell receipt ${p}`,
      async (real) => {
        const receipt = pickFrom(real.bank.receipts, p);
        if (receipt !== undefined) await settlePayment(real.ctx, receipt, 'telegram');
      },
      hasReceipt,
    ),
  ),
  fc.constant(command('sweep', (real) => reconcilePayments(real.ctx), hasReceipt)),
  pick.map((p) =>
    command(
      `refunded elsewhere ${p}`,
      async (real) => {
        const receipt = pickFrom(real.bank.receipts, p);
        if (receipt !== undefined) await bookReportedRefund(real.ctx, receipt);
      },
      hasReceipt,
    ),
  ),
  pick.map((p) => command(`admin refunds ${p}`, (real) => refundAny(real, p))),
  fc
    .tuple(who, fc.integer({ min: -6, max: 6 }))
    .map(([w, delta]) =>
      command(`adjust ${w} ${delta}`, (real) => adjust(real, personOf(real, w), delta)),
    ),
  pick.map((p) =>
    command(`cancel ${p}`, async (real) => {
      const order = await pickOrder(real, `'draft','awaiting_payment','queued'`, p);
      if (order !== null) await cancelOrder(real.ctx, order);
    }),
  ),
  fc.constant(
    command('submit', (real) =>
      real.ctx.store.startNextQueued({
        ...{ traceId: newId(), maxRunning: 2, slotHeldMs: 600_000, leaseMs: LEASE_MS },
        now: real.clock.now,
      }),
    ),
  ),
  pick.map((p) => command(`advance ${p}`, (real) => advance(real, p))),
  pick.map((p) => command(`advance again ${p}`, (real) => advance(real, p))),
  pick.map((p) => command(`fail ${p}`, (real) => failAtPixverse(real, p))),
  pick.map((p) => command(`come late ${p}`, (real) => comeLate(real, p))),
  fc
    .constantFrom('well', 'well', 'dies', 'refuse', 'lost_answer')
    .map((way) => command(`money back: ${way}`, (real) => sendMoneyBack(real, way))),
  fc.constant(command('checkouts', stepCheckouts)),
  fc.constantFrom(60_000, 3_700_000).map((ms) =>
    command(`${ms / 1000} s later`, async (real) => {
      real.clock.now += ms;
      await real.ctx.store.voidLeases(real.clock.now);
      await stepCheckouts(real);
      await expireDrafts(real.ctx);
    }),
  ),
  fc.constant(command('killed while idle', startAnew)),
];

/** Everything that can still go well does: then each charge bought a video, is credits, or went back. */
async function bringToRest(real: Real): Promise<void> {
  const { ctx, clock, bank } = real;
  await reconcilePayments(ctx);
  for (let rounds = 0; rounds < 20; rounds += 1) {
    clock.now += LEASE_MS * 11;
    const slot = { traceId: newId(), maxRunning: 2, slotHeldMs: 600_000, leaseMs: LEASE_MS };
    await ctx.store.startNextQueued({ ...slot, now: clock.now });
    for (let steps = 0; steps < 6; steps += 1) await advance(real, steps);
    await sendMoneyBack(real, 'well');
    expectClosed(real);
  }
  expect(idsOf(real, `select id from payments where refund_status = 'due'`)).toEqual([]);
  const known = idsOf(real, 'select charge_id from payments');
  expect(known.toSorted()).toEqual(bank.receipts.map(({ chargeId }) => chargeId).toSorted());
}

test('the books close after every step of any story', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(COMMANDS.map(mortal), { maxCommands: 60, size: 'max' }),
      async (story) => {
        const real = await openReal();
        try {
          const model: Model = { hasCheckout: false, hasReceipt: false };
          await fc.asyncModelRun(() => ({ model, real }), story);
          await bringToRest(real);
          expect(shared.errors.filter((line) => !line.includes('a refund was refused'))).toEqual(
            [],
          );
        } finally {
          real.db.$client.close();
        }
      },
    ),
    { numRuns: 40 },
  );
});
