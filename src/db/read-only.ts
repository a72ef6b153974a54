// Opens the database beside the process that serves it: reads only, without its lock.

import SqliteDriver from 'better-sqlite3';

/** The app may be checkpointing for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/** @throws Error when there is no such file */
export function openReadOnly(file: string): SqliteDriver.Database {
  return new SqliteDriver(file, {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT_MS,
  });
}
