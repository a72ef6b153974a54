// Two taps on one button within a moment mean one thing. Needed only where a tap sends something and changes no row that
// would tell the second from the first. Kept in memory: what a restart forgets is one more message, which harms nobody.

/** So long a further tap on the same button counts as the same. */
const MOMENT_MS = 10_000;
/** Longer than an update is handled again and again. */
const KEPT_MS = 60 * 60_000;

export interface Taps {
  /**
   * Acts, unless this update did already or another tap on the same button did a moment ago. An act that throws does
   * not count.
   */
  actOnce(button: string, updateId: number, act: () => Promise<void>): Promise<void>;
}

export function createTaps(now: () => number): Taps {
  const acted = new Map<string, { updateId: number; at: number }>();

  const forgetOld = (): void => {
    for (const [button, { at }] of acted) {
      if (now() - at < KEPT_MS) return;
      acted.delete(button);
    }
  };

  return {
    actOnce: async (button, updateId, act) => {
      const last = acted.get(button);
      if (last?.updateId === updateId) return;
      if (last !== undefined && now() - last.at < MOMENT_MS) return;
      await act();
      // To the end, so that the oldest stand first.
      acted.delete(button);
      acted.set(button, { updateId, at: now() });
      forgetOld();
    },
  };
}
