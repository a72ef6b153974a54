// An older state is put back while people have gone on: what a backup knows goes on from there, and nobody is stuck.

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/sqlite.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  openFlow,
  orderVideo,
  press,
  sendTwoPhotos,
  textOf,
  videosIn,
} from '../support/flow.js';

let flow: Flow;
afterEach(async () => {
  await flow.close();
});

function newUser(id: number): SandboxUser {
  return flow.telegram.user({ id, first_name: 'Kim', language_code: 'en' });
}

async function runCommand(name: string, ...args: string[]): Promise<string> {
  const program = join(import.meta.dirname, `../../dist/commands/${name}.js`);
  const env = {
    DATABASE_URL: `file:${join(flow.folder, 'hug.db')}`,
    DATA_DIR: join(flow.folder, 'app'),
  };
  const cwd = flow.folder;
  return (await promisify(execFile)(process.execPath, [program, ...args], { cwd, env })).stdout;
}

/**
 * Stops the app and puts the only backup back; the app starts from it. PixVerse told of the video before and does not
 * again: the look that the poll plan has for half a minute later is moved ahead.
 */
async function goBack(): Promise<void> {
  expect(await flow.keeper.stop()).toBe(0);
  const folder = join(flow.folder, 'app', 'backups');
  await runCommand('restore', join(folder, readdirSync(folder)[0] ?? ''));
  const database = openDatabase(join(flow.folder, 'hug.db'));
  database.db.$client.exec("update orders set next_attempt_at = 1 where status = 'generating'");
  database.close();
  await flow.keeper.start();
}

async function historyOf(user: SandboxUser): Promise<string> {
  const last = user.chat().at(-1)?.id ?? 0;
  user.sendText('/videos');
  return textOf(await expectBot(user, (m) => m.id > last && /Your videos/.test(textOf(m))));
}

function expectClosedBooks(): void {
  const database = openDatabase(join(flow.folder, 'hug.db'));
  const count = (query: string) => database.db.$client.prepare(query).pluck().get() as number;
  expect(count("select count(*) from orders where status in ('queued','generating')")).toBe(0);
  expect(count('select count(*) from inbox where done_at is null')).toBe(0);
  expect(
    count(
      "select count(*) from free_claims join orders on orders.id = order_id where status = 'delivered' and used_at is null",
    ),
  ).toBe(0);
  database.close();
}

test('a backup that was made during a generation serves on: the order, the history and new people', async () => {
  let generationMs = 300;
  flow = await openFlow({ generationMs: () => generationMs });
  const [early, waiting, late] = [newUser(7_001), newUser(7_002), newUser(7_003)];
  await orderVideo(early);
  await expectBot(early, /Your video is ready/);
  generationMs = 2_500;
  await orderVideo(waiting);
  await expectBot(waiting, /Making your video/);
  expect(await runCommand('backup')).toMatch(/Backup written and checked/);
  expect(videosIn(waiting)).toEqual([]);
  await expectVideos(waiting, 1);
  await expectBot(waiting, /Your video is ready/);
  generationMs = 300;
  await sendTwoPhotos(late);
  const card = await expectBot(late, /please confirm/);

  const generations = flow.pixverse.generations().length;
  const ready = () => waiting.chat().filter((m) => /Your video is ready/.test(textOf(m))).length;
  await goBack();
  // What the person had is what the order comes to again, in the same message.
  await waiting.waitFor(() => ready() === 2, { timeoutMs: 20_000 });
  expect(videosIn(waiting)).toHaveLength(1);
  expect(flow.pixverse.generations()).toHaveLength(generations);
  expect(await historyOf(early)).toContain('(1)');
  expect(await historyOf(waiting)).toContain('(1)');

  // Whoever came after the backup is unknown, hears so, and begins anew.
  const agree = card.buttons[0]?.[0]?.callbackData ?? '';
  expect((await late.press(card.id, agree).answer)?.text).toMatch(/over/i);
  await sendTwoPhotos(late);
  const anew = await expectBot(late, (m) => m.id > card.id && hasButton(/I confirm/)(m));
  await late.press(anew.id, anew.buttons[0]?.[0]?.callbackData ?? '').answer;
  await press(late, /Standard/);
  await expectVideos(late, 1);
  await press(early, /Again/);
  await expectBot(early, /Which video/);
  expect(await flow.keeper.stop()).toBe(0);
  expectClosedBooks();
  const errors = flow.output.filter((line) => /"level":"error"|ERROR/.test(line));
  expect(errors).toEqual([]);
});

test('a backup that was made before a delivery by sending shows the video a second time at most', async () => {
  flow = await openFlow({ generationMs: () => 2_500 });
  await orderVideo(flow.user);
  const card = await expectBot(flow.user, /Making your video/);
  await runCommand('backup');
  flow.user.deleteMessage(card.id);
  await expectVideos(flow.user, 1);
  await goBack();
  await expectVideos(flow.user, 2);
  expect(await historyOf(flow.user)).toContain('(1)');
  expect(flow.pixverse.generations()).toHaveLength(1);
  expect(videosIn(flow.user)).toHaveLength(2);
});
