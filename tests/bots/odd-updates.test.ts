// Updates that Telegram may send and that nobody thinks of, one test for each that went wrong.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { type BotWorld, openBotWorld } from '../support/odd-world.js';
import { textOf } from '../support/flow.js';

const PERSON = { id: 42, is_bot: false, first_name: 'Kim', language_code: 'en' };
const CHAT = { id: 42, type: 'private', first_name: 'Kim' };

let world: BotWorld;
let user: SandboxUser;
beforeEach(async () => {
  world = await openBotWorld();
  user = world.openUser({ id: 42, first_name: 'Kim', language_code: 'en' });
});
afterEach(async () => {
  await world.close();
});

/** Hands the bot one update and answers what it said, newest last. */
async function receive(part: object): Promise<string[]> {
  await world.receive([{ update_id: 1, ...part }]);
  await world.finished();
  return user
    .chat()
    .filter((message) => message.from === 'bot')
    .map(textOf);
}

function tap(more: object) {
  const message = { message_id: 5, date: 1, chat: CHAT };
  return { callback_query: { id: 'tap', from: PERSON, chat_instance: '1', message, ...more } };
}

function command(text: string) {
  const [name = ''] = text.split(' ');
  const entities = [{ type: 'bot_command', offset: 0, length: name.length }];
  return { message_id: 1, date: 1, from: PERSON, chat: CHAT, text, entities };
}

describe('a tap', () => {
  test('whose answer nobody waits for any more does what it says, without an apology', async () => {
    const said = await receive(tap({ data: 'start' }));
    expect(said).toEqual([expect.stringMatching(/Send me two photos/)]);
    expect(world.errors).toEqual([]);
  });

  test('in a group is answered, so that the button does not go on spinning', async () => {
    const chat = { id: -100_1, type: 'supergroup', title: 'G' };
    await receive(tap({ data: 'start', message: { message_id: 5, date: 1, chat } }));
    expect(world.answered).toContain('tap');
    expect(world.errors).toEqual([]);
  });

  test('for a language on a message that is gone is answered with a new one', async () => {
    const message = { message_id: 4_711, date: 0, chat: CHAT };
    const said = await receive(tap({ data: 'language:es', message }));
    expect(said).toEqual([expect.stringMatching(/Ahora hablo español/)]);
    expect(world.answered).toContain('tap');
    expect(world.errors).toEqual([]);
  });

  test('for a language that comes twice is done once, without an apology', async () => {
    await receive({ message: command('/language') });
    const [menu] = user.chat().filter((message) => message.from === 'bot');
    const message = { message_id: menu?.id, date: 1, chat: CHAT };
    const twice = ['1', '2'].map((id) => ({ ...tap({ id, data: 'language:es', message }) }));
    await world.receive(twice.map((one, index) => ({ update_id: 2 + index, ...one })));
    await world.finished();
    expect(world.answered).toEqual(new Set(['1', '2']));
    expect(user.chat()).toHaveLength(1);
    expect(world.errors).toEqual([]);
  });
});

test('however many messages somebody sends while a draft is open, each one is answered', async () => {
  await receive({ message: command('/hug') });
  const texts = Array.from({ length: 45 }, (_, index) => ({
    update_id: 2 + index,
    message: { message_id: 2 + index, date: 1, from: PERSON, chat: CHAT, text: 'hello?' },
  }));
  await world.receive(texts);
  await world.finished();
  expect(user.chat()).toHaveLength(1 + texts.length);
  expect(world.errors).toEqual([]);
});

describe('an admin', () => {
  const ADMIN = { ...PERSON, id: 1 };

  async function receiveFromAdmin(text: string): Promise<string> {
    const admin = world.openUser({ id: 1, first_name: 'Kim', language_code: 'en' });
    const chat = { ...CHAT, id: 1 };
    await world.receive([{ update_id: 7, message: { ...command(text), from: ADMIN, chat } }]);
    await world.finished();
    await world.turn(1_000);
    return admin.chat().map(textOf).join('\n');
  }

  test('who names somebody at great length hears that nobody is called that', async () => {
    const said = await receiveFromAdmin(`/credits show ${'x'.repeat(4_080)}`);
    expect(said).not.toMatch(/something went wrong/i);
    expect(said).toMatch(/x{32}…/);
    expect(world.errors).toEqual([]);
  });

  test('who gives a long reason has it cut between two characters, not inside of one', async () => {
    const said = await receiveFromAdmin(`/credits grant me 5 a${'😀'.repeat(300)}`);
    expect(said).toContain('😀'.repeat(199));
    expect(world.brokenTexts).toEqual([]);
  });
});
