// What can be made to go wrong, and what a bot then sees.

import { Bot, GrammyError, HttpError } from 'grammy';
import { describe, expect, it } from 'vitest';
import { parseFault } from '../../src/sandbox/telegram/faults.js';
import type { TelegramOptions } from '../../src/sandbox/telegram/server.js';
import {
  call,
  createHandClock,
  createPicture,
  need,
  pollMessages,
  start,
  TOKEN,
} from './telegram-setup.js';

async function open(options: Partial<TelegramOptions> = {}) {
  const telegram = await start(options);
  const bot = new Bot(TOKEN, { client: { apiRoot: telegram.apiRoot } });
  return { telegram, bot, anna: telegram.user({ id: 1001, first_name: 'Anna' }) };
}

describe('a fault of a call', () => {
  it('asks to wait, as often as it is meant to', async () => {
    const { telegram, bot, anna } = await open();
    telegram.faults.add({
      kind: 'too_many_requests',
      method: 'sendMessage',
      retryAfter: 7,
      times: 2,
    });
    for (const left of [1, 0]) {
      await expect(bot.api.sendMessage(1001, 'x')).rejects.toMatchObject({
        error_code: 429,
        description: 'Too Many Requests: retry after 7',
        parameters: { retry_after: 7 },
      });
      expect(telegram.faults.list().map(({ times }) => times)).toEqual(left === 0 ? [] : [left]);
    }
    await bot.api.sendMessage(1001, 'x');
    expect(anna.chat()).toHaveLength(1);
  });

  it('answers like a broken gateway or a broken server', async () => {
    const { telegram, bot, anna } = await open();
    telegram.faults.add({ kind: 'bad_gateway', method: 'sendMessage', times: 1 });
    await expect(bot.api.sendMessage(1001, 'x')).rejects.toBeInstanceOf(HttpError);
    telegram.faults.add({ kind: 'server_error', method: '*', times: 1 });
    const refused = bot.api.sendMessage(1001, 'x');
    await expect(refused).rejects.toBeInstanceOf(GrammyError);
    await expect(refused).rejects.toMatchObject({
      error_code: 500,
      description: 'Internal Server Error',
    });
    expect(anna.chat()).toEqual([]);
    expect(telegram.calls().map(({ ok, error }) => [ok, error])).toEqual([
      [false, 'fault: bad_gateway'],
      [false, 'fault: server_error'],
    ]);
  });

  it('refuses for good, and only those of one method can be ended', async () => {
    const { telegram } = await open();
    telegram.faults.add({ kind: 'bad_request', method: 'sendInvoice' });
    telegram.faults.add({ kind: 'bad_request', method: 'getMe' });
    expect((await call(telegram, 'getMe')).status).toBe(400);
    telegram.faults.clear('bad_request', 'getMe');
    expect((await call(telegram, 'getMe')).ok).toBe(true);
    expect(telegram.faults.list()).toEqual([{ kind: 'bad_request', method: 'sendInvoice' }]);
  });

  it('breaks the connection before or after the message is sent', async () => {
    const { telegram, bot, anna } = await open();
    telegram.faults.add({ kind: 'cut_before', method: 'sendMessage', times: 1 });
    await expect(bot.api.sendMessage(1001, 'x')).rejects.toBeInstanceOf(HttpError);
    expect(anna.chat()).toHaveLength(0);
    telegram.faults.add({ kind: 'cut_after', method: 'sendMessage', times: 1 });
    await expect(bot.api.sendMessage(1001, 'x')).rejects.toBeInstanceOf(HttpError);
    expect(anna.chat()).toHaveLength(1);
    await bot.api.sendMessage(1001, 'x');
  });

  it('hangs until the stand-in closes', async () => {
    const { telegram, bot, anna } = await open();
    telegram.faults.add({ kind: 'hang', method: 'sendMessage' });
    let isSettled = false;
    const sending = bot.api.sendMessage(1001, 'x').catch((error: unknown) => error);
    void sending.then(() => {
      isSettled = true;
    });
    await bot.api.getMe();
    expect(isSettled).toBe(false);
    await telegram.close();
    expect(await sending).toBeInstanceOf(HttpError);
    expect(anna.chat()).toEqual([]);
  });

  it('slows a call down, alone or together with another fault', async () => {
    const clock = createHandClock();
    const { telegram, anna } = await open(clock);
    telegram.faults.add({ kind: 'slow', method: 'sendMessage', ms: 4000 });
    telegram.faults.add({ kind: 'server_error', method: 'sendMessage', times: 1 });
    const send = () => call(telegram, 'sendMessage', { chat_id: 1001, text: 'x' });
    const first = send();
    await clock.whenAsleep(4000);
    clock.advance(4000);
    expect((await first).status).toBe(500);
    const second = send();
    await clock.whenAsleep(4000);
    expect(anna.chat()).toHaveLength(0);
    clock.advance(4000);
    expect((await second).ok).toBe(true);
  });

  it('with a probability strikes by chance, and none touches getUpdates unless it is named', async () => {
    const draws = [0.4, 0.6, 0.4];
    const { telegram } = await open({ random: () => draws.shift() ?? 0 });
    telegram.faults.add({ kind: 'server_error', method: '*', probability: 0.5 });
    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1)
      statuses.push((await call(telegram, 'getMe')).status);
    expect(statuses).toEqual([500, 200, 500]);
    expect((await call(telegram, 'getUpdates')).ok).toBe(true);
    telegram.faults.add({ kind: 'server_error', method: 'getUpdates' });
    expect((await call(telegram, 'getUpdates')).status).toBe(500);
    telegram.faults.clear();
    expect((await call(telegram, 'getUpdates')).ok).toBe(true);
  });
});

describe('a fault of a download', () => {
  it('misses the file, breaks off in the middle or takes its time', async () => {
    const clock = createHandClock();
    const { telegram, anna } = await open(clock);
    await anna.sendPhoto(await createPicture());
    const [message] = await pollMessages(telegram);
    const { file_id } = need(message?.photo?.at(-1));
    const file_path = need((await call(telegram, 'getFile', { file_id })).result.file_path);
    const download = async () => {
      const response = await fetch(`${telegram.apiRoot}/file/bot${TOKEN}/${file_path}`);
      return { status: response.status, size: (await response.arrayBuffer()).byteLength };
    };
    telegram.faults.add({ kind: 'download_missing', times: 1 });
    expect((await download()).status).toBe(404);
    telegram.faults.add({ kind: 'download_cut', times: 1 });
    await expect(download()).rejects.toThrow();
    telegram.faults.add({ kind: 'download_slow', ms: 3000, times: 1 });
    const slow = download();
    await clock.whenAsleep(3000);
    clock.advance(3000);
    expect(await slow).toEqual(await download());
  });
});

describe('a fault written as JSON', () => {
  it.each([
    { kind: 'slow', method: 'sendVideo', ms: 2000 },
    { kind: 'too_many_requests', method: '*', retryAfter: 3, times: 2 },
    { kind: 'cut_after', method: 'sendVideo', times: 1 },
    { kind: 'hang', method: 'sendVideo', probability: 0.5 },
    { kind: 'duplicate_updates', times: 3 },
    { kind: 'download_slow', ms: 10 },
  ])('is read: %j', (fault) => {
    expect(parseFault(JSON.parse(JSON.stringify(fault)))).toEqual(fault);
  });

  it.each([
    ['slow', 'a fault is an object'],
    [{ kind: 'explode', method: '*' }, /^kind must be one of slow, /],
    [{ kind: 'cut_after' }, 'method must be a Bot API method or *'],
    [{ kind: 'slow', method: '*' }, 'ms must be a number above 0'],
    [{ kind: 'too_many_requests', method: '*' }, 'retryAfter must be whole seconds above 0'],
    [{ kind: 'hang', method: '*', times: 0 }, 'times must be a whole number above 0'],
    [{ kind: 'hang', method: '*', probability: 2 }, 'probability must be above 0 and at most 1'],
  ])('is refused in words: %j', (fault, reason) => {
    expect(parseFault(fault)).toMatch(reason);
  });
});

describe('the call log', () => {
  it('keeps the newest thousand calls, without secrets and in short', async () => {
    const seen: string[] = [];
    const { telegram, anna } = await open({ log: (entry) => seen.push(entry.method) });
    await call(telegram, 'sendMessage', { chat_id: anna.id, text: 'x'.repeat(500) });
    const [entry] = telegram.calls();
    expect(entry).toMatchObject({ method: 'sendMessage', ok: true, notes: [] });
    expect(entry?.summary).toMatch(/^chat_id=1001 text=x{80}…$/);
    await call(telegram, 'setWebhook', { url: '', secret_token: 'hush' });
    expect(telegram.calls()[1]?.summary).toBe('url= secret_token=[secret]');
    expect(JSON.stringify(telegram.calls())).not.toContain(TOKEN);
    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(Array.from({ length: 50 }, () => call(telegram, 'getMe')));
    }
    expect(telegram.calls()).toHaveLength(1000);
    expect(seen).toHaveLength(1002);
    expect(telegram.calls()[0]?.method).toBe('getMe');
  });
});
