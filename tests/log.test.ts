import { Writable } from 'node:stream';
import { AxiosError, AxiosHeaders } from 'axios';
import { HttpError } from 'grammy';
import { expect, test } from 'vitest';
import { Secret } from '../src/core/secret.js';
import { createLog } from '../src/log.js';

const TOKEN = '123456:abcdefghijklmnopqrstuvwxyzABCDEF';

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { log } = createLog({
    level: 'debug',
    isReadable: false,
    secrets: [new Secret('px-key-1')],
    destination,
  });
  return { log, lines };
}

test('a line is JSON with level, time, fields and a sentence', () => {
  const { log, lines } = capture();
  log.child({ orderId: 'o1' }).info({ attempt: 2 }, 'order queued');
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(line).toMatchObject({ level: 'info', orderId: 'o1', attempt: 2, msg: 'order queued' });
  expect(new Date(String(line['time'])).getTime()).not.toBeNaN();
});

test('secrets do not get into the log by an error, a field or an address', () => {
  const { log, lines } = capture();
  const headers = new AxiosHeaders({ 'API-KEY': 'px-key-1' });
  const failed = new AxiosError('px-key-1 was refused', 'ERR', { headers });
  log.error({ err: failed }, 'call failed');
  log.error({ err: new HttpError('no answer', new Error(`at https://x/bot${TOKEN}/getMe`)) }, 'b');
  log.warn({ err: new Error('outer', { cause: failed }) }, 'cause');
  log.info(
    { token: TOKEN, url: 'https://media/p.jpg', chatId: '77', config: { apiKey: 'k' } },
    'f',
  );
  log.info({ inner: { url: 'https://media/p.jpg', text: 'dear diary' } }, 'deep');
  log.info({ secret: new Secret('s3cr3t') }, 'secret');
  const all = lines.join('\n');
  expect(all).not.toMatch(/px-key-1|123456:abc|media\/p|dear diary|s3cr3t|"77"/);
  expect(all).toContain('call failed');
});
