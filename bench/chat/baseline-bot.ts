// The bot that one would write first: grammY and @grammyjs/conversations, everything in memory, nothing survives a kill.
// It checks the same photos with the same code and does the same work at PixVerse. Its buttons are named as ours.

import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from '@grammyjs/conversations';
import { Bot, type Context, InlineKeyboard, InputFile } from 'grammy';
import { createKeyedQueue } from '../../src/core/keyed-queue.js';
import { Secret } from '../../src/core/secret.js';
import { variantOf } from '../../src/core/variants.js';
import { preparePhoto } from '../../src/core/video/photos.js';
import { Pixverse } from '../../src/core/video/pixverse.js';
import { fusionPrompt, SUBJECT_NAMES } from '../../src/core/video/prompt.js';

type BotContext = ConversationFlavor<Context>;

const LOOK_EVERY_MS = 100;
const { TELEGRAM_BOT_TOKEN = '', TELEGRAM_API_ROOT = '' } = process.env;
const bot = new Bot<BotContext>(TELEGRAM_BOT_TOKEN, { client: { apiRoot: TELEGRAM_API_ROOT } });
const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
const pixverse = new Pixverse(
  {
    apiKey: new Secret(process.env['PIXVERSE_API_KEY'] ?? ''),
    baseUrl: process.env['PIXVERSE_BASE_URL'] ?? '',
    ...{ maxRetries: 0, retryDelayMs: 0, model: 'v6', aspectRatio: '9:16', maxConcurrent: 1 },
    ...{ lowCredits: 0, pollMinMs: 0, pollMaxMs: 0, webhook: null },
  },
  { now: Date.now, newTraceId: randomUUID, signal: new AbortController().signal },
);

/** Photos and their uploads by chat. */
const photosOf = new Map<number, Buffer[]>();
const uploadsOf = new Map<number, Promise<string[]>>();

async function takePhoto(chatId: number, fileId: string): Promise<void> {
  const { file_path = '' } = await bot.api.getFile(fileId);
  const url = `${TELEGRAM_API_ROOT}/file/bot${TELEGRAM_BOT_TOKEN}/${file_path}`;
  const photo = await preparePhoto(Buffer.from(await (await fetch(url)).arrayBuffer()));
  photosOf.set(chatId, [...(photosOf.get(chatId) ?? []), photo.bytes]);
}

function beginUploads(chatId: number): void {
  const photos = photosOf.get(chatId) ?? [];
  uploadsOf.set(chatId, Promise.all(photos.map((bytes) => pixverse.uploadImage(bytes))));
}

async function submit(chatId: number): Promise<string> {
  const imageIds = (await uploadsOf.get(chatId)) ?? [];
  const variant = variantOf('standard');
  return pixverse.submitFusion({
    traceId: randomUUID(),
    prompt: fusionPrompt(variant),
    quality: variant.resolution,
    durationSeconds: variant.durationSeconds,
    subjects: imageIds.map((imageId, index) => ({
      imageId,
      name: SUBJECT_NAMES[index === 0 ? 1 : 2],
    })),
  });
}

/** Waits for the video and sends it. Goes on beside the conversation, which has ended by then. */
async function finish(chatId: number, videoId: string): Promise<void> {
  let url: string | null = null;
  while (url === null) {
    url = (await pixverse.fetchResult(videoId)).url;
    if (url === null) await sleep(LOOK_EVERY_MS);
  }
  const file = join(folder, `${videoId}.mp4`);
  const { body } = await fetch(url);
  if (body === null) throw new Error('a video without bytes');
  await pipeline(Readable.fromWeb(body), createWriteStream(file));
  await bot.api.sendVideo(chatId, new InputFile(file, 'hug.mp4'), { caption: 'Here you are' });
  await rm(file);
  photosOf.delete(chatId);
  uploadsOf.delete(chatId);
}

async function hug(conversation: Conversation, ctx: Context): Promise<void> {
  const chatId = ctx.chat?.id ?? 0;
  await ctx.reply('Send me two photos');
  for (const number of [1, 2]) {
    const { message } = await conversation.waitFor('message:photo');
    await conversation.external(() => takePhoto(chatId, message.photo.at(-1)?.file_id ?? ''));
    if (number === 1) await ctx.reply('1 of 2');
  }
  const consent = new InlineKeyboard().text('I confirm', 'agree');
  await ctx.reply('2 of 2', { reply_markup: consent });
  const agreed = await conversation.waitForCallbackQuery('agree');
  await conversation.external(() => {
    beginUploads(chatId);
  });
  await agreed.answerCallbackQuery();
  const offers = new InlineKeyboard().text('Standard', 'standard');
  await ctx.reply('Which one?', { reply_markup: offers });
  const chosen = await conversation.waitForCallbackQuery('standard');
  const videoId = await conversation.external(() => submit(chatId));
  await chosen.answerCallbackQuery();
  await ctx.reply('I am making it');
  await conversation.external(() => {
    void finish(chatId, videoId);
  });
}

bot.use(conversations());
bot.use(createConversation(hug));
bot.command('start', (ctx) => ctx.conversation.enter('hug'));

/** grammY's own loop handles one update after the other over all people; this one is in order per person, as ours. */
async function poll(): Promise<never> {
  const people = createKeyedQueue();
  let offset = 0;
  for (;;) {
    const updates = await bot.api.getUpdates({ offset, timeout: 25 });
    offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
    for (const update of updates) {
      const from = update.message?.from ?? update.callback_query?.from;
      void people.run(String(from?.id), () => bot.handleUpdate(update));
    }
  }
}

await bot.init();
process.stdout.write('ready\n');
await poll();
