// A real grammY bot on its own long polling, and people who talk to it.

import { Bot, InlineKeyboard, InputFile } from 'grammy';
import { describe, expect, it } from 'vitest';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { afterwards, createMp4, createPicture, start, TOKEN } from './telegram-setup.js';

const ANNA = { id: 1001, first_name: 'Anna', username: 'anna_k', language_code: 'de' };

/** Runs a bot until the test ends. */
async function run(telegram: TelegramStandIn, install: (bot: Bot) => void): Promise<Bot> {
  const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
  install(bot);
  await bot.init();
  const running = bot.start({ drop_pending_updates: false });
  afterwards(async () => {
    await bot.stop();
    await running;
  });
  return bot;
}

describe('a grammY bot on the stand-in', () => {
  it('answers a command', async () => {
    const telegram = await start();
    await run(telegram, (bot) => {
      bot.command('start', (ctx) => ctx.reply(`Hello ${ctx.from?.first_name ?? ''} ${ctx.match}`));
    });
    const anna = telegram.user(ANNA);
    anna.sendText('/start invite_7');
    const answer = await anna.waitFor((message) => message.from === 'bot');
    expect(answer.text).toBe('Hello Anna invite_7');
    expect(anna.chat().map(({ from, text }) => [from, text])).toEqual([
      ['user', '/start invite_7'],
      ['bot', 'Hello Anna invite_7'],
    ]);
  });

  it('downloads the largest size of a photo as a JPEG without metadata', async () => {
    const telegram = await start();
    const received: { width: number; height: number; bytes: Buffer }[] = [];
    await run(telegram, (bot) => {
      bot.on('message:photo', async (ctx) => {
        const largest = ctx.message.photo.at(-1);
        const file = await ctx.getFile();
        const path = `${telegram.apiRoot}/file/bot${TOKEN}/${file.file_path ?? ''}`;
        const bytes = Buffer.from(await (await fetch(path)).arrayBuffer());
        received.push({ width: largest?.width ?? 0, height: largest?.height ?? 0, bytes });
        await ctx.reply(`${ctx.message.photo.length} sizes`);
      });
    });
    const anna = telegram.user(ANNA);
    await anna.sendPhoto(await createPicture(2000, 1500, 'png'));
    expect((await anna.waitFor(({ from }) => from === 'bot')).text).toBe('4 sizes');
    expect(received[0]).toMatchObject({ width: 1280, height: 960 });
    expect(received[0]?.bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  });

  it('turns its status message into the video and tells what was pressed', async () => {
    const telegram = await start();
    const keyboard = new InlineKeyboard().text('Go', 'go:1').url('Site', 'https://example.org');
    await run(telegram, (bot) => {
      bot.command('hug', (ctx) => ctx.reply('Ready?', { reply_markup: keyboard }));
      bot.callbackQuery('go:1', async (ctx) => {
        await ctx.answerCallbackQuery({ text: 'On its way', show_alert: true });
        await ctx.editMessageText('<b>Working</b>', { parse_mode: 'HTML' });
        await ctx.replyWithChatAction('upload_video');
        await ctx.editMessageMedia({
          type: 'video',
          media: new InputFile(createMp4({ hasAudio: true }), 'hug.mp4'),
          caption: 'A hug',
          supports_streaming: true,
        });
      });
    });
    const anna = telegram.user(ANNA);
    anna.sendText('/hug');
    const card = await anna.waitFor(({ buttons }) => buttons.length > 0);
    expect(card.buttons).toEqual([
      [
        { text: 'Go', callbackData: 'go:1' },
        { text: 'Site', url: 'https://example.org' },
      ],
    ]);
    const tap = anna.press(card.id, 'Go');
    expect(await tap.answer).toEqual({ text: 'On its way', showAlert: true, url: null });
    const video = await anna.waitFor((message) => message.video !== undefined);
    expect(video).toMatchObject({
      id: card.id,
      caption: 'A hug',
      buttons: [],
      video: { width: 720, height: 1280, duration: 5, fileName: 'hug.mp4' },
    });
    expect(video.text).toBeUndefined();
    expect(video.editDate).toBeDefined();
    expect(anna.chatActions().map(({ action }) => action)).toEqual(['upload_video']);
    const bytes = Buffer.from(await (await fetch(video.video?.url ?? '')).arrayBuffer());
    expect(bytes).toEqual(createMp4({ hasAudio: true }));
  });

  it('is told of an album as two messages of one group, whose order can be another', async () => {
    const telegram = await start();
    const seen: { id: number; group: string | undefined; caption: string | undefined }[] = [];
    await run(telegram, (bot) => {
      bot.on('message:photo', async (ctx) => {
        const { message_id: id, media_group_id: group, caption } = ctx.message;
        seen.push({ id, group, caption });
        if (seen.length === 2) await ctx.reply('both');
      });
    });
    const anna = telegram.user(ANNA);
    const photos = [await createPicture(), await createPicture(640, 480, 'jpeg', '#993333')];
    const ids = await anna.sendAlbum(photos, { order: [1, 0], caption: 'us' });
    await anna.waitFor(({ text }) => text === 'both');
    expect(seen.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    expect(new Set(seen.map(({ group }) => group)).size).toBe(1);
    expect(seen.map(({ caption }) => caption)).toEqual([undefined, 'us']);
  });

  it('hears of everything else that people send', async () => {
    const telegram = await start();
    const kinds: string[] = [];
    await run(telegram, (bot) => {
      bot.on('edited_message:text', (ctx) => ctx.reply(`edited: ${ctx.editedMessage.text}`));
      bot.on('message', async (ctx) => {
        const { message } = ctx;
        const kind = ['sticker', 'voice', 'video', 'location', 'document', 'text'].find(
          (one) => one in message,
        );
        kinds.push(`${message.forward_origin?.type ?? ''}${kind ?? ''}`);
        if (kind === 'location') await ctx.reply('seen');
      });
    });
    const anna = telegram.user(ANNA);
    const text = anna.sendText('one');
    await anna.sendSticker();
    await anna.sendVoice();
    await anna.sendVideo(createMp4({ hasAudio: true }));
    await anna.sendDocument(await createPicture(), { fileName: 'us.jpg', mimeType: 'image/jpeg' });
    anna.forward(text);
    anna.sendLocation(52.5, 13.4);
    await anna.waitFor(({ from }) => from === 'bot');
    expect(kinds).toEqual([
      'text',
      'sticker',
      'voice',
      'video',
      'document',
      'usertext',
      'location',
    ]);
    anna.editText(text, 'two');
    await anna.waitFor((message) => message.text === 'edited: two');
    expect(anna.chat()[0]).toMatchObject({ id: text, text: 'two' });
  });

  it('is refused and told when a person blocks it, until the person unblocks it', async () => {
    const telegram = await start();
    const statuses: string[] = [];
    const bot = await run(telegram, (one) => {
      one.on('my_chat_member', async (ctx) => {
        statuses.push(ctx.myChatMember.new_chat_member.status);
        if (statuses.length === 2) await ctx.reply('back');
      });
    });
    const anna = telegram.user(ANNA);
    anna.block();
    await expect(bot.api.sendMessage(anna.id, 'hi')).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
    expect(() => anna.sendText('hi')).toThrow('unblock');
    anna.unblock();
    await anna.waitFor(({ text }) => text === 'back');
    expect(statuses).toEqual(['kicked', 'member']);
  });

  it('reads in a group only what is meant for it', async () => {
    const telegram = await start({ botUsername: 'hug_test_bot' });
    const seen: string[] = [];
    await run(telegram, (bot) => {
      bot.on('message', async (ctx) => {
        seen.push(ctx.message.text ?? Object.keys(ctx.message).at(-1) ?? '');
        if (ctx.message.text === '/hug') {
          await ctx.reply('In private, please', {
            reply_markup: new InlineKeyboard().text('Why', 'why'),
          });
        }
      });
      bot.callbackQuery('why', (ctx) => ctx.answerCallbackQuery('Photos are private'));
    });
    const anna = telegram.user(ANNA);
    const family = telegram.group('Family', anna, telegram.user({ id: 1002, first_name: 'Ben' }));
    family.as(anna).sendText('hello all');
    family.as(anna).sendText('/hug@other_bot');
    family.as(anna).sendText('/hug');
    const answer = await family.waitFor(({ text }) => text === 'In private, please');
    const tap = family.press(anna, answer.id, 'why');
    expect((await tap.answer)?.text).toBe('Photos are private');
    expect(seen).toEqual(['new_chat_members', '/hug']);
    expect(anna.chat()).toEqual([]);
    expect(family.id).toBeLessThan(0);
  });

  it('cannot write to a group that removed it', async () => {
    const telegram = await start();
    const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
    const family = telegram.group('Family', telegram.user(ANNA));
    await bot.api.sendMessage(family.id, 'hello');
    family.removeBot();
    await expect(bot.api.sendMessage(family.id, 'hello')).rejects.toMatchObject({
      description: 'Forbidden: bot was kicked from the supergroup chat',
    });
  });
});
