// The ways into the database: a synchronous body inside one immediate transaction, answered as a promise.

import type { Database } from '../sqlite.js';

/** The database or a transaction on it: both run the same builders. */
export type Tx = Pick<Database, 'select' | 'insert' | 'update' | 'delete'>;

export type Transact = <T>(body: (tx: Tx) => T) => Promise<T>;

/**
 * `immediate`, because a deferred transaction that reads and then writes can fail halfway. The body must not be
 * async: the driver would commit before its first await.
 */
export function transactOn(db: Database): Transact {
  return (body) =>
    new Promise((resolve) => {
      resolve(db.transaction(body, { behavior: 'immediate' }));
    });
}

/** A body that waits for its turn; `run` answers what is to be said once everything is on the disk. */
interface Waiting {
  run: (tx: Tx) => () => void;
  fail: (error: unknown) => void;
}

/**
 * As `transactOn`, for the writes of the loop, which come by the dozen: what is asked for in one turn of the
 * event loop is committed together, and a commit waits for the disk. Each body stands alone all the same: it is
 * undone alone when it throws, and its promise settles only after the commit. When that fails, all of them fail.
 */
export function transactTogether(db: Database): Transact {
  const { $client: client } = db;
  let waiting: Waiting[] = [];

  const commit = (): void => {
    const together = waiting;
    waiting = [];
    const settle: (() => void)[] = [];
    try {
      db.transaction(
        (outer) => {
          for (const { run, fail } of together) {
            try {
              // A savepoint.
              settle.push(outer.transaction(run));
            } catch (error) {
              // Some faults (a full disk) take the whole transaction with them.
              if (!client.inTransaction) throw error;
              settle.push(() => {
                fail(error);
              });
            }
          }
        },
        { behavior: 'immediate' },
      );
    } catch (error) {
      for (const { fail } of together) fail(error);
      return;
    }
    for (const tell of settle) tell();
  };

  return <T>(body: (tx: Tx) => T) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(commit);
      const run = (tx: Tx) => {
        const value = body(tx);
        return () => {
          resolve(value);
        };
      };
      waiting.push({ run, fail: reject });
    });
}
