// Many pictures at once over connections that are kept: none waits for another.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import { Pixverse } from '../../src/core/video/pixverse.js';
import { type PixverseStandIn, startPixverse } from '../../src/sandbox/pixverse/server.js';
import { picture } from '../support/pictures.js';

const AT_ONCE = 24;

let folder = '';
let standIn: PixverseStandIn;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hug-uploads-'));
  standIn = await startPixverse({ apiKey: 'key', mediaFolder: folder, render: 'sample' });
});
afterAll(async () => {
  await standIn.close();
  await rm(folder, { recursive: true, force: true });
});

// A connection that hangs is closed by the server only after five seconds: twice that is too long for this test.
test('uploads go on over connections that were used before', async () => {
  const pixverse = new Pixverse(
    {
      ...{ apiKey: new Secret('key'), baseUrl: standIn.baseUrl, webhook: null },
      ...{ model: 'v6', aspectRatio: '9:16', maxConcurrent: 5, lowCredits: 0 },
      ...{ maxRetries: 0, retryDelayMs: 1, pollMinMs: 1000, pollMaxMs: 15_000 },
    },
    { now: Date.now, newTraceId: randomUUID, signal: new AbortController().signal },
  );
  const jpeg = await picture({ width: 300, height: 300, color: '#cc3333' });
  const ids = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const uploads = Array.from({ length: AT_ONCE }, () => pixverse.uploadImage(jpeg));
    for (const id of await Promise.all(uploads)) ids.add(id);
  }
  expect(ids.size).toBe(3 * AT_ONCE);
}, 8_000);
