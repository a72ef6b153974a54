// What core asks of the database about figures and books. Part of `Store`: every function is one transaction.

/** One invariant of the books and how often it is broken. */
export interface BookCheck {
  /** Stable, for metrics: `balance_below_zero`. */
  name: string;
  /** What must hold, as a sentence. */
  about: string;
  violations: number;
  /** Up to five ids of what breaks it: orders, payments, people, rows. Never anything personal. */
  samples: string[];
}

export interface StatisticsStore {
  /**
   * Checks every invariant of the books. Changes nothing.
   * @param photoKeepMs `PHOTO_KEEP_HOURS`; a day unless told
   */
  checkBooks(now: number, photoKeepMs?: number): Promise<BookCheck[]>;
}
