import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDriver from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settings } from '../../src/db/schema/messages.js';
import { shareSync } from '../../src/db/log-sync.js';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { type Transact, transactOn, type Tx } from '../../src/db/store/transact.js';

let folder: string;
let database: OpenDatabase;
let outside: SqliteDriver.Database;
let transact: Transact;
/** The disk: each wait for it, to be ended by hand. */
let waits: { end: () => void; fail: (error: Error) => void }[];
/** What has settled, in order. */
let settled: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hug-db-'));
  database = openDatabase(join(folder, 'hug.db'));
  outside = new SqliteDriver(join(folder, 'hug.db'), { readonly: true });
  waits = [];
  settled = [];
  const sync = shareSync(
    () =>
      new Promise((resolve, reject) => {
        waits.push({ end: resolve, fail: reject });
      }),
  );
  transact = transactOn(Object.assign(Object.create(database.db), { $syncLog: sync }) as never);
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
const read = (tx: Tx) =>
  tx
    .select()
    .from(settings)
    .all()
    .map((row) => row.key);

/** Watches a promise by name. */
function watch(name: string, promise: Promise<unknown>): void {
  promise.then(
    () => settled.push(name),
    () => settled.push(`${name} failed`),
  );
}

/** Lets everything that can settle do so. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What another connection finds. */
const committed = () =>
  outside.prepare("select key from settings where value = 'x' order by key").pluck().all();

test('a body runs and commits at once; its promise waits for the disk', async () => {
  watch('a', transact(write('a')));
  expect(committed()).toEqual(['a']);
  await turn();
  expect(settled).toEqual([]);
  waits[0]?.end();
  await turn();
  expect(settled).toEqual(['a']);
});

test('what is committed during a wait shares the next one', async () => {
  for (const key of ['a', 'b', 'c']) watch(key, transact(write(key)));
  expect(waits).toHaveLength(1);
  waits[0]?.end();
  await turn();
  expect(settled).toEqual(['a']);
  expect(waits).toHaveLength(2);
  waits[1]?.end();
  await turn();
  expect(settled).toEqual(['a', 'b', 'c']);
  expect(waits).toHaveLength(2);
});

test('who reads what is not yet on the disk waits with it; otherwise nobody waits for a reader', async () => {
  expect(await transact(read)).toEqual([]);
  expect(waits).toHaveLength(0);
  watch('a', transact(write('a')));
  const reading = transact(read);
  watch('reader', reading);
  await turn();
  expect(settled).toEqual([]);
  waits[0]?.end();
  expect(await reading).toEqual(['a']);
  expect(await transact(read)).toEqual(['a']);
  expect(waits).toHaveLength(1);
});

test('a body that throws leaves nothing behind', async () => {
  const failing = transact((tx) => {
    write('half')(tx);
    throw new Error('second thoughts');
  });
  await expect(failing).rejects.toThrow('second thoughts');
  expect(committed()).toEqual([]);
  const rollingBack = transact((tx) => {
    write('half')(tx);
    database.db.$client.exec('rollback');
    throw new Error('the disk is full');
  });
  await expect(rollingBack).rejects.toThrow('the disk is full');
  watch('b', transact(write('b')));
  expect(committed()).toEqual(['b']);
});

test('an async body is refused, and undone', async () => {
  const body = (tx: Tx) => Promise.resolve(write('late')(tx));
  await expect(transact(body)).rejects.toThrow(/cannot be async/);
  expect(committed()).toEqual([]);
});

test('after the disk has failed once, nothing is called kept any more', async () => {
  for (const key of ['a', 'b']) watch(key, transact(write(key)));
  waits[0]?.fail(new Error('i/o error'));
  await turn();
  expect(settled).toEqual(['a failed', 'b failed']);
  await expect(transact(write('c'))).rejects.toThrow('i/o error');
  await expect(transact(read)).rejects.toThrow('i/o error');
  expect(waits).toHaveLength(1);
});

test('the real log is synced', async () => {
  const real = transactOn(database.db);
  expect(await Promise.all(['a', 'b'].map((key) => real(write(key))))).toEqual(['a', 'b']);
  expect(committed()).toEqual(['a', 'b']);
});
