// The process itself: how it starts, refuses, is asked to stop, and comes back.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  openFlow,
  orderVideo,
  sendTwoPhotos,
  videosIn,
} from '../support/flow.js';
import { picture } from '../support/pictures.js';

const PROGRAM = join(import.meta.dirname, '../../dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'hug-process-'));
let flow: Flow | null = null;
afterEach(async () => {
  await flow?.close();
  flow = null;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function runProgram(env: Record<string, string>) {
  try {
    await promisify(execFile)(process.execPath, [PROGRAM], { cwd: folder, env, timeout: 20_000 });
    throw new Error('the program did not end with an error');
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('a configuration fault', () => {
  test('is told with all others at once, without opening anything, and exits 1', async () => {
    const ended = await runProgram({
      NODE_ENV: 'production',
      PORT: 'x',
      DATABASE_URL: 'postgres://user:hunter2@db/x',
    });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/PORT: must be/);
    expect(ended.stderr).toMatch(/DATABASE_URL: PostgreSQL is not supported yet/);
    expect(ended.stderr).toMatch(/PIXVERSE_API_KEY: is required/);
    expect(ended.stderr).toMatch(/TELEGRAM_BOT_TOKEN: no chat platform/);
    expect(ended.stderr).not.toContain('hunter2');
  });
});

describe('the running program', () => {
  test('answers /health and /ready, refuses a second process on its database, and exits 0 on SIGTERM', async () => {
    flow = await openFlow();
    expect((await fetch(`${flow.appUrl}/health`)).status).toBe(200);
    const ready = await fetch(`${flow.appUrl}/ready`);
    expect(await ready.json()).toEqual({ status: 'ready' });
    const second = await runProgram({
      PIXVERSE_API_KEY: 'k',
      TELEGRAM_BOT_TOKEN: '123456:abcdefghijklmnopqrstuvwxyzABCDEF',
      TELEGRAM_API_ROOT: flow.telegram.apiRoot,
      DATABASE_URL: `file:${flow.folder}/hug.db`,
    });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/another process has this database open/);
    await orderVideo(flow.user);
    const before = Date.now();
    expect(await flow.keeper.stop()).toBe(0);
    expect(Date.now() - before).toBeLessThan(10_000);
    await flow.keeper.start();
    await expectVideos(flow.user, 1);
  });

  test('is not ready while Telegram does not take it, and says why', async () => {
    flow = await openFlow();
    flow.telegram.faults.add({ kind: 'bad_gateway', method: 'getUpdates' });
    flow.telegram.faults.add({ kind: 'bad_gateway', method: '*' });
    flow.user.sendText('/help');
    const { appUrl } = flow;
    let answer = await fetch(`${appUrl}/ready`);
    for (let tries = 0; answer.status === 200 && tries < 5_000; tries += 1) {
      answer = await fetch(`${appUrl}/ready`);
    }
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not ready',
      missing: ['telegram getUpdates: no answer'],
    });
    flow.telegram.faults.clear();
    await expectBot(flow.user, /How it works/);
  });

  test('goes on where it stood after kill -9 in the middle of a generation', async () => {
    flow = await openFlow({ generationMs: () => 1_500 });
    await orderVideo(flow.user);
    await expectBot(flow.user, /Making your video/);
    await flow.keeper.kill();
    await flow.keeper.start();
    await expectVideos(flow.user, 1);
    await expectBot(flow.user, /Your video is ready/);
    expect(flow.pixverse.generations()).toHaveLength(1);
    expect(videosIn(flow.user)).toHaveLength(1);
  });

  test('takes the second photo of an album that comes after a restart', async () => {
    flow = await openFlow();
    const { user } = flow;
    await user.sendPhoto(await picture({ color: '#cc3333' }), { mediaGroupId: 'g1' });
    await expectBot(user, /1 of 2/);
    await flow.keeper.kill();
    await user.sendPhoto(await picture({ color: '#3333cc' }), { mediaGroupId: 'g1' });
    await flow.keeper.start();
    await expectBot(user, hasButton(/I confirm/));
  });

  test('handles what people sent while it was down', async () => {
    flow = await openFlow();
    const { user } = flow;
    await flow.keeper.kill();
    await user.sendPhoto(await picture({ color: '#cc3333' }));
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    user.sendText('/help');
    await flow.keeper.start();
    await expectBot(user, hasButton(/I confirm/));
    await expectBot(user, /How it works/);
  });

  test('buttons from before a restart still work', async () => {
    flow = await openFlow();
    await sendTwoPhotos(flow.user);
    const card = await expectBot(flow.user, hasButton(/I confirm/));
    await flow.keeper.kill();
    await flow.keeper.start();
    const agree = card.buttons.flat().find((button) => /I confirm/.test(button.text));
    await flow.user.press(card.id, agree?.callbackData ?? '').answer;
    await expectBot(flow.user, /Which video/);
  });

  test('waits until another poller with the same token is gone', async () => {
    const opened = await openFlow();
    flow = opened;
    const url = `${flow.telegram.apiRoot}/bot700000001:sandbox-token-of-the-one-and-only-bot/getUpdates`;
    const isRefused = () => opened.output.some((line) => line.includes('409'));
    // It must meet a poll of the app that is under way.
    while (!isRefused()) {
      await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ timeout: 0 }),
        headers: { 'content-type': 'application/json' },
      });
    }
    flow.user.sendText('/help');
    await expectBot(flow.user, /How it works/);
    expect(isRefused()).toBe(true);
  });
});

describe('by webhook', () => {
  test('updates come in with the right secret only', async () => {
    const { freePort } = await import('../../src/sandbox/keeper.js');
    const port = await freePort();
    flow = await openFlow({
      environment: {
        PORT: String(port),
        PUBLIC_URL: `http://127.0.0.1:${port}`,
        TELEGRAM_WEBHOOK_SECRET: 'right-secret',
      },
      hasWebhook: false,
    });
    flow.user.sendText('/help');
    await expectBot(flow.user, /How it works/);
    const post = (secret: string) =>
      fetch(`http://127.0.0.1:${port}/webhooks/telegram`, {
        method: 'POST',
        headers: { 'x-telegram-bot-api-secret-token': secret },
        body: '{"update_id":1}',
      });
    expect((await post('wrong-secret')).status).toBe(401);
    expect((await post('right-secreT')).status).toBe(401);
    expect((await post('right-secret')).status).toBe(200);
    const polled = flow.telegram.calls().filter((call) => call.method === 'getUpdates');
    expect(polled).toEqual([]);
  });
});
