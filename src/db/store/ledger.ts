// Rows of the append-only ledger. Who may book what is decided by the callers.

import { eq, sql } from 'drizzle-orm';
import type { NewLedgerEntry } from '../../core/ports/money-store.js';
import { ledger } from '../schema/money.js';
import type { Tx } from './transact.js';

export function balanceOf(tx: Tx, personId: string): number {
  const row = tx
    .select({ sum: sql<number>`coalesce(sum(${ledger.delta}), 0)` })
    .from(ledger)
    .where(eq(ledger.personId, personId))
    .get();
  return row?.sum ?? 0;
}

/** Books an entry unless its cause was booked before. */
export function insertEntry(tx: Tx, entry: NewLedgerEntry, now: number): 'booked' | 'already' {
  const written = tx
    .insert(ledger)
    .values({ ...entry, createdAt: now })
    .onConflictDoNothing({ target: ledger.cause })
    .run();
  return written.changes === 0 ? 'already' : 'booked';
}

export function hasEntry(tx: Tx, cause: string): boolean {
  return (
    tx.select({ id: ledger.id }).from(ledger).where(eq(ledger.cause, cause)).get() !== undefined
  );
}
