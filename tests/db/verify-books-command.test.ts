import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';

const COMMAND = join(import.meta.dirname, '../../dist/db/verify-books-command.js');

let folder: string;
let file: string;
let database: OpenDatabase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hug-books-'));
  file = join(folder, 'hug.db');
  database = openDatabase(file);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function verify(environment: Record<string, string> = {}) {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [COMMAND],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], DATABASE_URL: `file:${file}`, ...environment },
      },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, output: stdout + stderr });
      },
    );
  });
}

describe('verify-books', () => {
  test('says zero of everything while another process has the database open', async () => {
    const { code, output } = await verify();
    expect(output).toContain('zero of everything');
    expect(output).toMatch(/^balance_below_zero +0 /m);
    expect(code).toBe(0);
  });

  test('sees what was just written, names it and fails', async () => {
    database.db.$client.exec(
      `insert into people (id, locale, offer_first, created_at) values ('p', 'en', 'premium', 0);
      insert into ledger (person_id, delta, kind, cause, actor, created_at)
      values ('p', -1, 'admin_revoke', 'x', 'telegram:1', 0)`,
    );
    const { code, output } = await verify();
    expect(output).toMatch(/^balance_below_zero +1 .*\n +p$/m);
    expect(output).toContain('The books are open: 1 of');
    expect(code).toBe(1);
  });

  test('works on a database that nobody has open', async () => {
    database.close();
    const { code } = await verify();
    expect(code).toBe(0);
    database = openDatabase(file);
  });

  test('says what is wrong when there is no database, or no way to one', async () => {
    const missing = await verify({ DATABASE_URL: `file:${join(folder, 'none.db')}` });
    expect(missing).toMatchObject({
      code: 1,
      output: expect.stringContaining('no database') as string,
    });
    const wrong = await verify({ DATABASE_URL: 'mysql://x' });
    expect(wrong).toMatchObject({
      code: 1,
      output: expect.stringContaining('DATABASE_URL') as string,
    });
  });
});
