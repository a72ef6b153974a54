import { BotError, GrammyError, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createInbox,
  type Inbox,
  type InboxOptions,
  personKey,
} from '../../src/bots/telegram/inbox.js';
import { UpstreamError } from '../../src/core/errors.js';
import { type CoreWorld, openCoreWorld, START } from '../support/core-world.js';
import { createFakeTime, type FakeTime } from '../support/fake-time.js';

const MINUTE_MS = 60_000;

let world: CoreWorld;
let time: FakeTime;
beforeEach(async () => {
  world = await openCoreWorld();
  time = createFakeTime(START);
});
afterEach(() => world.close());

function message(updateId: number, userId: number): Update {
  const from = { id: userId, is_bot: false, first_name: 'Kim' };
  const chat = { id: userId, type: 'private' as const, first_name: 'Kim' };
  return { update_id: updateId, message: { message_id: updateId, date: 1, from, chat, text: 'x' } };
}

function inboxWith(options: Partial<InboxOptions>): Inbox {
  return createInbox(
    { ...world.ctx, now: time.now },
    {
      wait: time.wait,
      handle: () => Promise.resolve(),
      answerAtOnce: () => null,
      apologize: () => Promise.resolve(),
      ...options,
    },
  );
}

/** An inbox of a bot that is connected. */
async function openInbox(options: Partial<InboxOptions>): Promise<Inbox> {
  const inbox = inboxWith(options);
  await inbox.resume();
  return inbox;
}

/** A promise that is settled from outside. */
function door() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

describe('updates', () => {
  test('are handled in order for each person, and nobody waits for a slow other', async () => {
    const slow = door();
    const handled: string[] = [];
    const inbox = await openInbox({
      handle: async (update) => {
        const userId = personKey(update);
        if (userId === '1') await slow.opened;
        handled.push(`${userId}:${update.update_id}`);
      },
    });
    await inbox.receive([message(1, 1), message(2, 1), message(3, 2), message(4, 2)]);
    while (handled.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(handled).toEqual(['2:3', '2:4']);
    slow.open();
    await inbox.idle();
    expect(handled).toEqual(['2:3', '2:4', '1:1', '1:2']);
  });

  test('are handled once, however often they are delivered', async () => {
    const handled: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1), message(1, 1)]);
    await inbox.receive([message(1, 1)]);
    await inbox.idle();
    expect(handled).toEqual([1]);
  });

  test('are taken whatever their numbers are: a later one may have a smaller number', async () => {
    const handled: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(900, 1)]);
    await inbox.receive([message(7, 1), message(900, 1)]);
    await inbox.idle();
    expect(handled).toEqual([900, 7]);
  });

  test('that were stored and not handled go on with the next start', async () => {
    const hung = await openInbox({ handle: () => new Promise(() => undefined) });
    await hung.receive([message(1, 1), message(2, 1)]);
    const handled: number[] = [];
    const next = inboxWith({
      handle: (update) => {
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await next.resume();
    await next.idle();
    expect(handled).toEqual([1, 2]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('that come before the bot is connected are stored, and handled once and in order after it', async () => {
    const handled: number[] = [];
    const inbox = inboxWith({
      handle: (update) => {
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1)]);
    await inbox.idle();
    expect(handled).toEqual([]);
    await Promise.all([
      inbox.receive([message(2, 1)]),
      inbox.resume(),
      inbox.receive([message(3, 1)]),
      inbox.resume(),
    ]);
    await inbox.receive([message(1, 1)]);
    await inbox.idle();
    expect(handled).toEqual([1, 2, 3]);
  });

  test('that met network trouble are handled again, with growing waits, for half an hour', async () => {
    const tries: number[] = [];
    const apologies: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        tries.push(time.now() - START);
        throw new BotError(new HttpError('no answer', new Error('x')), { update } as never);
      },
      apologize: (update) => {
        apologies.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1)]);
    await time.advance(29 * MINUTE_MS);
    expect(tries.slice(0, 8)).toEqual([0, 500, 1500, 3500, 7500, 15500, 31500, 61500]);
    expect(apologies).toEqual([]);
    await time.advance(2 * MINUTE_MS);
    expect(apologies).toEqual([1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('wait as long as Telegram asks for', async () => {
    const tries: number[] = [];
    const inbox = await openInbox({
      handle: () => {
        tries.push(time.now() - START);
        if (tries.length > 1) return Promise.resolve();
        const parameters = { retry_after: 90 };
        const refusal = { ok: false as const, error_code: 429, description: 'x', parameters };
        throw new GrammyError('Too Many Requests', refusal, 'sendMessage', {});
      },
    });
    await inbox.receive([message(1, 1)]);
    await time.advance(2 * MINUTE_MS);
    expect(tries).toEqual([0, 90_000]);
  });

  test('that wait for the network delay their own person only, however many they are', async () => {
    const handled: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        if (update.update_id <= 200) throw new HttpError('no answer', new Error('x'));
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    const lost = Array.from({ length: 200 }, (_, index) => message(index + 1, index + 1));
    await inbox.receive([...lost, message(201, 1), message(202, 999)]);
    await time.advance(1);
    expect(handled).toEqual([202]);
  });

  test('that a repeat does not help are given up soon', async () => {
    let tries = 0;
    const inbox = await openInbox({
      handle: () => {
        tries += 1;
        const fault = { service: 'telegram', operation: 'fetchFile', isRetryable: true };
        throw new UpstreamError({ ...fault, upstreamCode: 404 });
      },
    });
    await inbox.receive([message(1, 1)]);
    await time.advance(MINUTE_MS);
    expect(tries).toBe(6);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('that hang let their person go on, stay stored, and are handled again', async () => {
    const handled: number[] = [];
    let hangs = 1;
    const inbox = await openInbox({
      handle: (update) => {
        hangs -= update.update_id === 1 ? 1 : 0;
        if (update.update_id === 1 && hangs >= 0) return new Promise(() => undefined);
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1), message(2, 1)]);
    await time.advance(89_000);
    expect(handled).toEqual([]);
    await time.advance(2_000);
    expect(handled).toEqual([2]);
    expect(world.errors.join()).toContain('a handler hangs');
    expect(await world.ctx.store.pendingUpdates('telegram')).toHaveLength(1);
    await time.advance(MINUTE_MS);
    expect(handled).toEqual([2, 1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('that hang again and again are told to the person once and do not come back', async () => {
    const tries: number[] = [];
    const apologies: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        tries.push(update.update_id);
        return new Promise(() => undefined);
      },
      apologize: (update) => {
        apologies.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1)]);
    await time.advance(30 * MINUTE_MS);
    expect(tries).toEqual([1, 1, 1]);
    expect(apologies).toEqual([1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('that end after all are not handled again', async () => {
    const slow = door();
    const tries: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        tries.push(update.update_id);
        return slow.opened;
      },
    });
    await inbox.receive([message(1, 1)]);
    await time.advance(91_000);
    slow.open();
    await time.advance(30 * MINUTE_MS);
    expect(tries).toEqual([1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });

  test('that hit a bug are told to the person once and do not come back', async () => {
    const apologies: number[] = [];
    const inbox = await openInbox({
      handle: () => Promise.reject(new TypeError('bug')),
      apologize: (update) => {
        apologies.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1)]);
    await inbox.idle();
    expect(apologies).toEqual([1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
    expect(world.errors.join()).toContain('could not be handled');
  });
});

describe('an update that tells of money', () => {
  const details = {
    currency: 'XTR',
    total_amount: 150,
    invoice_payload: 'c',
    telegram_payment_charge_id: 'ch',
    provider_payment_charge_id: '',
  } as const;

  test.each([
    ['was paid', { successful_payment: details }],
    ['went back', { refunded_payment: details }],
  ])('that %s is never given up, and keeps nobody waiting', async (_name, money) => {
    const handled: number[] = [];
    const apologies: number[] = [];
    let failures = 200;
    const inbox = await openInbox({
      handle: (update) => {
        failures -= update.update_id === 1 ? 1 : 0;
        if (update.update_id === 1 && failures >= 0) throw new Error('database or disk is full');
        handled.push(update.update_id);
        return Promise.resolve();
      },
      apologize: (update) => {
        apologies.push(update.update_id);
        return Promise.resolve();
      },
    });
    const { message: frame } = message(1, 1);
    await inbox.receive([{ update_id: 1, message: { ...frame, ...money } } as Update]);
    await inbox.receive([message(2, 1)]);
    await time.advance(60 * MINUTE_MS);
    expect(handled).toEqual([2]);
    expect(apologies).toEqual([]);
    expect(world.errors.join()).toContain('a payment could not be booked');
    expect(await world.ctx.store.pendingUpdates('telegram')).toHaveLength(1);
    await time.advance(60 * MINUTE_MS);
    expect(handled).toEqual([2, 1]);
    expect(await world.ctx.store.pendingUpdates('telegram')).toEqual([]);
  });
});

describe('the key of a person', () => {
  test('is the sender in any kind of update, a pre-checkout query included', () => {
    const from = { id: 5, is_bot: false, first_name: 'K' };
    expect(personKey(message(1, 7))).toBe('7');
    expect(personKey({ update_id: 1, callback_query: { id: '1', from, chat_instance: '' } })).toBe(
      '5',
    );
    expect(personKey({ update_id: 1, pre_checkout_query: { from } } as Update)).toBe('5');
    const odd = { from: { id: { toString: 1 } }, chat: { id: 'x' } };
    for (const part of [odd, null, 5, 'x', []]) {
      expect(personKey({ update_id: 1, message: part } as unknown as Update)).toBe('nobody');
    }
    expect(personKey({ update_id: 1, channel_post: { chat: { id: -9 } } } as Update)).toBe('-9');
  });
});
