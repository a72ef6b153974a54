// Time that stands still until a test moves it: a clock and waits on it.

import { setMaxListeners } from 'node:events';

export interface FakeTime {
  now: () => number;
  /** As `wait` of core, on this clock. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Moves the clock from wait to wait, and lets what each woke run. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Lets everything that can run now run. */
async function breathe(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function createFakeTime(start: number): FakeTime {
  let now = start;
  const sleepers = new Set<Sleeper>();

  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper: Sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal.aborted) {
          resolve();
          return;
        }
        sleepers.add(sleeper);
        setMaxListeners(0, signal);
        signal.addEventListener('abort', sleeper.wake, { once: true });
      }),
    advance: async (ms) => {
      const end = now + ms;
      await breathe();
      for (;;) {
        const [next] = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = Math.max(now, next.at);
        next.wake();
        await breathe();
      }
      now = end;
    },
  };
}
