// Opens the SQLite file safely: one process, durable writes, migrated. Knows nothing of orders.

import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import SqliteDriver from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { shareSync, type SyncLog } from './log-sync.js';
import { keepStatements } from './statements.js';

export type Database = BetterSQLite3Database & {
  $client: SqliteDriver.Database;
  /** A commit is on the disk only once this has resolved after it. */
  $syncLog: SyncLog;
};

export interface OpenDatabase {
  db: Database;
  /** Copies the running database to `file`, consistent, while writes go on. */
  backUp: (file: string) => Promise<void>;
  close: () => void;
}

/** SQLite before 3.51.3 can corrupt a WAL database when two connections checkpoint at once. */
const MIN_SQLITE_VERSION = [3, 51, 3] as const;
const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** The database cannot be used as it is; the message says what to do. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
}

/**
 * Opens or creates the database, takes it for this process alone and migrates it.
 *
 * @param file path, or `:memory:` for a private one
 * @throws DatabaseFault when another process has it, the schema is newer than this program, or SQLite is too old
 */
export function openDatabase(file: string): OpenDatabase {
  const isMemory = file === ':memory:';
  if (!isMemory) mkdirSync(dirname(file), { recursive: true });
  const unlock = isMemory ? () => undefined : takeLock(`${file}.lock`);
  let client: SqliteDriver.Database | undefined;
  try {
    client = new SqliteDriver(file);
    checkVersion(client);
    client.pragma('journal_mode = WAL');
    // Commits do not wait for the disk here, `$syncLog` does: the guarantee of FULL without its pauses.
    client.pragma('synchronous = NORMAL');
    client.pragma('foreign_keys = ON');
    client.pragma('secure_delete = ON');
    client.pragma('busy_timeout = 2000');
    refuseNewerSchema(client);
    migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
    const opened = client;
    const log = isMemory ? null : openLog(file);
    const $syncLog = log === null ? () => Promise.resolve() : shareSync(log.sync);
    return {
      db: Object.assign(drizzle(keepStatements(client)), { $client: client, $syncLog }),
      backUp: async (target) => {
        await opened.backup(target);
      },
      close: () => {
        opened.close();
        log?.close();
        unlock();
      },
    };
  } catch (error) {
    client?.close();
    unlock();
    throw error;
  }
}

const syncData = promisify(fdatasync);

/**
 * The write-ahead log beside the database. SQLite never replaces the file while a connection is open, and holds no lock
 * on it that closing could drop.
 */
function openLog(file: string): { sync: () => Promise<void>; close: () => void } {
  const descriptor = openSync(`${file}-wal`, 'r');
  const folder = openSync(dirname(file), 'r');
  // Its name in the folder, once.
  fsyncSync(folder);
  closeSync(folder);
  return {
    sync: () => syncData(descriptor),
    close: () => {
      closeSync(descriptor);
    },
  };
}

/**
 * Holds an exclusive lock on a side file for the life of the process. The kernel frees it on any kind of death.
 * @throws DatabaseFault when somebody else holds it
 */
export function takeLock(lockFile: string): () => void {
  const lock = new SqliteDriver(lockFile, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    throw new DatabaseFault(
      `another process has this database open (${lockFile}). Stop it first: one database serves one process.`,
      { cause: error },
    );
  }
  return () => {
    lock.close();
  };
}

function checkVersion(client: SqliteDriver.Database): void {
  const version = client.prepare('select sqlite_version()').pluck().get() as string;
  const parts = version.split('.').map(Number);
  for (const [index, minimum] of MIN_SQLITE_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part > minimum) return;
    if (part < minimum) {
      throw new DatabaseFault(
        `SQLite ${version} is too old (at least ${MIN_SQLITE_VERSION.join('.')}). Run npm ci again.`,
      );
    }
  }
}

/** @throws DatabaseFault when a later migration than ours was applied */
export function refuseNewerSchema(client: SqliteDriver.Database): void {
  const isMigrated = client
    .prepare("select 1 from sqlite_master where name = '__drizzle_migrations'")
    .get();
  if (isMigrated === undefined) return;
  const applied = client
    .prepare('select max(created_at) from __drizzle_migrations')
    .pluck()
    .get() as number | null;
  const journal = JSON.parse(readFileSync(`${MIGRATIONS_FOLDER}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[];
  };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  if ((applied ?? 0) > newest) {
    throw new DatabaseFault(
      'this database was written by a newer version of the program. Start that version, or restore a backup.',
    );
  }
}
