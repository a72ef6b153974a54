// What core tells whoever measures it: things that leave no row behind, each the moment it happens.

import type { RefundCause } from './model.js';
import type { PixverseFaultKind } from './video/pixverse-errors.js';

/** Must return at once and never throw. What can be read off the database is not told here. */
export interface Metrics {
  /** PixVerse was asked how far a generation is. */
  generationLooked(): void;
  /** A finished video was found. `addedWaitMs`: how long it had been finished; null when that cannot be said. */
  videoFound(addedWaitMs: number | null): void;
  /** A call to PixVerse failed, by what it means for us. */
  pixverseFailed(kind: PixverseFaultKind): void;
  /** A payment is back with who paid. */
  paymentRefunded(cause: RefundCause): void;
}

/** Measures nothing. */
export const NO_METRICS: Metrics = {
  generationLooked: () => undefined,
  videoFound: () => undefined,
  pixverseFailed: () => undefined,
  paymentRefunded: () => undefined,
};
