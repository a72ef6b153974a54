import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');

/** Who may import whom inside src/, by top folder or file (ARCHITECTURE.md). `texts` and `config*` are leaves. */
const ALLOWED: Record<string, readonly string[]> = {
  core: ['core'],
  texts: ['texts'],
  'config-variables.ts': [],
  'config.ts': ['core', 'config-variables.ts', 'bots/telegram'],
  'log.ts': ['core'],
  // A program of its own; it stands before its folder, because the first part that fits counts.
  'db/verify-books-command.ts': ['config.ts', 'db'],
  db: ['db', 'core'],
  payments: ['payments', 'core', 'texts'],
  http: ['http', 'core', 'texts'],
  'bots/telegram': ['bots/telegram', 'core', 'texts'],
  'app.ts': ['bots/telegram', 'config.ts', 'core', 'db', 'http', 'payments', 'texts'],
  'main.ts': ['app.ts', 'config.ts', 'db', 'log.ts', 'sandbox'],
  commands: ['commands', 'config.ts', 'core', 'db'],
  sandbox: ['sandbox'],
};

/** Libraries that only the folder named may use; core must not learn of platforms and payment services. */
const OWNED_LIBRARIES: Record<string, readonly string[]> = {
  grammy: ['bots/telegram', 'payments', 'sandbox'],
  '@grammyjs/': ['bots/telegram', 'sandbox'],
  'drizzle-orm': ['db'],
  'better-sqlite3': ['db'],
  hono: ['http', 'sandbox'],
  '@hono/': ['http', 'sandbox'],
  'prom-client': ['http'],
  '@fluent/': ['texts'],
  pino: ['log.ts'],
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}

function partOf(file: string): string {
  const path = relative(SOURCE, file);
  return Object.keys(ALLOWED).find((part) => path === part || path.startsWith(`${part}/`)) ?? path;
}

const files = sourceFiles(SOURCE);
const local = new Map(
  files.map((file) => [
    file,
    importsOf(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => normalize(join(dirname(file), target)).replace(/\.js$/, '.ts')),
  ]),
);

test('every file imports only what its part may import', () => {
  const wrong = files.flatMap((file) =>
    (local.get(file) ?? [])
      .filter((target) => !(ALLOWED[partOf(file)] ?? []).includes(partOf(target)))
      .map((target) => `${relative(SOURCE, file)} → ${relative(SOURCE, target)}`),
  );
  expect(wrong).toEqual([]);
});

test('platform, payment and storage libraries stay in their folders', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file).flatMap((target) => {
      const owner = Object.keys(OWNED_LIBRARIES).find(
        (library) =>
          target === library ||
          target.startsWith(`${library.replace(/\/$/, '')}/`) ||
          (library.endsWith('/') && target.startsWith(library)),
      );
      const isAllowed = owner === undefined || OWNED_LIBRARIES[owner]?.includes(partOf(file));
      return isAllowed === true ? [] : [`${relative(SOURCE, file)} → ${target}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      circles.push(
        [...path.slice(path.indexOf(file)), file].map((f) => relative(SOURCE, f)).join(' → '),
      );
      return;
    }
    if (done.has(file)) return;
    for (const target of local.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test('there are no barrels and no catch-all folders', () => {
  const names = files.map((file) => relative(SOURCE, file));
  expect(
    names.filter((name) =>
      /(^|\/)(index\.ts$|(utils?|helpers?|services?|common|types)(\/|\.ts$))/.test(name),
    ),
  ).toEqual([]);
});
