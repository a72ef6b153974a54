// Videos of the bot: what Telegram makes of them by their sound, their boxes and their size.

import { Bot, InputFile, InputMediaBuilder } from 'grammy';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readMp4 } from '../../src/sandbox/telegram/files/mp4.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { callWithFiles, createMp4, createPicture, start, TOKEN } from './telegram-setup.js';

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

describe('a video', () => {
  it('with sound stays one, with size and length from the call or from its boxes', async () => {
    const { bot, anna } = await open();
    const film = createMp4({ hasAudio: true, width: 1080, height: 1920, seconds: 8 });
    const plain = await bot.api.sendVideo(1001, new InputFile(film, 'hug.mp4'));
    expect(plain.video).toMatchObject({
      width: 1080,
      height: 1920,
      duration: 8,
      mime_type: 'video/mp4',
      file_name: 'hug.mp4',
      file_size: film.length,
    });
    const told = await bot.api.sendVideo(1001, new InputFile(film), {
      width: 540,
      height: 960,
      duration: 7,
      supports_streaming: true,
      cover: new InputFile(await createPicture(1080, 1920)),
      start_timestamp: 2,
    });
    expect(told.video).toMatchObject({ width: 540, height: 960, duration: 7, start_timestamp: 2 });
    expect(anna.chat()[1]?.video?.cover).toMatchObject({ width: 720, height: 1280 });
    const again = await bot.api.sendVideo(1001, told.video.file_id);
    expect(again.video.cover).toBeUndefined();
    expect(again.video).toMatchObject({ width: 540, file_id: told.video.file_id });
  });

  it('without sound becomes an animation, which is a document too', async () => {
    const { bot, anna } = await open();
    const silent = new InputFile(createMp4({ hasAudio: false }), 'hug.mp4');
    const sent = (await bot.api.sendVideo(1001, silent)) as unknown as Record<string, never>;
    expect(sent['video']).toBeUndefined();
    expect(sent['animation']).toMatchObject({ width: 720, height: 1280, duration: 5 });
    expect(sent['document']).toMatchObject({ file_name: 'hug.mp4', mime_type: 'video/mp4' });
    expect(anna.chat()[0]).toMatchObject({ animation: { duration: 5 } });
    expect(anna.chat()[0]?.document).toBeUndefined();
    const { file_id } = sent['animation'] as unknown as { file_id: string };
    await expect(bot.api.sendVideo(1001, file_id)).rejects.toMatchObject({
      description: "Bad Request: can't use file of type Animation as Video",
    });
    const again = await bot.api.sendAnimation(1001, file_id);
    expect(again.animation.file_id).toBe(file_id);
  });

  it('sent as an animation is one without sound, or as a GIF, and else a video', async () => {
    const { bot, anna } = await open();
    const gif = await sharp(await createPicture(64, 64))
      .gif()
      .toBuffer();
    await bot.api.sendAnimation(1001, new InputFile(createMp4({ hasAudio: false })));
    await bot.api.sendAnimation(1001, new InputFile(gif, 'hug.gif'));
    await bot.api.sendAnimation(1001, new InputFile(createMp4({ hasAudio: true })));
    await bot.api.sendDocument(1001, new InputFile(createMp4({ hasAudio: true }), 'hug.mp4'));
    expect(anna.chat()).toMatchObject([
      { animation: { duration: 5 } },
      { animation: { mimeType: 'image/gif' } },
      { video: { duration: 5 } },
      { document: { fileName: 'hug.mp4', mimeType: 'video/mp4' } },
    ]);
  });

  it('that is no MP4 becomes a document, and the log says so', async () => {
    const { telegram, bot, anna } = await open();
    await bot.api.sendVideo(1001, new InputFile(Buffer.from('<html>404</html>'), 'hug.mp4'));
    expect(anna.chat()[0]).toMatchObject({ document: { fileName: 'hug.mp4' } });
    expect(anna.chat()[0]?.video).toBeUndefined();
    expect(telegram.calls().at(-1)).toMatchObject({
      method: 'sendVideo',
      ok: true,
      notes: ['not an MP4: sent as a document'],
    });
    expect(telegram.calls().at(-1)?.summary).toMatch(/=<hug\.mp4, 16 bytes>$/);
  });

  it('in place of a text or a photo keeps its message and can be refused', async () => {
    const { bot, anna } = await open();
    const text = await bot.api.sendMessage(1001, 'wait');
    const photo = await bot.api.sendPhoto(1001, new InputFile(await createPicture()));
    const film = () => new InputFile(createMp4({ hasAudio: true }), 'hug.mp4');
    await bot.api.editMessageMedia(1001, text.message_id, InputMediaBuilder.video(film()));
    await bot.api.editMessageMedia(
      1001,
      photo.message_id,
      InputMediaBuilder.video(film(), { caption: 'x' }),
    );
    expect(anna.chat().map(({ id, text: words }) => [id, words])).toEqual([
      [text.message_id, undefined],
      [photo.message_id, undefined],
    ]);
    const fileId = anna.chat()[1]?.video?.fileId ?? '';
    const same = InputMediaBuilder.video(fileId, { caption: 'x' });
    await expect(bot.api.editMessageMedia(1001, photo.message_id, same)).rejects.toMatchObject({
      description: expect.stringContaining('message is not modified') as string,
    });
    const silent = new InputFile(createMp4({ hasAudio: false }));
    await bot.api.editMessageMedia(1001, text.message_id, InputMediaBuilder.video(silent));
    expect(anna.chat()[0]).toMatchObject({ animation: {} });
    expect(anna.chat()[0]?.video).toBeUndefined();
  });

  it('keeps a thumbnail that is a small JPEG; any other is left out and noted', async () => {
    const { telegram, bot, anna } = await open();
    const send = async (thumbnail: Buffer) => {
      const film = new InputFile(createMp4({ hasAudio: true }));
      await bot.api.sendVideo(1001, film, { thumbnail: new InputFile(thumbnail) });
      return [anna.chat().at(-1)?.video?.thumbnail?.width, telegram.calls().at(-1)?.notes];
    };
    expect(await send(await createPicture(180, 320))).toEqual([180, []]);
    expect(await send(await createPicture(180, 320, 'png'))).toEqual([
      undefined,
      ['thumbnail ignored: it is no JPEG'],
    ]);
    expect(await send(await createPicture(180, 321))).toEqual([
      undefined,
      ['thumbnail ignored: 180 × 321 is above 320 pixels'],
    ]);
    const noise = await sharp({
      create: {
        width: 320,
        height: 320,
        channels: 3,
        background: '#000000',
        noise: { type: 'gaussian', mean: 128, sigma: 80 },
      },
    })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const padded = Buffer.concat([noise, Buffer.alloc(Math.max(0, 200_000 - noise.length))]);
    expect(await send(padded)).toEqual([
      undefined,
      [`thumbnail ignored: it has ${padded.length} bytes, 200 kB or more`],
    ]);
  });

  it('is limited to 50 MB', async () => {
    const { telegram } = await open();
    const send = (size: number) => {
      const video = createMp4({ hasAudio: true, padding: size });
      return callWithFiles(telegram, 'sendVideo', { ...CHAT, video });
    };
    expect((await send(49 * 1024 * 1024)).ok).toBe(true);
    expect(await send(50 * 1024 * 1024)).toMatchObject({
      status: 413,
      error_code: 413,
      description: 'Request Entity Too Large',
    });
  });

  it('has its facts read from the boxes alone', () => {
    expect(readMp4(createMp4({ hasAudio: true, width: 2, height: 4, seconds: 3 }))).toEqual({
      width: 2,
      height: 4,
      duration: 3,
      hasAudio: true,
    });
    expect(readMp4(Buffer.from('not a film at all'))).toBeNull();
    const whole = createMp4({ hasAudio: true });
    for (let length = 0; length < whole.length - 72; length += 7) {
      expect(readMp4(whole.subarray(0, length))).toBeNull();
    }
  });
});
