// What one check of the books is: a query that finds what breaks an invariant. Here is what several of them share.

export interface BookQuery {
  name: string;
  /** What must hold. */
  about: string;
  /** Selects the `id` of each thing that breaks it. May use the parameters of `BookLimits`. */
  sql: string;
}

/** Times (epoch ms) that the queries compare with, by their parameter names. */
export interface BookLimits {
  /** Work that was due before this and that nobody took. */
  dueBefore: number;
  /** PixVerse was asked before this and the order still waits for it. */
  submittedBefore: number;
  /** Made before this and still not in the chat of somebody who can be reached. */
  generatedBefore: number;
  /** Funded before this and still in the queue. */
  queuedBefore: number;
  /** Untouched since then and still a draft. */
  draftBefore: number;
  /** Photos whose orders all ended before this must be gone. */
  photosBefore: number;
}

/** Statuses as a list for `in`, without quotes that could clash: they are our own constants. */
export function sqlList(values: readonly string[]): string {
  return `(${values.map((value) => `'${value}'`).join(', ')})`;
}
