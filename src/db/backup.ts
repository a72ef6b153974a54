// Copies of the database: made while it is in use, checked before they get their name, and thinned.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDriver from 'better-sqlite3';
import { backupName, backupsFolder, expiredBackups } from '../core/backups.js';
import type { Log } from '../core/log.js';
import { DatabaseFault, refuseNewerSchema } from './sqlite.js';

const PART = '.part';
/** A part this old was left by a process that died. */
const PART_LIFE_MS = 60 * 60_000;
const WHOLE_FILE = 0x7fffffff;
/** Tables that every version of our database has. */
const OUR_TABLES = ['__drizzle_migrations', 'people', 'orders', 'ledger', 'inbox'];

/** Writes a consistent copy of a database to a file that does not exist yet. */
export type CopyTo = (file: string) => Promise<void>;

export interface Backup {
  name: string;
  path: string;
  sizeBytes: number;
  /** How many older backups had their time and are gone. */
  removed: number;
}

/**
 * Copies a database file by a read-only connection of its own: nothing is locked, and what a running or a killed
 * process left in the `-wal` file is in the copy.
 * @throws DatabaseFault when there is no such file or it cannot be read
 */
export async function copyDatabase(file: string, target: string): Promise<void> {
  if (!existsSync(file)) throw new DatabaseFault(`There is no database at ${file}.`);
  const source = readingFrom(file, () => new SqliteDriver(file, { readonly: true }));
  try {
    // In one step, because a foreign connection's copy begins anew after each write of the running program.
    await source.backup(target, { progress: () => WHOLE_FILE });
  } catch (error) {
    throw faultOf(file, error);
  } finally {
    source.close();
  }
}

/**
 * Makes a copy one file that needs no `-wal`, and checks it.
 * @param file a copy: its journal mode is changed
 * @throws DatabaseFault when it is damaged, none of ours, or of a newer version of the program
 */
export function sealCopy(file: string): void {
  const copy = readingFrom(file, () => new SqliteDriver(file, { fileMustExist: true }));
  try {
    readingFrom(file, () => {
      copy.pragma('journal_mode = DELETE');
      const found = copy.pragma('integrity_check(1)', { simple: true });
      if (found !== 'ok') throw new DatabaseFault(`${file} is damaged: ${String(found)}.`);
      const isOurs = copy.prepare("select 1 from sqlite_master where type = 'table' and name = ?");
      if (!OUR_TABLES.every((table) => isOurs.get(table) !== undefined)) {
        throw new DatabaseFault(`${file} is no database of NEXORA Hug.`);
      }
      if ((copy.pragma('foreign_key_check') as unknown[]).length > 0) {
        throw new DatabaseFault(`${file} is damaged: rows refer to rows that are not there.`);
      }
      refuseNewerSchema(copy);
    });
  } finally {
    copy.close();
  }
}

function faultOf(file: string, error: unknown): unknown {
  if (!(error instanceof SqliteDriver.SqliteError)) return error;
  const why =
    error.code === 'SQLITE_NOTADB' ? 'is no SQLite database' : `cannot be read: ${error.message}`;
  return new DatabaseFault(`${file} ${why}.`, { cause: error });
}

function readingFrom<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw faultOf(file, error);
  }
}

/** Makes what was written to a file or folder survive a loss of power. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes backups that had their time, and parts of processes that died. */
async function thin(folder: string, nowMs: number): Promise<number> {
  const names = await readdir(folder);
  const expired = expiredBackups(names, nowMs);
  for (const name of expired) await rm(join(folder, name), { force: true });
  for (const name of names.filter((one) => one.includes(PART))) {
    const path = join(folder, name);
    // Another process may just have given it its name.
    const found = await stat(path).catch(() => null);
    const isOld = found !== null && nowMs - found.mtimeMs > PART_LIFE_MS;
    if (isOld) await rm(path, { force: true });
  }
  return expired.length;
}

/**
 * Writes one backup: under a passing name until it is checked and synced, so that what has a name can be restored.
 * Older ones are thinned only afterwards.
 * @throws DatabaseFault, or what the file system throws; no part is left behind
 */
export async function writeBackup(copyTo: CopyTo, dataDir: string, nowMs: number): Promise<Backup> {
  const folder = backupsFolder(dataDir);
  // People's photos and words are inside: nobody else on the machine has to read them.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = backupName(nowMs);
  const path = join(folder, name);
  const part = `${path}.${randomUUID()}${PART}`;
  try {
    await copyTo(part);
    sealCopy(part);
    await syncPath(part);
    await rename(part, path);
    await syncPath(folder);
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) {
      await rm(`${part}${suffix}`, { force: true });
    }
  }
  const { size } = await stat(path);
  return { name, path, sizeBytes: size, removed: await thin(folder, nowMs) };
}

export interface ScheduledBackups {
  /** Writes one backup and a line about it; a failure is a line too, and the next time tries again. */
  run(): Promise<void>;
  /** Resolves when none is being written. */
  idle(): Promise<void>;
}

/** The backups that the running program makes of its own database. */
export function createBackups(options: {
  copyTo: CopyTo;
  dataDir: string;
  now: () => number;
  log: Log;
}): ScheduledBackups {
  const { copyTo, dataDir, now, log } = options;
  let running: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    const startedAt = now();
    try {
      const { name, sizeBytes, removed } = await writeBackup(copyTo, dataDir, startedAt);
      log.info({ name, sizeBytes, removed, tookMs: now() - startedAt }, 'backup written');
    } catch (error) {
      log.error({ err: error }, 'the backup failed; the next one is tried at its time');
    }
  };

  return {
    run: () => {
      running = running.then(run);
      return running;
    },
    idle: () => running,
  };
}
