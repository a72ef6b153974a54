import SqliteDriver from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepStatements } from '../../src/db/statements.js';

let client: SqliteDriver.Database;
beforeEach(() => {
  client = new SqliteDriver(':memory:');
  client.exec('create table t (n integer)');
});
afterEach(() => {
  client.close();
});

test('the same text is compiled once, and sees what changed since', () => {
  const kept = keepStatements(client);
  const count = 'select count(*) as n from t';
  const statement = kept.prepare(count);
  expect(statement.get()).toEqual({ n: 0 });
  kept.prepare('insert into t values (?)').run(1);
  expect(kept.prepare(count)).toBe(statement);
  expect(statement.get()).toEqual({ n: 1 });
});

test('a column that was added later is read, too', () => {
  const kept = keepStatements(client);
  kept.prepare('insert into t values (7)').run();
  expect(kept.prepare('select * from t').get()).toEqual({ n: 7 });
  client.exec('alter table t add column m integer default 8');
  expect(kept.prepare('select * from t').get()).toEqual({ n: 7, m: 8 });
});

test('queries without number do not fill the memory', () => {
  const kept = keepStatements(client);
  const first = kept.prepare('select 0');
  for (let index = 1; index <= 500; index += 1) kept.prepare(`select ${index}`);
  expect(kept.prepare('select 0')).not.toBe(first);
});

test('the connection itself compiles as ever, so that other readings of one text do not meet', () => {
  const kept = keepStatements(client);
  const text = 'select 5 as n';
  expect(kept.prepare(text).get()).toEqual({ n: 5 });
  expect(client.prepare(text).pluck().get()).toBe(5);
  expect(kept.prepare(text).get()).toEqual({ n: 5 });
});
