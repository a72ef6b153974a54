// Which copies of the database exist and how long: their names, and the rule by which old ones go. Touches no file.

import { join } from 'node:path';

/** No backup is older than this; what was erased from the database is gone from every copy after it. */
export const BACKUP_KEEP_DAYS = 7;
/** The newest ones are all kept; of those before them the newest of each UTC day. */
const NEWEST_KEPT = 24;
const DAY_MS = 24 * 60 * 60_000;
const NAME = /^hug-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/;

export function backupsFolder(dataDir: string): string {
  return join(dataDir, 'backups');
}

/** A time as it stands in file names, UTC: `2027-01-15T12-00-00.000Z`. It sorts like the time. */
export function fileTime(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(':', '-');
}

export function backupName(atMs: number): string {
  return `hug-${fileTime(atMs)}.db`;
}

/** When a backup was made, epoch ms; null for any other file. */
export function readBackupName(name: string): number | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, day, hour, minute, rest] = match;
  const atMs = Date.parse(`${day}T${hour}:${minute}:${rest}`);
  return Number.isNaN(atMs) ? null : atMs;
}

/**
 * The backups that have had their time. The newest one always stays.
 * @param names any file names; what is no backup is left alone
 */
export function expiredBackups(names: readonly string[], nowMs: number): string[] {
  const backups = names
    .map((name) => ({ name, atMs: readBackupName(name) }))
    .filter((backup): backup is { name: string; atMs: number } => backup.atMs !== null)
    .sort((a, b) => b.atMs - a.atMs);
  const days = new Set<number>();
  return backups
    .filter(({ atMs }, index) => {
      const day = Math.floor(atMs / DAY_MS);
      const isNewestOfDay = !days.has(day);
      days.add(day);
      const isYoung = nowMs - atMs < BACKUP_KEEP_DAYS * DAY_MS;
      return !(index === 0 || (isYoung && (index < NEWEST_KEPT || isNewestOfDay)));
    })
    .map(({ name }) => name);
}
