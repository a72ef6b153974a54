// One way into the database: a synchronous body inside one immediate transaction, answered as a promise.

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
