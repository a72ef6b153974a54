import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stopAndErase } from '../../src/core/erasing.js';
import type { Person } from '../../src/core/model.js';
import { openPackCheckout } from '../../src/core/money/checkout.js';
import { refundByAdmin, settlePayment } from '../../src/core/money/settlement.js';
import { chooseVariant, orderAgain } from '../../src/core/orders/orders.js';
import type { NoticeContent } from '../../src/core/ports/messenger.js';
import {
  answerTicket,
  type Asker,
  forgetPrompt,
  hasReaders,
  openTicket,
  promptForAnswer,
  promptForTicket,
  readPrompt,
  reportOrder,
} from '../../src/core/support.js';
import { type CoreWorld, GENERATION_MS, openCoreWorld } from '../support/core-world.js';

const ADMIN = { platform: 'telegram' as const, chatId: '1' };

let world: CoreWorld;
let person: Person;
let asker: Asker;
beforeEach(async () => {
  world = await openCoreWorld();
  person = await world.newPerson('77');
  asker = { person, address: world.addressOf(person), account: 'telegram:77' };
});
afterEach(async () => {
  const checks = await world.ctx.store.checkBooks(world.clock.now, world.ctx.config.photoKeepMs);
  await world.close();
  expect(checks.filter((check) => check.violations > 0)).toEqual([]);
});

function noticesOf<K extends NoticeContent['kind']>(kind: K) {
  return world.messenger.notices.filter(
    (notice): notice is Extract<NoticeContent, { kind: K }> => notice.kind === kind,
  );
}

async function buyPack(): Promise<string> {
  await openPackCheckout(world.ctx, person, asker.address, 'c25');
  await world.run();
  const [checkout] = [...world.bank.shown.values()];
  if (checkout === undefined) throw new Error('no invoice');
  const settled = await settlePayment(world.ctx, world.bank.pay(checkout), 'telegram');
  return settled.payment.id;
}

describe('a question', () => {
  test('reaches every admin with orders, payments and what can be given back', async () => {
    const paymentId = await buyPack();
    const free = await world.order(person);
    await world.settle();
    const order = await world.order(person, 'standard');
    await world.settle();
    expect(await openTicket(world.ctx, asker, 'abcdefghijkmnpqr', 'where is it?')).toBe('opened');
    expect(await openTicket(world.ctx, asker, 'abcdefghijkmnpqr', 'where is it?')).toBe('same');
    await world.run();
    const [ticket, ...more] = noticesOf('ticket');
    expect(more).toEqual([]);
    expect(ticket).toMatchObject({ from: 'telegram:77', text: 'where is it?' });
    expect(ticket?.orders.map(({ id, status, paid }) => [id, status, paid?.amountMinor])).toEqual([
      [order.id, 'delivered', 150],
      [free.id, 'delivered', undefined],
    ]);
    expect(ticket?.payments).toMatchObject([{ id: paymentId, status: 'settled' }]);
    expect(ticket?.refunds).toEqual([
      { id: order.id, paid: null, credits: 3 },
      expect.objectContaining({ id: paymentId, credits: 25 }),
    ]);
    expect(noticesOf('ticket_received')).toEqual([{ kind: 'ticket_received', contact: null }]);
    const by = { actor: 'telegram:1', reason: null };
    expect((await refundByAdmin(world.ctx, order.id, by)).outcome).toBe('credits_returned');
    expect((await refundByAdmin(world.ctx, paymentId, by)).outcome).toBe('due');
    expect((await refundByAdmin(world.ctx, paymentId, by)).outcome).toBe('already');
    await openTicket(world.ctx, asker, 'bbbbbbbbbbbbbbbb', 'thanks');
    await world.run();
    expect(noticesOf('ticket').at(-1)?.refunds).toEqual([]);
  });

  test('offers the credits of a video whose payment cannot go back', async () => {
    world.bank.canRefund = false;
    await world.order(person);
    await world.settle();
    const draft = await world.draft(person);
    const chosen = await chooseVariant(world.ctx, person, draft, 'premium');
    if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
    await world.run();
    await settlePayment(world.ctx, world.bank.pay(chosen.checkout), 'telegram');
    await world.settle();
    await openTicket(world.ctx, asker, 'abcdefghijkmnpqr', 'not what I hoped for');
    await world.run();
    expect(noticesOf('ticket')[0]?.refunds).toEqual([{ id: draft.id, paid: null, credits: 5 }]);
  });

  test('is one of three that may wait, and there is room again after an hour', async () => {
    for (const id of ['a', 'b', 'c']) await openTicket(world.ctx, asker, id, 'hello');
    expect(await openTicket(world.ctx, asker, 'd', 'hello')).toBe('too_many');
    await world.run();
    world.clock.now += 60 * 60_000 + 1;
    expect(await openTicket(world.ctx, asker, 'd', 'hello')).toBe('opened');
  });

  test('is answered in the chat of whoever asked, once for each answer', async () => {
    await openTicket(world.ctx, asker, 'abcdefghijkmnpqr', 'where is it?');
    expect(await promptForAnswer(world.ctx, ADMIN, 'unknownunknownun')).toBeNull();
    await promptForAnswer(world.ctx, ADMIN, 'abcdefghijkmnpqr');
    expect(await readPrompt(world.ctx, ADMIN)).toEqual({
      kind: 'answer',
      ticketId: 'abcdefghijkmnpqr',
    });
    const answer = { ticketId: 'abcdefghijkmnpqr', text: 'here it is', cause: '7' };
    expect(await answerTicket(world.ctx, ADMIN, answer)).toBe('answered');
    await answerTicket(world.ctx, ADMIN, answer);
    await world.run();
    expect(noticesOf('support_answer')).toEqual([{ kind: 'support_answer', text: 'here it is' }]);
    expect(noticesOf('answer_sent')).toHaveLength(1);
    expect(await readPrompt(world.ctx, ADMIN)).toBeNull();
  });

  test('is waited for half an hour, or until it is forgotten', async () => {
    await promptForTicket(world.ctx, asker.address);
    expect((await readPrompt(world.ctx, asker.address))?.kind).toBe('ticket');
    expect(await forgetPrompt(world.ctx, asker.address)).toBe(true);
    expect(await forgetPrompt(world.ctx, asker.address)).toBe(false);
    await promptForTicket(world.ctx, asker.address);
    world.clock.now += 30 * 60_000;
    expect(await readPrompt(world.ctx, asker.address)).toBeNull();
  });

  test('has no reader where there is no admin', () => {
    expect(hasReaders(world.ctx)).toBe(true);
    const alone = { ...world.ctx, config: { ...world.ctx.config, adminIds: [] } };
    expect(hasReaders(alone)).toBe(false);
    expect(hasReaders({ ...world.ctx, messengers: new Map() })).toBe(false);
  });
});

describe('a report', () => {
  test('reaches the admins once', async () => {
    const order = await world.order(person);
    expect(await reportOrder(world.ctx, asker, order)).toBe('opened');
    expect(await reportOrder(world.ctx, asker, order)).toBe('already');
    await world.run();
    expect(noticesOf('report')).toMatchObject([
      { from: 'telegram:77', orderId: order.id, status: 'queued' },
    ]);
  });

  test('of a delivered video ends in a video that is nowhere any more', async () => {
    const order = await world.order(person);
    await world.settle();
    expect(world.messenger.videosOf(order.id)).toBe(1);
    expect(await world.ctx.files.list()).toHaveLength(1);
    expect(await stopAndErase(world.ctx, order.id)).toEqual({
      outcome: 'erased',
      messagesRemoved: 1,
    });
    expect(world.messenger.videosOf(order.id)).toBe(0);
    expect(await world.ctx.files.list()).toEqual([]);
    expect((await world.ctx.store.listVideos(person.id, { offset: 0, limit: 5 })).total).toBe(0);
    const erased = await world.read(order.id);
    expect(erased).toMatchObject({ status: 'delivered', fileRef: null });
    expect(erased.photos.every((photo) => photo.erasedAt !== null)).toBe(true);
    const video = await world.ctx.store.readVideo(erased.pixverseVideoId ?? '');
    expect(video).toMatchObject({ url: null, filePath: null });
    await expect(orderAgain(world.ctx, person, erased, null)).rejects.toThrow('photos_erased');
    expect((await stopAndErase(world.ctx, order.id)).outcome).toBe('already');
    await world.run();
    expect(noticesOf('order_removed')).toEqual([{ kind: 'order_removed', wasDelivered: true }]);
    expect((await stopAndErase(world.ctx, 'nothing')).outcome).toBe('not_found');
  });

  test('of an order in the queue cancels it and gives back what it took', async () => {
    await world.ctx.store.setSubmitPause(world.clock.now + 60_000);
    const order = await world.order(person);
    await world.run();
    const shown = (await world.read(order.id)).cardMessageId ?? '';
    expect((await stopAndErase(world.ctx, order.id)).outcome).toBe('erased');
    expect((await world.read(order.id)).status).toBe('cancelled');
    expect(world.messenger.messages.has(shown)).toBe(false);
    await world.settle();
    expect(world.messenger.cardOf(order.id)).toBeUndefined();
    expect(await world.ctx.store.freeState(person.id, world.ctx.config.free, 0)).toBe('available');
  });

  test('of an order at PixVerse stops it: what PixVerse makes of it never comes', async () => {
    const order = await world.order(person);
    await world.run();
    expect((await world.read(order.id)).status).toBe('generating');
    expect((await stopAndErase(world.ctx, order.id)).outcome).toBe('erased');
    world.clock.now += 2 * GENERATION_MS;
    const { pixverseVideoId } = await world.read(order.id);
    await world.ctx.store.wakeVideo(pixverseVideoId ?? '', world.clock.now);
    await world.settle();
    expect(await world.read(order.id)).toMatchObject({
      status: 'failed',
      failureCode: 'removed',
      nextAttemptAt: null,
    });
    expect(world.messenger.videosOf(order.id)).toBe(0);
    expect(await world.ctx.files.list()).toEqual([]);
    expect(noticesOf('order_removed')).toEqual([{ kind: 'order_removed', wasDelivered: false }]);
  });
});
