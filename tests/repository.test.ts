// What holds for the repository as a whole: its libraries, its lint, and that no secret is in it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const NOT_COMMITTED = ['node_modules', '.git', 'dist', 'data', 'coverage', '.env'];
const read = (path: string): string => readFileSync(path, 'utf8');

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !NOT_COMMITTED.includes(name))
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    });
}

test('every library is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(read(join(ROOT, 'package.json'))) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test('a promise that is left to itself does not pass the lint, anywhere in the program', async () => {
  const rule = '@typescript-eslint/no-floating-promises';
  const { rules } = (await new ESLint({ cwd: ROOT }).calculateConfigForFile('src/main.ts')) as {
    rules: Record<string, unknown[]>;
  };
  expect(rules[rule]?.[0]).toBe(2);
  const exempt = filesIn(join(ROOT, 'src')).filter((path) => read(path).includes('eslint-disable'));
  expect(exempt).toEqual([]);
});

/** Bot tokens (Telegram's have 35 characters after the colon) and keys of payment services that are not for tests. */
const SECRETS = /\b\d{8,10}:[\w-]{35}(?![\w-])|\b[sr]k_live_\w|\b\d+:LIVE:\w/;

test('no token or key is in a file, and the file that holds them is not committed', () => {
  expect(`8123456789:${'A'.repeat(35)}`).toMatch(SECRETS);
  expect(filesIn(ROOT).filter((path) => SECRETS.test(read(path)))).toEqual([]);
  expect(read(join(ROOT, '.gitignore')).split('\n')).toContain('.env');
  expect(read(join(ROOT, '.dockerignore')).split('\n')).toContain('.env');
});
