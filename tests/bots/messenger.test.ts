import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTelegramMessenger } from '../../src/bots/telegram/messenger.js';
import { UpstreamError } from '../../src/core/errors.js';
import type { VideoFile } from '../../src/core/ports/messenger.js';
import { Secret } from '../../src/core/secret.js';
import { findFfmpeg, runFfmpeg } from '../../src/sandbox/pixverse/ffmpeg.js';
import { startTelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { loadTexts } from '../../src/texts/texts.js';
import { testMessenger } from '../contract/messenger.js';
import { silentLog } from '../support/silent-log.js';
import { picture } from '../support/pictures.js';
import { createRecordingMessenger } from '../support/recording-messenger.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';

async function makeVideo(folder: string): Promise<VideoFile> {
  const path = join(folder, 'hug.mp4');
  await runFfmpeg(await findFfmpeg(), [
    ...['-f', 'lavfi', '-i', 'testsrc=size=180x320:rate=10:duration=1'],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', path],
  ]);
  return {
    path,
    sizeBytes: statSync(path).size,
    width: 180,
    height: 320,
    durationSeconds: 1,
    cover: await picture(),
  };
}

async function openTelegram() {
  const folder = mkdtempSync(join(tmpdir(), 'hug-messenger-'));
  const telegram = await startTelegramStandIn({ token: TOKEN });
  const user = telegram.user({ id: 9, first_name: 'Kim' });
  const messenger = createTelegramMessenger({
    config: {
      token: new Secret(TOKEN),
      apiRoot: telegram.apiRoot,
      webhook: null,
      providerToken: null,
    },
    texts: loadTexts(),
    photoKeepHours: 24,
    log: silentLog,
    botUsername: () => Promise.resolve('a_bot'),
  });
  return {
    telegram,
    user,
    messenger,
    address: { platform: 'telegram' as const, chatId: '9' },
    countCards: () => user.chat().filter((m) => m.photo !== undefined).length,
    countVideos: () => user.chat().filter((m) => m.video ?? m.animation).length,
    removeMessage: (messageId: string) => {
      user.deleteMessage(Number(messageId));
    },
    setBlocked: (isBlocked: boolean) => {
      if (isBlocked) user.block();
      else user.unblock();
    },
    video: await makeVideo(folder),
    close: async () => {
      await telegram.close();
      rmSync(folder, { recursive: true });
    },
  };
}

testMessenger('Telegram', openTelegram);

testMessenger('in memory', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hug-messenger-'));
  const messenger = createRecordingMessenger();
  return {
    messenger,
    address: { platform: 'telegram', chatId: '9' },
    countCards: () => [...messenger.messages.values()].filter((m) => 'content' in m).length,
    countVideos: () => [...messenger.messages.values()].filter((m) => 'video' in m).length,
    removeMessage: (messageId) => messenger.messages.delete(messageId),
    setBlocked: (isBlocked) => {
      messenger.isBlocked = isBlocked;
    },
    video: await makeVideo(folder),
    close: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
});

test("Telegram's wish to be left alone reaches core, and no text or token with it", async () => {
  const world = await openTelegram();
  world.telegram.faults.add({ kind: 'too_many_requests', method: 'sendMessage', retryAfter: 7 });
  const notice = { kind: 'extra_photo', orderId: 'o' } as const;
  const failed = world.messenger.sendNotice(world.address, 'en', notice);
  await expect(failed).rejects.toSatisfy((error: unknown) => {
    const isRight = error instanceof UpstreamError && error.fault.retryAfterMs === 7_000;
    return isRight && error.fault.isRetryable && !error.message.includes(TOKEN);
  });
  await world.close();
});

test('a lost answer may mean that it was sent, a refused connection cannot', async () => {
  const world = await openTelegram();
  const notice = { kind: 'extra_photo', orderId: 'o' } as const;
  const faultOf = () =>
    world.messenger.sendNotice(world.address, 'en', notice).then(
      () => null,
      (error: unknown) => (error instanceof UpstreamError ? error.fault : null),
    );
  world.telegram.faults.add({ kind: 'cut_after', method: 'sendMessage', times: 1 });
  expect(await faultOf()).toMatchObject({ isRetryable: true, isAmbiguous: true });
  await world.close();
  expect(await faultOf()).toMatchObject({ isRetryable: true, isAmbiguous: false });
});

test('a card that cannot be edited any more is sent anew', async () => {
  const world = await openTelegram();
  const request = {
    orderId: 'o',
    address: world.address,
    locale: 'en',
    content: { stage: 'consent' } as const,
    picture: { key: 'p', render: () => picture() },
    messageId: '12345',
    shownPictureKey: 'p',
    isRepost: false,
  };
  const shown = await world.messenger.showCard(request);
  expect(shown.messageId).not.toBe('12345');
  expect(world.countCards()).toBe(1);
  await world.close();
});
