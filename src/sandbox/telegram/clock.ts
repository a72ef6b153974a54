// The time that the stand-in lives by. Tests bring their own, so that nothing waits for real.

import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Epoch milliseconds. */
  now: () => number;
  /** Ends after `ms`, or at once when the signal aborts; never rejects. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export async function sleepForReal(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Telegram's dates are whole seconds. */
export function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
