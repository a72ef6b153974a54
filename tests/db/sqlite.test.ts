import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDriver from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { DatabaseFault, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import { testStore } from '../contract/store.js';

const folder = mkdtempSync(join(tmpdir(), 'hug-db-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

testStore('SQLite in memory', () => {
  const database = openDatabase(':memory:');
  return { store: createSqliteStore(database.db), close: database.close };
});

let files = 0;
testStore('SQLite in a file', () => {
  files += 1;
  const database = openDatabase(join(folder, `store-${files}.db`));
  return { store: createSqliteStore(database.db), close: database.close };
});

describe('the database file', () => {
  test('is opened durable and strict', () => {
    const database = openDatabase(join(folder, 'pragmas.db'));
    const read = (name: string): unknown => database.db.$client.pragma(name, { simple: true });
    expect(read('journal_mode')).toBe('wal');
    // Commits wait for the disk in `$syncLog`.
    expect(read('synchronous')).toBe(1);
    expect(read('foreign_keys')).toBe(1);
    expect(read('secure_delete')).toBe(1);
    database.close();
  });

  test('is refused to a second opener, and free again after the first closed', () => {
    const file = join(folder, 'one.db');
    const first = openDatabase(file);
    expect(() => openDatabase(file)).toThrow(DatabaseFault);
    expect(() => openDatabase(file)).toThrow(/another process has this database open/);
    first.close();
    openDatabase(file).close();
  });

  test('of a newer version is refused with what to do', () => {
    const file = join(folder, 'newer.db');
    openDatabase(file).close();
    const raw = new SqliteDriver(file);
    raw
      .prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)')
      .run('later', 9_999_999_999_999);
    raw.close();
    expect(() => openDatabase(file)).toThrow(/written by a newer version/);
  });

  test('keeps the ledger and the event log append-only', () => {
    const database = openDatabase(':memory:');
    const { $client } = database.db;
    $client.exec(
      "insert into people (id, locale, offer_first, created_at) values ('p', 'en', 'premium', 1);" +
        "insert into ledger (person_id, delta, kind, cause, created_at) values ('p', 5, 'admin_grant', 'c', 1)",
    );
    expect(() => $client.exec('update ledger set delta = 50')).toThrow(/append-only/);
    expect(() => $client.exec('delete from ledger')).toThrow(/append-only/);
    database.close();
  });

  test('can be copied while it is in use', async () => {
    const database = openDatabase(join(folder, 'live.db'));
    const store = createSqliteStore(database.db);
    await store.receiveUpdates('telegram', [{ eventId: '1', personKey: 'a', payload: '{}' }], 1);
    const copy = join(folder, 'copy.db');
    await database.backUp(copy);
    database.close();
    const restored = openDatabase(copy);
    expect(await createSqliteStore(restored.db).pendingUpdates('telegram')).toHaveLength(1);
    restored.close();
  });
});
