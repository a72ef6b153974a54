// How long generations took, as counts per bucket: what a day's roll-up keeps of them. Pure.

/** Upper bounds of the buckets; one more bucket takes what is longer. */
export const GENERATION_BUCKETS_MS: readonly number[] = [
  5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90, 105, 120, 150, 180, 240, 300, 420, 600,
  900, 1200, 1800,
].map((seconds) => seconds * 1000);

/** Counts of all buckets, zero each. */
export function emptyBuckets(): number[] {
  return Array.from({ length: GENERATION_BUCKETS_MS.length + 1 }, () => 0);
}

/** Counts one generation. */
export function countGeneration(buckets: number[], generationMs: number): void {
  const found = GENERATION_BUCKETS_MS.findIndex((bound) => generationMs <= bound);
  const index = found === -1 ? GENERATION_BUCKETS_MS.length : found;
  buckets[index] = (buckets[index] ?? 0) + 1;
}

/** Adds up the counts of several days. */
export function addBuckets(all: readonly (readonly number[])[]): number[] {
  return emptyBuckets().map((_, index) => all.reduce((sum, one) => sum + (one[index] ?? 0), 0));
}

/**
 * The time within which this share was finished, by even spread inside a bucket.
 * @param share 0.5 for the median
 * @returns milliseconds, or null when nothing was counted
 */
export function percentileMs(buckets: readonly number[], share: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let seen = 0;
  for (const [index, count] of buckets.entries()) {
    if (count > 0 && seen + count >= wanted) {
      const low = GENERATION_BUCKETS_MS[index - 1] ?? 0;
      const high = GENERATION_BUCKETS_MS[index] ?? low;
      return Math.round(low + ((wanted - seen) / count) * (high - low));
    }
    seen += count;
  }
  return GENERATION_BUCKETS_MS.at(-1) ?? null;
}
