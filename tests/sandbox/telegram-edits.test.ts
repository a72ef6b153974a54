// What a bot can change afterwards: its messages, and what it says about itself.

import { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import {
  call,
  callWithFiles,
  createHandClock,
  createMp4,
  createPicture,
  start,
  TOKEN,
} from './telegram-setup.js';

const NOT_MODIFIED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same ' +
  'as a current content and reply markup of the message';

async function open(): Promise<{ telegram: TelegramStandIn; anna: SandboxUser }> {
  const telegram = await start();
  return { telegram, anna: telegram.user({ id: 1001, first_name: 'Anna' }) };
}

async function refusal(telegram: TelegramStandIn, method: string, parameters: object) {
  const { ok, status, error_code, description } = await call(telegram, method, parameters);
  expect({ ok, status }).toEqual({ ok: false, status: error_code });
  return description;
}

describe('an edit', () => {
  it('changes the text, sets the time and takes away a keyboard that it does not repeat', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    const { message_id, date } = await bot.api.sendMessage(1001, '1', { reply_markup });
    clock.advance(3000);
    const edited = await bot.api.editMessageText(1001, message_id, '2');
    expect(edited).toMatchObject({ text: '2', date, edit_date: date + 3 });
    expect(anna.chat()).toMatchObject([{ text: '2', buttons: [] }]);
    await bot.api.editMessageReplyMarkup(1001, message_id, { reply_markup });
    expect(anna.chat()).toMatchObject([{ text: '2', buttons: [[{ text: 'Go' }]] }]);
  });

  it('that changes nothing is refused, however it is written', async () => {
    const { telegram, anna } = await open();
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };
    const frame = { chat_id: 1001, reply_markup };
    const { result } = await call(telegram, 'sendMessage', {
      ...frame,
      text: '<b>x</b>',
      parse_mode: 'HTML',
    });
    const { message_id } = result;
    const entities = [{ type: 'bold', offset: 1, length: 1 }];
    const same = { ...frame, message_id, text: ' x ', entities };
    expect(await refusal(telegram, 'editMessageText', same)).toBe(NOT_MODIFIED);
    expect(await refusal(telegram, 'editMessageReplyMarkup', { ...frame, message_id })).toBe(
      NOT_MODIFIED,
    );
    expect((await call(telegram, 'editMessageText', { ...same, entities: [] })).ok).toBe(true);
    expect(anna.chat()[0]?.editDate).toBeDefined();
  });

  it('needs a message of the bot that is there and has such content', async () => {
    const { telegram, anna } = await open();
    const mine = anna.sendText('x');
    const edit = (method: string, parameters: object) =>
      refusal(telegram, method, { chat_id: 1001, ...parameters });
    expect(await edit('editMessageText', { message_id: 77, text: 'y' })).toBe(
      'Bad Request: message to edit not found',
    );
    expect(await edit('editMessageText', { message_id: mine, text: 'y' })).toBe(
      "Bad Request: message can't be edited",
    );
    expect(await edit('editMessageText', { text: 'y' })).toBe(
      'Bad Request: message identifier is not specified',
    );
    const sent = await callWithFiles(telegram, 'sendPhoto', {
      chat_id: '1001',
      photo: await createPicture(),
    });
    const { message_id } = sent.result;
    expect(await edit('editMessageText', { message_id, text: 'y' })).toBe(
      'Bad Request: there is no text in the message to edit',
    );
    const text = await call(telegram, 'sendMessage', { chat_id: 1001, text: 'x' });
    expect(
      await edit('editMessageCaption', { message_id: text.result.message_id, caption: 'y' }),
    ).toBe('Bad Request: there is no caption in the message to edit');
  });

  it('of a caption keeps the media; without a caption it takes the old one away', async () => {
    const { telegram, anna } = await open();
    const { result } = await callWithFiles(telegram, 'sendVideo', {
      chat_id: '1001',
      video: createMp4({ hasAudio: true }),
      caption: 'one',
      show_caption_above_media: 'true',
      has_spoiler: 'true',
    });
    const frame = { chat_id: 1001, message_id: result.message_id };
    expect(anna.chat()[0]).toMatchObject({ isCaptionAbove: true, hasSpoiler: true });
    await call(telegram, 'editMessageCaption', { ...frame, caption: 'two' });
    expect(anna.chat()[0]).toMatchObject({ caption: 'two', video: { duration: 5 } });
    expect(anna.chat()[0]?.isCaptionAbove).toBeUndefined();
    await call(telegram, 'editMessageCaption', frame);
    expect(anna.chat()[0]?.caption).toBeUndefined();
    expect(
      await refusal(telegram, 'editMessageCaption', { ...frame, caption: 'x'.repeat(1025) }),
    ).toBe('Bad Request: message caption is too long');
  });
});

describe('a deletion', () => {
  it('removes messages of either side within 48 hours', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const ids = [anna.sendText('a'), anna.sendText('b'), anna.sendText('c'), anna.sendText('d')];
    const [first, ...rest] = ids;
    const remove = (message_id: number | undefined) =>
      call(telegram, 'deleteMessage', { chat_id: 1001, message_id });
    expect((await remove(first)).result).toBe(true);
    expect((await remove(first)).description).toBe('Bad Request: message to delete not found');
    const several = { chat_id: 1001, message_ids: [999, ...rest.slice(0, 2)] };
    expect((await call(telegram, 'deleteMessages', several)).result).toBe(true);
    expect(anna.chat().map(({ text }) => text)).toEqual(['d']);
    clock.advance(48 * 3600 * 1000 + 1000);
    expect((await remove(ids[3])).description).toBe(
      "Bad Request: message can't be deleted for everyone",
    );
  });
});

describe('what the bot says about itself', () => {
  it('is kept by language and scope, and is what people see', async () => {
    const { telegram } = await open();
    const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
    const hug = (description: string) => [{ command: 'hug', description }];
    await bot.api.setMyCommands(hug('Start a hug'));
    await bot.api.setMyCommands(hug('Umarmen'), { language_code: 'de' });
    await bot.api.setMyCommands(hug('Just you'), { scope: { type: 'chat', chat_id: 1002 } });
    expect(telegram.commands()).toEqual(hug('Start a hug'));
    expect(telegram.commands('de')).toEqual(hug('Umarmen'));
    expect(telegram.commands('fr')).toEqual([]);
    const menu = (id: number, language_code: string) =>
      telegram.user({ id, first_name: 'P', language_code }).commands();
    expect(menu(1003, 'de')).toEqual(hug('Umarmen'));
    expect(menu(1004, 'fr')).toEqual(hug('Start a hug'));
    expect(menu(1002, 'fr')).toEqual(hug('Just you'));
    await bot.api.deleteMyCommands({ language_code: 'de' });
    expect(await bot.api.getMyCommands({ language_code: 'de' })).toEqual([]);
  });

  it('refuses commands and texts that Telegram refuses', async () => {
    const { telegram } = await open();
    const set = (command: string, description: string) =>
      call(telegram, 'setMyCommands', { commands: [{ command, description }] });
    expect((await set('Hug', 'x')).description).toBe('Bad Request: BOT_COMMAND_INVALID');
    expect((await set('hug', '')).description).toBe('Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
    expect((await call(telegram, 'setMyName', { name: 'x'.repeat(65) })).ok).toBe(false);
    expect(
      (await call(telegram, 'setMyCommands', { commands: [], language_code: 'pt-BR' })).ok,
    ).toBe(false);
  });

  it('has a name, descriptions and a menu button', async () => {
    const { telegram } = await open();
    const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
    await bot.api.setMyName('NEXORA Hug');
    await bot.api.setMyDescription('Two photos, one hug');
    await bot.api.setMyDescription('Zwei Fotos, eine Umarmung', { language_code: 'de' });
    await bot.api.setMyShortDescription('Hugs');
    await bot.api.setChatMenuButton({ menu_button: { type: 'commands' } });
    expect(telegram.description('fr')).toEqual({
      name: 'NEXORA Hug',
      description: 'Two photos, one hug',
      shortDescription: 'Hugs',
      menuButton: { type: 'commands' },
    });
    expect(await bot.api.getMyDescription({ language_code: 'de' })).toEqual({
      description: 'Zwei Fotos, eine Umarmung',
    });
    expect(await bot.api.getMyName()).toEqual({ name: 'NEXORA Hug' });
    expect(await bot.api.getChatMenuButton()).toEqual({ type: 'commands' });
  });
});
