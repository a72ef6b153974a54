// Queries that are asked all the time, built once: drizzle spends far longer on building one than SQLite on answering it.

import type { Tx } from './transact.js';

/** @returns the prepared query of a database, made at its first use there */
export function preparedOnce<Query>(build: (tx: Tx) => Query): (tx: Tx) => Query {
  const built = new WeakMap<Tx, Query>();
  return (tx) => {
    const known = built.get(tx);
    if (known !== undefined) return known;
    const query = build(tx);
    built.set(tx, query);
    return query;
  };
}
