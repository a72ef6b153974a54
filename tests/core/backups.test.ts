import { describe, expect, test } from 'vitest';
import {
  BACKUP_KEEP_DAYS,
  backupName,
  expiredBackups,
  readBackupName,
} from '../../src/core/backups.js';

const NOW = Date.UTC(2027, 0, 15, 12, 47);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Names of hourly backups, from `hours` ago until now. */
function hourly(hours: number): string[] {
  return Array.from({ length: hours + 1 }, (_, ago) => backupName(NOW - ago * HOUR_MS));
}

describe('the name of a backup', () => {
  test('is its time in UTC, and can be read back', () => {
    expect(backupName(NOW)).toBe('hug-2027-01-15T12-47-00.000Z.db');
    expect(readBackupName(backupName(NOW))).toBe(NOW);
  });

  test.each([
    'hug.db',
    'hug-2027-01-15T12-47-00.000Z.db.part',
    'hug-2027-13-45T12-47-00.000Z.db',
    'notes.txt',
  ])('is not %s', (name) => {
    expect(readBackupName(name)).toBeNull();
  });
});

describe('of the backups are kept', () => {
  test('the newest 24, and before them the newest of each day', () => {
    const names = hourly(24 * 30);
    const expired = new Set(expiredBackups(names, NOW));
    const kept = names.filter((name) => !expired.has(name));
    expect(kept.slice(0, 24)).toEqual(names.slice(0, 24));
    expect(kept.slice(24)).toEqual(
      [13, 12, 11, 10, 9, 8].map((day) => backupName(Date.UTC(2027, 0, day, 23, 47))),
    );
  });

  test('none older than the days that people are told, even of the newest 24', () => {
    const young = backupName(NOW - BACKUP_KEEP_DAYS * DAY_MS + 1);
    const old = backupName(NOW - BACKUP_KEEP_DAYS * DAY_MS);
    expect(expiredBackups([backupName(NOW), young, old], NOW)).toEqual([old]);
  });

  test('the newest one in any case, and every file that is no backup', () => {
    const [newest, older] = [backupName(NOW - 90 * DAY_MS), backupName(NOW - 91 * DAY_MS)];
    expect(expiredBackups([older, 'hug.db.before-x', newest], NOW)).toEqual([older]);
  });

  test('the same ones, however often and in whatever order they are thinned', () => {
    const names = hourly(200);
    const expired = new Set(expiredBackups(names, NOW));
    const kept = names.filter((name) => !expired.has(name)).reverse();
    expect(expiredBackups(kept, NOW)).toEqual([]);
  });
});
