// Makes commits durable without holding up the program: one wait for the disk serves all commits made before it.

/** Resolves when everything committed before the call is on the disk. Rejects when the disk has failed, now or before. */
export type SyncLog = () => Promise<void>;

/**
 * @param sync waits until the log file, as it is when called, is on the disk. It never runs twice at once, and after it
 *   has failed once it is not tried again: what a disk has lost, a second attempt would wrongly call kept
 *   (https://wiki.postgresql.org/wiki/Fsync_Errors).
 */
export function shareSync(sync: () => Promise<void>): SyncLog {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const start = (): Promise<void> => {
    next = null;
    const begun = sync();
    running = begun;
    begun.then(
      () => {
        if (running === begun) running = null;
      },
      // Kept as the one that runs: everybody after it fails with it.
      () => undefined,
    );
    return begun;
  };

  return () => {
    if (running === null) return start();
    // The one under way may have begun before the caller's commit; only the one after it surely has it.
    next ??= running.then(start);
    return next;
  };
}
