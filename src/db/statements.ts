// Keeps compiled statements: drizzle compiles each query anew, which was a quarter of the time in the database.

import type SqliteDriver from 'better-sqlite3';

/** Far more than the program has; lists of different lengths make queries of their own. */
const MAX_KEPT = 500;

/**
 * The same connection, whose `prepare` answers the same statement for the same text. For drizzle alone: it always
 * reads one query in one way, and to the end, so that a statement is never in use twice.
 */
export function keepStatements(client: SqliteDriver.Database): SqliteDriver.Database {
  const kept = new Map<string, SqliteDriver.Statement>();
  const prepare = (text: string): SqliteDriver.Statement => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT) kept.clear();
    const statement = client.prepare(text);
    kept.set(text, statement);
    return statement;
  };
  return Object.create(client, { prepare: { value: prepare } }) as SqliteDriver.Database;
}
