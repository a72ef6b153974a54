import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';

let database: OpenDatabase;
beforeEach(() => {
  database = openDatabase(':memory:');
});
afterEach(() => {
  database.close();
});

/** How SQLite reads the tables in everything that `body` asks. */
async function plansOf(body: () => Promise<unknown>): Promise<string[]> {
  const { $client } = database.db;
  const asked: string[] = [];
  const prepare = $client.prepare.bind($client);
  Object.assign($client, {
    prepare: (sql: string) => {
      asked.push(sql);
      return prepare(sql);
    },
  });
  await body();
  Object.assign($client, { prepare });
  return asked
    .filter((sql) => sql.startsWith('select'))
    .flatMap((sql) => {
      const wanted = Array.from({ length: sql.split('?').length - 1 }, () => 0);
      const plan = prepare(`explain query plan ${sql}`).all(...wanted) as { detail: string }[];
      return plan.map((step) => step.detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail));
    });
}

test('a day is counted and read by ranges of indexes, never by going through a whole table', async () => {
  const store = createSqliteStore(database.db);
  const plans = await plansOf(async () => {
    await store.rollUpDay('2027-01-15');
    await store.readDays('2027-01-09', '2027-01-15');
    await store.readLoad();
  });
  expect(plans.length).toBeGreaterThan(12);
  expect(plans.filter((plan) => plan.startsWith('SCAN'))).toEqual([]);
  // Only what is open may be looked up by its status alone: what ended grows for ever.
  expect(plans.filter((plan) => /orders_status \(status=\?\)/.test(plan))).toEqual([
    'SEARCH orders USING COVERING INDEX orders_status (status=?)',
  ]);
});

test('whether somebody may have a free video is read by indexes, however many were claimed', async () => {
  const store = createSqliteStore(database.db);
  const limits = { freeVideos: 1, freeFailures: 3, dailyBudget: 200 };
  const plans = await plansOf(() => store.freeState('somebody', limits, 1));
  expect(plans.filter((plan) => plan.startsWith('SCAN'))).toEqual([]);
  expect(plans.filter((plan) => plan.includes('free_claims'))).toHaveLength(2);
});
