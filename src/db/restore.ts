// Puts a copy in the place of the database. The present one is set aside, never overwritten.

import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileTime } from '../core/backups.js';
import { copyDatabase, sealCopy, syncPath } from './backup.js';
import { DatabaseFault, takeLock } from './sqlite.js';

/** The database and what SQLite keeps beside it. They belong together, wherever they go. */
const PARTS = ['', '-wal', '-shm'] as const;

export interface Restored {
  /** Where the former database is now, with its `-wal` and `-shm`; null when there was none. */
  setAside: string | null;
}

/**
 * Replaces the database by a checked copy of `from`, which stays as it is. What an interruption leaves is put right by
 * doing it again.
 *
 * @throws DatabaseFault while a process has the database, or when `from` is damaged, none of ours or of a newer
 *   version; the database is then untouched
 */
export async function restoreDatabase(
  databaseFile: string,
  from: string,
  nowMs: number,
): Promise<Restored> {
  if (!existsSync(from)) throw new DatabaseFault(`There is no file ${from}.`);
  mkdirSync(dirname(databaseFile), { recursive: true });
  const isItself = existsSync(databaseFile) && realpathSync(databaseFile) === realpathSync(from);
  if (isItself) throw new DatabaseFault(`${from} is the present database itself.`);
  const unlock = takeLock(`${databaseFile}.lock`);
  const incoming = `${databaseFile}.incoming`;
  try {
    removeAll(incoming);
    await copyDatabase(from, incoming);
    check(incoming, from);
    await syncPath(incoming);
    const setAside = setPresentAside(databaseFile, `${databaseFile}.before-${fileTime(nowMs)}`);
    renameSync(incoming, databaseFile);
    await syncPath(dirname(databaseFile));
    return { setAside };
  } finally {
    removeAll(incoming);
    unlock();
  }
}

function removeAll(file: string): void {
  for (const part of [...PARTS, '-journal']) rmSync(`${file}${part}`, { force: true });
}

/** Checks the copy, and speaks of the file that the person named. */
function check(copy: string, named: string): void {
  try {
    sealCopy(copy);
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    throw new DatabaseFault(error.message.replaceAll(copy, named), { cause: error });
  }
}

function setPresentAside(databaseFile: string, aside: string): string | null {
  let hasMoved = false;
  for (const part of PARTS) {
    if (!existsSync(`${databaseFile}${part}`)) continue;
    renameSync(`${databaseFile}${part}`, `${aside}${part}`);
    hasMoved = true;
  }
  return hasMoved ? aside : null;
}
