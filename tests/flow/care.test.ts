import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDriver from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  openFlow,
  orderVideo,
  press,
  textOf,
  videosIn,
} from '../support/flow.js';
import { picture } from '../support/pictures.js';
import { findInDatabase } from '../support/scan.js';

let flow: Flow;
let users = 41_000;
beforeAll(async () => {
  flow = await openFlow({ environment: { SUPPORT_CONTACT: 'help@example.com' } });
});
afterAll(async () => {
  const errors = flow.output.filter((line) => /"level":"error"|ERROR/.test(line));
  await flow.close();
  expect(errors).toEqual([]);
});

function newUser(profile: { language_code?: string; username?: string } = {}): SandboxUser {
  users += 1;
  return flow.telegram.user({ id: users, first_name: 'Kim', language_code: 'en', ...profile });
}

/** Says something and waits for an answer that comes after it. */
async function ask(user: SandboxUser, text: string, answer: RegExp): Promise<string> {
  const last = user.chat().at(-1)?.id ?? 0;
  user.sendText(text);
  return textOf(await expectBot(user, (m) => m.id > last && answer.test(textOf(m))));
}

/** Presses a button of the newest message that names this. */
async function pressOn(user: SandboxUser, names: string, label: RegExp) {
  const message = await expectBot(user, (m) => textOf(m).includes(names) && hasButton(label)(m));
  const data = message.buttons.flat().find((b) => label.test(b.text))?.callbackData ?? '';
  return { message, data, answer: await user.press(message.id, data).answer };
}

describe('/paysupport', () => {
  test('takes the next text, in the middle of an order and over a kill, and brings the answer', async () => {
    const user = newUser();
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    await ask(user, '/paysupport', /Tell me in one message/);
    await flow.keeper.kill();
    await flow.keeper.start();
    const said = await ask(user, 'My Stars are gone & nothing came', /has arrived/);
    expect(said).toContain("Telegram's own support can't help");
    expect(said).toContain('help@example.com');
    const about = `telegram:${user.id}`;
    const { message } = await pressOn(flow.user, about, /Answer/);
    expect(textOf(message)).toContain('My Stars are gone & nothing came');
    expect(textOf(message)).toMatch(/^ {3}draft · \d{4}-/m);
    await expectBot(flow.user, /Send your answer to ticket/);
    await ask(flow.user, 'They are on their way.', /Your answer to ticket \w+ is on its way/);
    const answer = await expectBot(user, /Answer from support/);
    expect(textOf(answer)).toContain('They are on their way.');
    await ask(user, 'thank you', /I have one photo/);
  });

  test('takes the text of the command itself, and not too much of it', async () => {
    const user = newUser();
    await ask(user, `/paysupport ${'a'.repeat(2_001)}`, /at most 2,000 characters/);
    for (const text of ['one', 'two', 'three']) {
      await ask(user, `/paysupport ${text}`, /has arrived/);
    }
    await ask(user, '/paysupport four', /3 times within an hour/);
  });

  test('is dropped by /cancel and by every other command', async () => {
    const user = newUser();
    await ask(user, '/paysupport', /Tell me in one message/);
    await ask(user, '/cancel', /not waiting for it any more/);
    await ask(user, 'hello', /Send me two photos to begin/);
    await ask(user, '/paysupport', /Tell me in one message/);
    await ask(user, '/help', /How it works/);
    await ask(user, 'hello', /Send me two photos to begin/);
  });

  test('lets an admin give back with one tap, once, and nobody else', async () => {
    const user = newUser();
    user.sendText('/buy');
    await press(user, /^25 credits/);
    const invoice = await expectBot(user, (m) => m.invoice !== undefined);
    expect(await user.pay(invoice.id)).toMatchObject({ status: 'paid' });
    await expectBot(user, /25 credits are yours/);
    await ask(user, '/paysupport by mistake', /has arrived/);
    const { message, data, answer } = await pressOn(flow.user, `telegram:${user.id}`, /Refund/);
    expect(answer?.text).toBe('It goes back to the person now.');
    await expectBot(user, /1,190 ⭐ are back with you/);
    const again = await flow.user.press(message.id, data).answer;
    expect(again).toMatchObject({ text: 'That was given back before.', showAlert: true });
    await expectBot(flow.user, (m) => /^[\w-]{36}\nIt goes back/.test(textOf(m)));
    await expectBot(flow.user, (m) => /^[\w-]{36}\nThat was given back/.test(textOf(m)));
    const own = user.chat().at(-1)?.id ?? 0;
    const stolen = await user.press(own, data, { stale: true }).answer;
    expect(stolen).toMatchObject({ text: 'That command is for admins.', showAlert: true });
  });
});

describe('Report', () => {
  test('reaches the admins, who stop and erase: the video is gone from the chat and from /videos', async () => {
    const user = newUser();
    await orderVideo(user);
    const [video] = await expectVideos(user, 1);
    const reported = await press(user, /Report/);
    expect(reported?.text).toContain('We have been told');
    expect((await press(user, /Report/))?.text).toContain('You reported this before');
    const { data, answer } = await pressOn(flow.user, `telegram:${user.id}`, /Stop and erase/);
    expect(answer?.text).toContain('Its messages are out of the chat');
    await expectBot(user, /removed after a report/);
    expect(videosIn(user)).toEqual([]);
    await ask(user, '/videos', /no videos yet/);
    const stolen = await user.press(video?.id ?? 0, data, { stale: true }).answer;
    expect(stolen?.text).toBe('That command is for admins.');
  });
});

describe('/delete_my_data', () => {
  test('erases everything after one tap, and /start begins as somebody new', async () => {
    const user = flow.telegram.user({
      id: 8_675_309_042,
      first_name: 'Zephyrine',
      username: 'zephyr_only',
      language_code: 'en',
    });
    await orderVideo(user);
    await expectVideos(user, 1);
    await ask(user, '/paysupport quixotic question', /has arrived/);
    await pressOn(flow.user, `telegram:${user.id}`, /Answer/);
    await ask(flow.user, '/cancel', /not waiting/);
    flow.user.sendText(`/credits grant ${user.id} 4 for testing`);
    await expectBot(user, /You were given 4 credits/);
    const sent = await user.sendPhoto(await picture());
    const card = await expectBot(user, (m) => m.id > sent && /1 of 2/.test(textOf(m)));
    const said = await ask(user, '/delete_my_data', /Shall I erase your data/);
    expect(said).toMatch(/Erased at once[^]*Kept[^]*can't erase[^]*You would lose 4 credits/);
    await press(user, /Erase everything/);
    await expectBot(user, /your data are erased/);
    expect(user.chat().some((m) => m.id === card.id)).toBe(false);

    await flow.keeper.stop();
    const file = join(flow.folder, 'hug.db');
    const personal = ['8675309042', 'ephyrine', 'zephyr_only', 'quixotic'];
    const client = new SqliteDriver(file, { readonly: true });
    expect(findInDatabase(client, personal)).toEqual([]);
    expect(findInDatabase(client, ['Sam'])).toEqual(['identities.display_name']);
    client.close();
    const bytes = readFileSync(file, 'latin1');
    expect(personal.filter((text) => bytes.includes(text))).toEqual([]);
    await flow.keeper.start();

    const hello = await ask(user, '/start', /Two photos in/);
    expect(hello).not.toContain('first video is free');
    await ask(user, '/balance', /You have 0 credits/);
    await ask(user, '/videos', /no videos yet/);
  });

  test('waits for the video that is being made', async () => {
    const user = newUser();
    flow.pixverse.faults.add({ on: 'generation', kind: 'stuck', times: 1 });
    await orderVideo(user);
    await expectBot(user, /Making your video/);
    await ask(user, '/delete_my_data', /is being made at the moment/);
  });

  test('speaks Spanish too, and is in the menu', async () => {
    const user = newUser({ language_code: 'es' });
    await ask(user, '/delete_my_data', /¿Borro tus datos\?/);
    await ask(user, '/paysupport', /Cuéntame en un solo mensaje/);
    const names = user.commands().map((command) => command.command);
    expect(names).toEqual(expect.arrayContaining(['paysupport', 'delete_my_data']));
  });
});

describe('limits', () => {
  test('are told in a sentence, with the time until when', async () => {
    const user = newUser();
    flow.user.sendText(`/credits grant ${user.id} 40`);
    user.sendText('/start');
    await expectBot(user, /Two photos in/);
    for (let orders = 1; orders <= 3; orders += 1) {
      flow.pixverse.faults.add({ on: 'submit', kind: 'moderation', times: 1 });
      const last = user.chat().at(-1)?.id ?? 0;
      if (orders === 1) await orderVideo(user);
      else {
        await user.sendAlbum([await picture({ color: '#cc3333' }), await picture()]);
        const fits = hasButton(/Standard/);
        const card = await expectBot(user, (m) => m.id > last && fits(m));
        const button = card.buttons.flat().find((b) => /Standard/.test(b.text));
        await user.press(card.id, button?.callbackData ?? '').answer;
      }
      await expectBot(user, (m) => m.id > last && /declined these photos/.test(textOf(m)));
    }
    const last = user.chat().at(-1)?.id ?? 0;
    await user.sendAlbum([await picture({ color: '#cc3333' }), await picture()]);
    const card = await expectBot(user, (m) => m.id > last && hasButton(/Standard/)(m));
    const button = card.buttons.flat().find((b) => /Standard/.test(b.text));
    const answer = await user.press(card.id, button?.callbackData ?? '').answer;
    expect(answer?.showAlert).toBe(true);
    expect(answer?.text).toMatch(/I have to pause. You can go on after .*\d{4}.* UTC/);
  });

  test('leave out photos beyond thirty a minute', async () => {
    const user = newUser();
    const bytes = await picture({ width: 320, height: 320 });
    for (let photos = 1; photos <= 31; photos += 1) await user.sendPhoto(bytes);
    await expectBot(user, /a lot of photos at once/);
  });
});

test('where nobody reads questions, it says so', async () => {
  const alone = await openFlow({ environment: { ADMIN_IDS: '' } });
  const user = alone.telegram.user({ id: 5, first_name: 'Kim', language_code: 'en' });
  expect(await ask(user, '/paysupport help', /nobody is set up/)).not.toContain('write to');
  await alone.close();
});
