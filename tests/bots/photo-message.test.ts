// Fetching the file of a photo: bounded in size and time, whatever the server does.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api } from 'grammy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchFile, readContent } from '../../src/bots/telegram/photo-message.js';
import { Secret } from '../../src/core/secret.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';
const SHORT_MS = 100;

let server: Server;
let answerDownload: (response: ServerResponse) => void;
beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith('/file/') === true) {
      answerDownload(response);
      return;
    }
    const result = { file_id: 'f', file_unique_id: 'u', file_path: 'photos/1.jpg' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, result }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function fetchPhoto(timeoutMs = 20_000): Promise<Buffer> {
  const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { token: new Secret(TOKEN), apiRoot, webhook: null, providerToken: null };
  return fetchFile(new Api(TOKEN, { apiRoot }), config, 'f', timeoutMs);
}

/** Trouble that a later try may get over. */
const passing = (upstreamCode: unknown) => ({ fault: { isRetryable: true, upstreamCode } });

test('of the sizes of a photo the largest is taken', () => {
  const size = (file_id: string, width: number) => ({
    file_id,
    file_unique_id: file_id,
    width,
    height: width,
  });
  const photo = [size('small', 90), size('middle', 320), size('large', 1280)];
  const content = readContent({ photo } as Parameters<typeof readContent>[0]);
  expect(content).toEqual({ kind: 'photo', fileId: 'large' });
});

describe('a download', () => {
  test('brings the bytes', async () => {
    answerDownload = (response) => response.end('bytes');
    expect((await fetchPhoto()).toString()).toBe('bytes');
  });

  test('without an answer ends in time, as trouble that passes', async () => {
    answerDownload = () => undefined;
    await expect(fetchPhoto(SHORT_MS)).rejects.toMatchObject(passing('no answer'));
  });

  test('whose body stalls ends in time, as trouble that passes', async () => {
    answerDownload = (response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half of it');
    };
    await expect(fetchPhoto(SHORT_MS)).rejects.toMatchObject(passing(expect.any(String)));
  });

  test('that is refused for now says so with its code', async () => {
    answerDownload = (response) => response.writeHead(503).end();
    await expect(fetchPhoto()).rejects.toMatchObject(passing(503));
  });

  test('never names its address, which holds the token', async () => {
    answerDownload = (response) => response.writeHead(404).end();
    const error: unknown = await fetchPhoto().catch((thrown: unknown) => thrown);
    expect(String((error as Error).stack)).not.toContain(TOKEN);
  });
});
