// Photos, albums and files in both directions, with Telegram's limits and its habits.

import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bot, InputFile, InputMediaBuilder } from 'grammy';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import {
  afterwards,
  call,
  callWithFiles,
  createHandClock,
  createMp4,
  createPicture,
  need,
  pollMessages,
  start,
  TOKEN,
} from './telegram-setup.js';

interface Opened {
  telegram: TelegramStandIn;
  anna: SandboxUser;
  bot: Bot;
}

async function open(): Promise<Opened> {
  const telegram = await start();
  const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
  return { telegram, bot, anna: telegram.user({ id: 1001, first_name: 'Anna' }) };
}

const CHAT = { chat_id: '1001' };

describe('a photo', () => {
  it('comes in several sizes, made anew, the largest last', async () => {
    const { telegram, anna } = await open();
    const original = await sharp(await createPicture(3000, 2000))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    await anna.sendPhoto(original, { caption: '/hug us' });
    await anna.sendPhoto(original, { maxSide: 2560, forwardedFrom: 'Ben' });
    const [usual, large] = await pollMessages(telegram);
    const sides = (photo: { width: number; height: number }[] | undefined) =>
      photo?.map(({ width, height }) => [width, height]);
    expect(sides(usual?.photo)).toEqual([
      [60, 90],
      [213, 320],
      [533, 800],
      [853, 1280],
    ]);
    expect(sides(large?.photo)?.at(-1)).toEqual([1707, 2560]);
    expect(usual?.caption_entities).toEqual([{ type: 'bot_command', offset: 0, length: 4 }]);
    expect(large?.forward_origin).toMatchObject({ type: 'hidden_user', sender_user_name: 'Ben' });
    const bytes = await telegram.readFile(need(usual?.photo?.at(-1)).file_id);
    expect((await sharp(bytes).metadata()).exif).toBeUndefined();
  });

  it('is limited to 10 MB, to 10000 pixels of both sides and to a ratio of 20', async () => {
    const { telegram } = await open();
    const send = async (photo: Buffer) =>
      (await callWithFiles(telegram, 'sendPhoto', { ...CHAT, photo })).description;
    expect(await send(Buffer.alloc(10 * 1024 * 1024 + 1, 1))).toMatch(/is too big for a photo/);
    expect(await send(await createPicture(9000, 1001))).toBe(
      'Bad Request: PHOTO_INVALID_DIMENSIONS',
    );
    expect(await send(await createPicture(2100, 100))).toBe(
      'Bad Request: PHOTO_INVALID_DIMENSIONS',
    );
    expect(await send(await createPicture(2000, 100))).toBeUndefined();
    expect(await send(Buffer.from('no picture'))).toBe('Bad Request: IMAGE_PROCESS_FAILED');
    expect(await send(Buffer.alloc(0))).toBe('Bad Request: file must be non-empty');
  });

  it('can be sent again by its id, with the same unique id for the same content', async () => {
    const { bot, anna } = await open();
    const picture = await createPicture();
    const first = await bot.api.sendPhoto(1001, new InputFile(picture));
    const id = first.photo[0]?.file_id ?? '';
    const again = await bot.api.sendPhoto(1001, id, { caption: 'again' });
    expect(again.photo).toEqual(first.photo);
    const anew = await bot.api.sendPhoto(1001, new InputFile(picture));
    expect(anew.photo.at(-1)?.file_id).not.toBe(first.photo.at(-1)?.file_id);
    expect(anew.photo.at(-1)?.file_unique_id).toBe(first.photo.at(-1)?.file_unique_id);
    expect(anna.chat()).toHaveLength(3);
    await expect(bot.api.sendVideo(1001, id)).rejects.toMatchObject({
      description: "Bad Request: can't use file of type Photo as Video",
    });
    await expect(bot.api.sendPhoto(1001, 'nonsense')).rejects.toMatchObject({
      description: 'Bad Request: wrong file identifier/HTTP URL specified',
    });
    await expect(bot.api.sendPhoto(1001, 'https://example.org/a.jpg')).rejects.toMatchObject({
      description: 'Bad Request: failed to get HTTP URL content',
    });
  });
});

describe('an album', () => {
  it('of the bot has 2 to 10 items under one group id, and a silent video in it stays a video', async () => {
    const { telegram, bot, anna } = await open();
    const film = new InputFile(createMp4({ hasAudio: false }));
    const messages = await bot.api.sendMediaGroup(1001, [
      InputMediaBuilder.photo(new InputFile(await createPicture()), { caption: 'us' }),
      InputMediaBuilder.video(film),
    ]);
    expect(messages).toHaveLength(2);
    const [first, second] = anna.chat();
    expect(first).toMatchObject({ caption: 'us', photo: {}, mediaGroupId: second?.mediaGroupId });
    expect(second).toMatchObject({ video: {} });
    const photo = { type: 'photo', media: first?.photo?.fileId };
    const send = (count: number) =>
      call(telegram, 'sendMediaGroup', {
        chat_id: 1001,
        media: Array.from({ length: count }, () => photo),
      });
    expect((await send(1)).description).toBe('Bad Request: an album must have 2-10 items');
    expect((await send(10)).ok).toBe(true);
    expect((await send(11)).description).toBe('Bad Request: too many messages to send as an album');
    const mixed = [photo, { type: 'document', media: first?.photo?.fileId }];
    expect((await call(telegram, 'sendMediaGroup', { chat_id: 1001, media: mixed })).ok).toBe(
      false,
    );
  });

  it('of a person can come slowly, as photos or as files', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const photos = [await createPicture(), await createPicture()];
    const sending = anna.sendAlbum(photos, { gapMs: 5000, asDocuments: true });
    await clock.whenAsleep(5000);
    expect(await pollMessages(telegram)).toHaveLength(1);
    clock.advance(5000);
    expect(await sending).toHaveLength(2);
    const messages = await pollMessages(telegram);
    expect(messages).toHaveLength(2);
    expect(messages[1]?.document).toMatchObject({
      mime_type: 'image/jpeg',
      thumbnail: { width: 320, height: 240 },
    });
  });
});

describe('a download', () => {
  it('gives the original bytes of a document for an hour after getFile', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const original = await createPicture(800, 600, 'png');
    await anna.sendDocument(original, { fileName: 'us.png', mimeType: 'image/png' });
    const [message] = await pollMessages(telegram);
    const { file_id } = need(message?.document);
    const file = (await call(telegram, 'getFile', { file_id })).result;
    expect(file.file_size).toBe(original.length);
    expect(file.file_path).toMatch(/^documents\/file_\d+\.png$/);
    const fetchFile = (token = TOKEN) =>
      fetch(`${telegram.apiRoot}/file/bot${token}/${need(file.file_path)}`);
    expect(Buffer.from(await (await fetchFile()).arrayBuffer())).toEqual(original);
    expect((await fetchFile('1:other')).status).toBe(401);
    clock.advance(3_600_000);
    expect((await fetchFile()).status).toBe(404);
    await call(telegram, 'getFile', { file_id });
    expect((await fetchFile()).status).toBe(200);
  });

  it('is refused above 20 MB and for unknown files', async () => {
    const { telegram, anna } = await open();
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 1, 1);
    await anna.sendDocument(bytes, { fileName: 'big.bin', mimeType: 'application/octet-stream' });
    const [message] = await pollMessages(telegram);
    const { file_id } = need(message?.document);
    expect((await call(telegram, 'getFile', { file_id })).description).toBe(
      'Bad Request: file is too big',
    );
    expect((await call(telegram, 'getFile', { file_id: 'x' })).description).toBe(
      'Bad Request: invalid file_id',
    );
    const unknown = await fetch(`${telegram.apiRoot}/file/bot${TOKEN}/photos/file_99.jpg`);
    expect(unknown.status).toBe(404);
  });

  it('of what a person sees works in parts, as players ask for it', async () => {
    const { bot, anna } = await open();
    const film = createMp4({ hasAudio: true });
    await bot.api.sendVideo(1001, new InputFile(film));
    const url = anna.chat()[0]?.video?.url ?? '';
    const whole = await fetch(url);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(film);
    const part = await fetch(url, { headers: { range: 'bytes=4-7' } });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe('ftyp');
    expect((await fetch(`${url}x`)).status).toBe(404);
  });
});

describe('the folder of files', () => {
  it('is kept when it was given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stand-in-test-'));
    afterwards(() => rm(folder, { recursive: true }));
    const telegram = await start({ filesFolder: folder });
    await telegram.user({ id: 1001, first_name: 'Anna' }).sendSticker();
    expect(readdirSync(folder)).toHaveLength(1);
    await telegram.close();
    expect(existsSync(folder)).toBe(true);
  });
});
