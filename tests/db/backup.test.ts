import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import SqliteDriver from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupName } from '../../src/core/backups.js';
import type { Log } from '../../src/core/log.js';
import { copyDatabase, createBackups, writeBackup } from '../../src/db/backup.js';
import { restoreDatabase } from '../../src/db/restore.js';
import { DatabaseFault, openDatabase } from '../../src/db/sqlite.js';
import { silentLog } from '../support/silent-log.js';

const NOW = Date.UTC(2027, 0, 15, 12, 47);
const DAY_MS = 86_400_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hug-backup-'));
  file = join(folder, 'hug.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Books `count` pairs of rows, each pair in one transaction: a copy between two of them has an even number. */
function bookPairs(client: SqliteDriver.Database, name: string, count: number): void {
  client
    .prepare("insert into people (id, locale, offer_first, created_at) values (?, 'en', 'x', 1)")
    .run(name);
  const entry = client.prepare(
    'insert into ledger (person_id, delta, kind, cause, created_at) values (?, ?, ?, ?, 1)',
  );
  for (let index = 0; index < count; index += 1) {
    client.transaction(() => {
      entry.run(name, 5, 'admin_grant', `${name}+${index}`);
      entry.run(name, -5, 'admin_revoke', `${name}-${index}`);
    })();
  }
}

/** Makes the database so large that a copy takes many steps. */
function fill(client: SqliteDriver.Database): void {
  const row = client.prepare(
    'insert into inbox (source, event_id, person_key, payload, received_at) values (?, ?, ?, ?, 1)',
  );
  client.transaction(() => {
    for (let index = 0; index < 1_000; index += 1) row.run('x', index, 'x', 'x'.repeat(4_000));
  })();
}

/** Books a pair in each turn of the event loop until `work` has ended; answers how many. */
async function bookDuring(client: SqliteDriver.Database, work: Promise<unknown>): Promise<number> {
  const ended = work.then(() => 'ended');
  for (let rounds = 0; ; rounds += 1) {
    const turn = new Promise<string>((resolve) => {
      setImmediate(resolve, 'turn');
    });
    if ((await Promise.race([ended, turn])) === 'ended') return rounds;
    bookPairs(client, `during-${rounds}`, 1);
  }
}

function readBooks(path: string): { entries: number; sum: number } {
  const client = new SqliteDriver(path, { readonly: true });
  const books = client
    .prepare('select count(*) as entries, coalesce(sum(delta), 0) as sum from ledger')
    .get() as { entries: number; sum: number };
  client.close();
  return books;
}

function backups(): string[] {
  const path = join(folder, 'backups');
  return existsSync(path) ? readdirSync(path) : [];
}

async function runCommand(name: string, args: string[] = [], more: Record<string, string> = {}) {
  const program = join(import.meta.dirname, `../../dist/commands/${name}.js`);
  const env = { DATABASE_URL: `file:${file}`, DATA_DIR: folder, ...more };
  try {
    const done = await promisify(execFile)(process.execPath, [program, ...args], {
      cwd: folder,
      env,
    });
    return { code: 0, ...done };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('a backup', () => {
  test('that is taken by the program while it writes holds whole transactions only', async () => {
    const database = openDatabase(file);
    fill(database.db.$client);
    bookPairs(database.db.$client, 'before', 10);
    const backup = writeBackup(database.backUp, folder, NOW);
    const rounds = await bookDuring(database.db.$client, backup);
    const { entries, sum } = readBooks((await backup).path);
    expect([sum, entries % 2]).toEqual([0, 0]);
    expect(entries).toBeGreaterThan(20);
    expect(entries).toBeLessThanOrEqual(20 + rounds * 2);
    expect(backups()).toEqual([backupName(NOW)]);
    database.close();
  });

  test('that is taken by another process needs no lock and disturbs nothing', async () => {
    const database = openDatabase(file);
    fill(database.db.$client);
    bookPairs(database.db.$client, 'before', 10);
    const command = runCommand('backup');
    const rounds = await bookDuring(database.db.$client, command);
    const { code, stdout } = await command;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Backup written and checked: .*hug-\d{4}-.*Z\.db \(\d+ kB\)/);
    const { entries, sum } = readBooks(join(folder, 'backups', backups()[0] ?? ''));
    expect([sum, entries % 2]).toEqual([0, 0]);
    expect(entries).toBeGreaterThanOrEqual(20);
    expect(readBooks(file).entries).toBe(20 + rounds * 2);
    database.close();
  });

  test('of a database whose process was killed has what stands in its -wal file only', async () => {
    const database = openDatabase(file);
    bookPairs(database.db.$client, 'a', 10);
    const killed = join(folder, 'killed.db');
    for (const part of ['', '-wal']) copyFileSync(`${file}${part}`, `${killed}${part}`);
    database.close();
    await copyDatabase(killed, join(folder, 'copy.db'));
    expect(readBooks(join(folder, 'copy.db')).entries).toBe(20);
  });

  test('is written when no program runs, too, and holds everything in one file', async () => {
    const database = openDatabase(file);
    bookPairs(database.db.$client, 'a', 1);
    database.close();
    expect((await runCommand('backup')).code).toBe(0);
    const [name = ''] = backups();
    const alone = join(folder, 'alone.db');
    copyFileSync(join(folder, 'backups', name), alone);
    expect(readBooks(alone)).toEqual({ entries: 2, sum: 0 });
    expect(backups()).toHaveLength(1);
  });

  test('gets no name when it does not pass the check, and older ones stay', async () => {
    openDatabase(file).close();
    const old = await writeBackup((to) => copyDatabase(file, to), folder, NOW - 20 * DAY_MS);
    const raw = new SqliteDriver(file);
    raw.pragma('foreign_keys = OFF');
    raw.exec(
      "insert into ledger (person_id, delta, kind, cause, created_at) values ('nobody', 1, 'admin_grant', 'c', 1)",
    );
    raw.close();
    const failed = writeBackup((to) => copyDatabase(file, to), folder, NOW);
    await expect(failed).rejects.toThrow(/damaged: rows refer to rows/);
    expect(backups()).toEqual([old.name]);
  });

  test('takes away those that had their time, and what died on its way, but nothing else', async () => {
    openDatabase(file).close();
    mkdirSync(join(folder, 'backups'));
    const put = (name: string, atMs: number) => {
      writeFileSync(join(folder, 'backups', name), '');
      utimesSync(join(folder, 'backups', name), atMs / 1000, atMs / 1000);
    };
    put(backupName(NOW - 8 * DAY_MS), NOW);
    put(backupName(NOW - 2 * DAY_MS), NOW);
    put('hug-x.db.1.part', NOW - DAY_MS);
    put('hug-x.db.2.part', NOW);
    put('mine.txt', NOW - 90 * DAY_MS);
    const { removed } = await writeBackup((to) => copyDatabase(file, to), folder, NOW);
    expect(removed).toBe(1);
    const kept = [backupName(NOW - 2 * DAY_MS), backupName(NOW), 'hug-x.db.2.part', 'mine.txt'];
    expect(backups().sort()).toEqual(kept);
  });

  test('by the clock is told in the log; a failure is, too, and the next time tries again', async () => {
    const lines: string[] = [];
    const log: Log = {
      ...silentLog,
      info: (_fields, message) => lines.push(message),
      error: (_fields, message) => lines.push(message),
    };
    const database = openDatabase(file);
    let isFull = true;
    const copyTo = (target: string) =>
      isFull ? Promise.reject(new Error('disk full')) : database.backUp(target);
    const scheduled = createBackups({ copyTo, dataDir: folder, now: () => NOW, log });
    await scheduled.run();
    isFull = false;
    void scheduled.run();
    await scheduled.idle();
    expect(lines).toEqual([
      'the backup failed; the next one is tried at its time',
      'backup written',
    ]);
    expect(backups()).toEqual([backupName(NOW)]);
    database.close();
  });
});

describe('a restore', () => {
  /** A backup with two entries, after which two more were booked. */
  async function backUpAndGoOn(): Promise<string> {
    const database = openDatabase(file);
    bookPairs(database.db.$client, 'a', 1);
    const { path } = await writeBackup(database.backUp, folder, NOW);
    bookPairs(database.db.$client, 'b', 1);
    database.close();
    return path;
  }

  test('brings back what the backup holds and keeps what was there, which can be restored again', async () => {
    const backup = await backUpAndGoOn();
    const restored = await runCommand('restore', [backup]);
    expect(restored.code).toBe(0);
    expect(restored.stdout).toMatch(/is now a checked copy of .*Z\.db/);
    expect(restored.stdout).toMatch(/Next: start the program/);
    openDatabase(file).close();
    expect(readBooks(file).entries).toBe(2);
    const aside = readdirSync(folder).find((name) => /^hug\.db\.before-.*Z$/.test(name)) ?? '';
    expect(restored.stdout).toContain(aside);
    expect(readBooks(join(folder, aside)).entries).toBe(4);
    await restoreDatabase(file, join(folder, aside), NOW);
    expect(readBooks(file).entries).toBe(4);
  });

  test('takes the -wal of a killed process aside with its database, so that it meets no other one', async () => {
    const backup = await backUpAndGoOn();
    const database = openDatabase(file);
    bookPairs(database.db.$client, 'c', 1);
    const killed = join(folder, 'killed', 'hug.db');
    mkdirSync(join(folder, 'killed'));
    for (const part of ['', '-wal', '-shm']) copyFileSync(`${file}${part}`, `${killed}${part}`);
    database.close();
    const { setAside } = await restoreDatabase(killed, backup, NOW);
    expect(setAside).toBe(`${killed}.before-2027-01-15T12-47-00.000Z`);
    expect(readdirSync(join(folder, 'killed')).sort()).toEqual(
      ['', '.before', '.before-shm', '.before-wal', '.lock']
        .map((end) => `hug.db${end}`.replace('.before', '.before-2027-01-15T12-47-00.000Z'))
        .sort(),
    );
    expect(readBooks(killed).entries).toBe(2);
    expect(readBooks(setAside ?? '').entries).toBe(6);
  });

  test('on a new machine makes the database', async () => {
    const backup = await backUpAndGoOn();
    const fresh = join(folder, 'new', 'place', 'hug.db');
    expect(await restoreDatabase(fresh, backup, NOW)).toEqual({ setAside: null });
    openDatabase(fresh).close();
    expect(readBooks(fresh).entries).toBe(2);
  });

  test('is refused while a process has the database, which stays as it is', async () => {
    const backup = await backUpAndGoOn();
    const database = openDatabase(file);
    const refused = await runCommand('restore', [backup]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Nothing was restored\. another process has this database open/);
    database.close();
    expect(readBooks(file).entries).toBe(4);
  });

  describe('is refused, and changes nothing, for', () => {
    const damage: [string, RegExp, (path: string) => void][] = [
      [
        'a file that is no database',
        /is no SQLite database/,
        (path) => {
          writeFileSync(path, 'not a database, but long enough to look at: '.repeat(200));
        },
      ],
      [
        'an empty file',
        /is no database of NEXORA Hug/,
        (path) => {
          writeFileSync(path, '');
        },
      ],
      [
        "somebody else's database",
        /is no database of NEXORA Hug/,
        (path) => {
          rmSync(path);
          const other = new SqliteDriver(path);
          other.exec('create table orders (id)');
          other.close();
        },
      ],
      [
        'a backup that is cut off',
        /damaged|malformed/,
        (path) => {
          writeFileSync(path, readFileSync(path).subarray(0, 40_000));
        },
      ],
      [
        'a backup with a broken page',
        /damaged|malformed/,
        (path) => {
          const bytes = readFileSync(path);
          writeFileSync(path, bytes.fill(0xab, 3 * 4096, 5 * 4096));
        },
      ],
      [
        'a backup of a newer version',
        /written by a newer version/,
        (path) => {
          const raw = new SqliteDriver(path);
          raw
            .prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)')
            .run('later', 9_999_999_999_999);
          raw.close();
        },
      ],
      [
        'a file that is not there',
        /There is no file/,
        (path) => {
          rmSync(path);
        },
      ],
    ];
    test.each(damage)('%s', async (_what, why, change) => {
      const backup = await backUpAndGoOn();
      change(backup);
      const failed = restoreDatabase(file, backup, NOW);
      await expect(failed).rejects.toThrow(why);
      await expect(failed).rejects.toThrow(DatabaseFault);
      expect(readBooks(file).entries).toBe(4);
      expect(readdirSync(folder).filter((name) => /before|incoming/.test(name))).toEqual([]);
    });

    test('the present database itself', async () => {
      await backUpAndGoOn();
      await expect(restoreDatabase(file, file, NOW)).rejects.toThrow(/present database itself/);
    });
  });
});

describe('the commands', () => {
  test('ask for no tokens, say how they are used, and tell wrong arguments by their exit code', async () => {
    const nothing = await runCommand('backup');
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toMatch(/No backup was made\. There is no database at/);
    const wrong = await runCommand('restore');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/Usage: npm run restore -- <file>/);
    expect(wrong.stderr).toMatch(/There are no backups in/);
    expect((await runCommand('restore', ['a', 'b'])).code).toBe(2);
    expect((await runCommand('backup', ['x'])).code).toBe(2);
    const help = await runCommand('backup', ['--help']);
    expect([help.code, /kept for 7 days/.test(help.stdout)]).toEqual([0, true]);
    openDatabase(file).close();
    await runCommand('backup');
    expect((await runCommand('restore')).stderr).toContain(backups()[0]);
  });

  test('tell a wrong variable with its remedy', async () => {
    const wrong = await runCommand('backup', [], { DATABASE_URL: 'postgres://u:hunter2@db/x' });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/DATABASE_URL: PostgreSQL is not supported yet/);
    expect(wrong.stderr).not.toContain('hunter2');
  });
});
