import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDriver from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settings } from '../../src/db/schema/messages.js';
import { type Database, type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { type Transact, transactTogether, type Tx } from '../../src/db/store/transact.js';

let folder: string;
let database: OpenDatabase;
let outside: SqliteDriver.Database;
/** Transactions that were begun. */
let begun: number;
let together: Transact;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hug-db-'));
  database = openDatabase(join(folder, 'hug.db'));
  outside = new SqliteDriver(join(folder, 'hug.db'), { readonly: true });
  begun = 0;
  const counting = Object.create(database.db) as Database;
  counting.transaction = (...args) => {
    begun += 1;
    return database.db.transaction(...args);
  };
  together = transactTogether(counting);
});
afterEach(() => {
  outside.close();
  database.close();
  rmSync(folder, { recursive: true });
});

const write = (key: string) => (tx: Tx) => {
  tx.insert(settings).values({ key, value: 'x' }).run();
  return key;
};

/** What somebody else finds on the disk. */
const committed = () =>
  outside.prepare("select key from settings where value = 'x' order by key").pluck().all();

test('writes of one turn are one transaction, later ones the next', async () => {
  expect(await Promise.all(['a', 'b', 'c'].map((key) => together(write(key))))).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(begun).toBe(1);
  expect(await together(write('d'))).toBe('d');
  expect(begun).toBe(2);
  expect(committed()).toEqual(['a', 'b', 'c', 'd']);
});

test('a promise settles only when its write is on the disk', async () => {
  const found = ['a', 'b'].map((key) => together(write(key)).then(committed));
  expect(await Promise.all(found)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('a body that throws is undone alone', async () => {
  const failing = together((tx) => {
    write('half')(tx);
    throw new Error('second thoughts');
  });
  const results = await Promise.allSettled([together(write('a')), failing, together(write('b'))]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await expect(failing).rejects.toThrow('second thoughts');
  expect(committed()).toEqual(['a', 'b']);
});

test('what ends the whole transaction fails them all, and the next ones go on', async () => {
  const rollingBack = together(() => {
    database.db.$client.exec('rollback');
    throw new Error('the disk is full');
  });
  const results = await Promise.allSettled([
    together(write('a')),
    rollingBack,
    together(write('b')),
  ]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(committed()).toEqual([]);
  expect(await together(write('c'))).toBe('c');
  expect(committed()).toEqual(['c']);
});
