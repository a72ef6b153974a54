// The app's database while the app is down: for moving the clock, and for looking into what is left.

import type SqliteDriver from 'better-sqlite3';
import { checkBooks } from '../../src/db/store/books.js';
import { openReadOnly } from '../../src/db/read-only.js';
import { openDatabase } from '../../src/db/sqlite.js';

export type Run = (query: string, ...values: unknown[]) => Record<string, unknown>[];

interface Where {
  databaseFile: string;
}

function runOn(client: SqliteDriver.Database): Run {
  return (query, ...values) => {
    const statement = client.prepare(query);
    if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
    statement.run(...values);
    return [];
  };
}

/** @throws DatabaseFault while the app runs */
export function withDatabase<T>({ databaseFile }: Where, work: (run: Run) => T): T {
  const database = openDatabase(databaseFile);
  try {
    return work(runOn(database.db.$client));
  } finally {
    database.close();
  }
}

/** Reads what the running app has written so far. */
export function readWhileRunning<T>({ databaseFile }: Where, work: (run: Run) => T): T {
  const client = openReadOnly(databaseFile);
  try {
    return work(runOn(client));
  } finally {
    client.close();
  }
}

/** What breaks the invariants that `npm run verify-books` checks, by name. */
export function findOpenBooks({ databaseFile }: Where): Record<string, string[]> {
  const client = openReadOnly(databaseFile);
  try {
    const broken = checkBooks(client, Date.now()).filter(({ violations }) => violations > 0);
    return Object.fromEntries(broken.map(({ name, samples }) => [name, samples]));
  } finally {
    client.close();
  }
}
