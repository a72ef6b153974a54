// The way into the database: a synchronous body inside one transaction, answered as a promise.

import type { Database } from '../sqlite.js';

/** The same builders inside and outside of a transaction. */
export type Tx = Pick<Database, 'select' | 'insert' | 'update' | 'delete'>;

/**
 * Runs the body at once, whole or not at all. The promise settles when everything committed so far is on the disk, so
 * that nobody acts on what a power cut could still take back. The body must not be async.
 */
export type Transact = <T>(body: (tx: Tx) => T) => Promise<T>;

/**
 * Transactions on the program's only connection. A body sees what earlier bodies wrote, also before that is on the disk.
 * No other process writes (the database is locked to this one), so that `begin` need not take the write lock.
 */
export function transactOn(db: Database): Transact {
  const { $client: client, $syncLog: syncLog } = db;
  const [begin, commit, rollback] = ['begin', 'commit', 'rollback'].map((text) =>
    client.prepare(text),
  );
  const changes = client.prepare<[], number>('select total_changes()').pluck();
  let changesBefore = changes.get();
  /** The wait for what was last written; null when nothing is on its way to the disk. */
  let syncing: Promise<void> | null = null;

  const runWhole = <T>(body: (tx: Tx) => T): T => {
    begin?.run();
    try {
      const value = body(db);
      if (value instanceof Promise)
        throw new TypeError('the body of a transaction cannot be async');
      commit?.run();
      return value;
    } catch (error) {
      // Some faults (a full disk) have ended the transaction already.
      if (client.inTransaction) rollback?.run();
      throw error;
    }
  };

  const noteWrites = (): void => {
    const changesNow = changes.get();
    if (changesNow === changesBefore) return;
    changesBefore = changesNow;
    const synced = syncLog();
    syncing = synced;
    synced.then(
      () => {
        if (syncing === synced) syncing = null;
      },
      // Kept: whoever comes later fails with it.
      () => undefined,
    );
  };

  // `async`, so that a body that throws rejects.
  return async (body) => {
    const value = runWhole(body);
    noteWrites();
    if (syncing !== null) await syncing;
    return value;
  };
}
