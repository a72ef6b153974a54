// Temporary folders for worlds whose app is killed over and over. A kill takes nothing from the kernel's memory, so
// these tests need no disk; waiting for one would be most of their time.

import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const MIN_FREE_BYTES = 1024 ** 3;

function isRoomy(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MIN_FREE_BYTES;
  } catch {
    // Only Linux has it.
    return false;
  }
}

/** A new folder, in memory where there is plenty of it. */
export function makeQuickFolder(prefix: string): string {
  return mkdtempSync(join(isRoomy() ? MEMORY : tmpdir(), prefix));
}
