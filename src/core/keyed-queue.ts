// Work that must happen one at a time per key (a person, an order) and side by side across keys.

export interface KeyedQueue {
  /** Runs `work` after everything that was queued under this key before. Settles as `work` does. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is running or waiting. */
  idle(): Promise<void>;
  readonly size: number;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  let size = 0;

  return {
    run: (key, work) => {
      const before = tails.get(key) ?? Promise.resolve();
      size += 1;
      const mine = before.then(work, work).finally(() => {
        size -= 1;
        if (tails.get(key) === settled) tails.delete(key);
      });
      const settled = mine.catch(() => undefined);
      tails.set(key, settled);
      return mine;
    },
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
    get size() {
      return size;
    },
  };
}
