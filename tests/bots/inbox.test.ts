import { BotError, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createInbox,
  type Inbox,
  type InboxOptions,
  personKey,
} from '../../src/bots/telegram/inbox.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

let world: CoreWorld;
beforeEach(async () => {
  world = await openCoreWorld();
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
});

function message(updateId: number, userId: number): Update {
  const from = { id: userId, is_bot: false, first_name: 'Kim' };
  const chat = { id: userId, type: 'private' as const, first_name: 'Kim' };
  return { update_id: updateId, message: { message_id: updateId, date: 1, from, chat, text: 'x' } };
}

function inboxWith(options: Partial<InboxOptions>): Inbox {
  return createInbox(world.ctx, {
    handle: () => Promise.resolve(),
    answerAtOnce: () => null,
    apologize: () => Promise.resolve(),
    ...options,
  });
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

  test('of a person go on after a handler that hangs, with a line in the log', async () => {
    vi.useFakeTimers();
    const handled: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        if (update.update_id === 1) return new Promise(() => undefined);
        handled.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1), message(2, 1)]);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(handled).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(handled).toEqual([2]);
    expect(world.errors.join()).toContain('a handler hangs');
  });

  test('that met network trouble are handled again, with growing waits', async () => {
    vi.useFakeTimers();
    let tries = 0;
    const apologies: number[] = [];
    const inbox = await openInbox({
      handle: (update) => {
        tries += 1;
        if (tries < 4) {
          throw new BotError(new HttpError('no answer', new Error('x')), { update } as never);
        }
        return Promise.resolve();
      },
      apologize: (update) => {
        apologies.push(update.update_id);
        return Promise.resolve();
      },
    });
    await inbox.receive([message(1, 1)]);
    await vi.advanceTimersByTimeAsync(400);
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tries).toBe(4);
    expect(apologies).toEqual([]);
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
