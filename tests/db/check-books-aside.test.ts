import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { checkBooksAside } from '../../src/db/check-books-aside.js';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';

// The thread is a file of its own, which exists only as it is compiled.
const COMPILED = pathToFileURL(
  join(import.meta.dirname, '../../dist/db/check-books-aside.js'),
).href;

let folder: string;
let database: OpenDatabase;
let aside: typeof checkBooksAside;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hug-aside-'));
  database = openDatabase(join(folder, 'hug.db'));
  aside = ((await import(COMPILED)) as { checkBooksAside: typeof checkBooksAside }).checkBooksAside;
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a thread finds what the store itself finds, and the program goes on meanwhile', async () => {
  database.db.$client.exec(
    `insert into inbox (source, event_id, person_key, payload, received_at)
    values ('telegram', '1', '1', '{}', 1)`,
  );
  const now = Date.now();
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  const found = await aside(join(folder, 'hug.db'), now);
  clearInterval(ticking);
  expect(found).toEqual(await createSqliteStore(database.db).checkBooks(now));
  expect(found.filter((check) => check.violations > 0).map((check) => check.name)).toEqual([
    'inbox_pending',
  ]);
  expect(turns).toBeGreaterThan(0);
});

test('a database that is not there is an error and not closed books', async () => {
  await expect(aside(join(folder, 'none.db'), 1)).rejects.toThrow();
});
