// Kills with -9 around every call that moves money, starts again and asks: charged once, one video or the money back
// once, closed books. And the ways of an order that the other kills do not take.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { expectBot, expectVideos } from '../support/flow.js';
import type { GatePoint, Moment } from '../support/gate.js';
import {
  chooseVideo,
  expectOneVideo,
  type KillWorld,
  openKillWorld,
  tapUntil,
  unpaidInvoice,
} from '../support/kill-world.js';

let world: KillWorld;
beforeAll(async () => {
  world = await openKillWorld({ FREE_VIDEOS: '0' });
});
afterAll(() => world.endWithClosedBooks());

const MOMENTS: Moment[] = ['before', 'after'];
const SUBMIT = /fusion\/generate/;

const chargesOf = (user: SandboxUser) =>
  world.telegram.payments().filter(({ payer }) => payer.id === user.id);

/** Resolves when the app has been started once more. */
function nextStart(): { started: Promise<true>; forget: () => void } {
  let forget = (): void => undefined;
  const started = new Promise<true>((resolve) => {
    forget = world.keeper.onChange(() => {
      if (world.keeper.state() === 'running') resolve(true);
    });
  });
  return { started, forget };
}

/** Pays as soon as there is an invoice, and again when the app was killed before it agreed. */
async function pay(user: SandboxUser): Promise<void> {
  const before = chargesOf(user).length;
  const isPaid = () => chargesOf(user).length > before;
  while (!isPaid()) {
    const invoice = await user.waitFor((m) => m.invoice?.paidCount === 0, { timeoutMs: 20_000 });
    // A kill under the question leaves it without an answer: nobody waits for the ten seconds to go by.
    const { started, forget } = nextStart();
    const isRestarted = await Promise.race([user.pay(invoice.id).then(() => false), started]);
    forget();
    if (isRestarted) await user.waitFor(isPaid, { timeoutMs: 300 }).catch(() => null);
  }
}

async function payForVideo(user: SandboxUser): Promise<void> {
  await chooseVideo(user);
  await pay(user);
}

/** Charged once and kept; the credits came and went. */
function expectOneCharge(user: SandboxUser): void {
  const charges = chargesOf(user);
  expect(charges).toMatchObject([{ refundedAt: null }]);
  const booked = world.read(
    'select outcome, refund_status from payments where charge_id = ?',
    charges[0]?.chargeId,
  );
  expect(booked).toEqual([{ outcome: 'settled', refund_status: null }]);
  expect(kindsOf(user)).toEqual(['purchase', 'order_spend']);
}

function kindsOf(user: SandboxUser): unknown[] {
  return world
    .read(
      `select kind from ledger join identities using (person_id)
       where platform_user_id = ? order by ledger.id`,
      String(user.id),
    )
    .map(({ kind }) => kind);
}

async function expectPaidVideo(user: SandboxUser, generations = 1): Promise<void> {
  await expectVideos(user, 1);
  await expectOneVideo(world, user, { generations });
  expectOneCharge(user);
}

async function expectMoneyBack(user: SandboxUser): Promise<void> {
  await expectBot(user, /already back with you/);
  expect(chargesOf(user)).toMatchObject([{ refundedAt: expect.any(Number) as number }]);
  const refunds = user.chat().filter((message) => message.refund !== undefined);
  expect(refunds).toHaveLength(1);
  expect(kindsOf(user)).toEqual(['purchase', 'order_spend', 'order_return', 'payment_refund']);
  expect(world.read(`select id from payments where refund_status = 'due'`)).toEqual([]);
}

/** Once the answer with the payment is on its way, the next call for updates confirms it. */
function atConfirmation(action: () => Promise<void>): Promise<void> {
  const fetched: GatePoint = {
    ...{ call: /getUpdates/, moment: 'after', goesOn: true },
    body: /successful_payment/,
  };
  return new Promise((resolve, reject) => {
    const confirmed = () =>
      world.gate.telegram.at({ call: /getUpdates/, moment: 'before' }, action);
    world.gate.telegram
      .at(fetched, () => {
        confirmed().then(resolve, reject);
        return Promise.resolve();
      })
      .catch(reject);
  });
}

describe('killed with -9 when', () => {
  test.each(MOMENTS)('the invoice is sent, %s', async (moment) => {
    const user = world.newUser();
    await Promise.all([
      world.killAt('telegram', { call: /sendInvoice/, moment }),
      payForVideo(user),
    ]);
    await expectPaidVideo(user);
  });

  test.each(MOMENTS)('the question before the payment is answered, %s', async (moment) => {
    const user = world.newUser();
    const point = { call: /answerPreCheckoutQuery/, moment };
    await Promise.all([world.killAt('telegram', point), payForVideo(user)]);
    await expectPaidVideo(user);
  });

  test('the payment is fetched, before we hear of it', async () => {
    const user = world.newUser();
    const point: GatePoint = { call: /getUpdates/, moment: 'after', body: /successful_payment/ };
    await Promise.all([world.killAt('telegram', point), payForVideo(user)]);
    await expectPaidVideo(user);
  });

  test('the payment is stored, before Telegram hears of it', async () => {
    const user = world.newUser();
    await Promise.all([atConfirmation(world.restart), payForVideo(user)]);
    await expectPaidVideo(user);
  });

  test.each(MOMENTS)('the paid invoice is taken away, %s', async (moment) => {
    const user = world.newUser();
    await chooseVideo(user);
    const invoice = await user.waitFor((m) => m.invoice !== undefined, { timeoutMs: 20_000 });
    const body = moment === 'before' ? { body: new RegExp(`"message_id":${invoice.id}\\b`) } : {};
    await Promise.all([
      world.killAt('telegram', { call: /deleteMessage/, moment, ...body }),
      pay(user),
    ]);
    await expectPaidVideo(user);
    await expect.poll(() => user.chat().filter((m) => m.invoice !== undefined)).toEqual([]);
  });

  test.each(MOMENTS)('the money goes back, %s', async (moment) => {
    const user = world.newUser();
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 7, times: 1 });
    const point = { call: /refundStarPayment/, moment };
    await Promise.all([world.killAt('telegram', point), payForVideo(user)]);
    await expectMoneyBack(user);
  });

  test.each(MOMENTS)(
    'a payment that no update told of is found in the list, %s',
    async (moment) => {
      const user = world.newUser();
      const { apiRoot } = world.telegram;
      const token = '700000001:sandbox-token-of-the-one-and-only-bot';
      const lost: GatePoint = { call: /getUpdates/, moment: 'after', body: /successful_payment/ };
      const dropped = world.gate.telegram.at(lost, async () => {
        await world.keeper.kill();
        await fetch(`${apiRoot}/bot${token}/deleteWebhook?drop_pending_updates=true`);
        const killed = world.killAt('telegram', { call: /getStarTransactions/, moment });
        await world.keeper.start();
        await killed;
      });
      await Promise.all([dropped, payForVideo(user)]);
      await expectPaidVideo(user);
    },
  );
});

describe('killed with -9 at the submit of', () => {
  test.each(MOMENTS)('the second try of a generation that failed, %s', async (moment) => {
    const user = world.newUser();
    world.pixverse.faults.add({ on: 'generation', kind: 'ends_as', status: 8, times: 1 });
    const point = { call: SUBMIT, moment, occurrence: 2 };
    await Promise.all([world.killAt('pixverse', point), payForVideo(user)]);
    await expectPaidVideo(user, 2);
  });

  test.each(MOMENTS)('one picture of both, after Fusion was refused, %s', async (moment) => {
    const user = world.newUser();
    world.pixverse.faults.add({ on: 'submit', kind: 'error', code: 500071, times: 1 });
    const point = { call: /img\/generate/, moment };
    await Promise.all([world.killAt('pixverse', point), payForVideo(user)]);
    await expectVideos(user, 1);
    expectOneCharge(user);
    const routes = world.read(
      'select videos.route from videos join orders on orders.id = order_id where chat_id = ?',
      String(user.id),
    );
    expect(routes).toEqual([{ route: 'composite' }]);
  });

  test.each(MOMENTS)('an order that takes credits, %s', async (moment) => {
    const user = world.newUser();
    user.sendText('/buy');
    const hasInvoice = () => unpaidInvoice(user) !== undefined;
    await tapUntil(user, /25 credits/, hasInvoice);
    await pay(user);
    await expectBot(user, /25 credits/);
    await Promise.all([world.killAt('pixverse', { call: SUBMIT, moment }), chooseVideo(user)]);
    await expectVideos(user, 1);
    await expectOneVideo(world, user);
    expect(kindsOf(user)).toEqual(['purchase', 'order_spend']);
    expect(chargesOf(user)).toMatchObject([{ refundedAt: null }]);
  });
});

describe('with updates by webhook, killed with -9 when', () => {
  let polled: KillWorld;
  beforeAll(async () => {
    polled = world;
    world = await openKillWorld({ FREE_VIDEOS: '0' }, { isByWebhook: true });
  });
  afterAll(async () => {
    await world.endWithClosedBooks();
    world = polled;
  });

  test.each<[string, 'pixverse' | 'telegram', GatePoint]>([
    ['the payment is agreed to', 'telegram', { call: /answerPreCheckoutQuery/, moment: 'after' }],
    ['the order is accepted', 'pixverse', { call: SUBMIT, moment: 'after' }],
    ['the video is in the card', 'telegram', { call: /editMessageMedia/, moment: 'after' }],
  ])('%s', async (_name, service, point) => {
    const user = world.newUser();
    await Promise.all([world.killAt(service, point), payForVideo(user)]);
    await expectPaidVideo(user);
  });
});
