import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { ended, spawnSandbox, startSandbox } from '../browser/sandbox.js';

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-start-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function takePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

test('a port that is taken is told in a sentence that names PORT, and nothing is emptied', async () => {
  const folder = await createFolder();
  await mkdir(join(folder, 'data/sandbox'), { recursive: true });
  await writeFile(join(folder, 'data/sandbox/hug.db'), 'of another sandbox');
  const child = spawnSandbox(folder, await takePort());
  const [printed, complained, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended(child),
  ]);
  expect(code).toBe(1);
  expect(printed).toBe('');
  expect(complained).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken: set PORT to a free one.*\n$/);
  expect((await stat(join(folder, 'data/sandbox/hug.db'))).size).toBe(18);
});

test('it names its address, keeps the log off the terminal, and ends with the app when it is told to', async () => {
  const sandbox = await startSandbox();
  expect(sandbox.printed().split('\n')).toHaveLength(2);
  const events = await fetch(`${sandbox.url}/api/events?person=1001`);
  let told = '';
  for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) {
    told += Buffer.from(chunk).toString();
    if (told.includes('event: log')) break;
  }
  const appUrl = /NEXORA Hug is ready on (http:[^"]+)"/.exec(told)?.[1] ?? '';
  expect((await fetch(`${appUrl}/health`)).status).toBe(200);
  const startedAt = Date.now();
  expect(await sandbox.stop()).toBe(0);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await expect(fetch(`${appUrl}/health`)).rejects.toThrow();
});
