import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Hono } from 'hono';
import { backupName, backupsFolder } from '../../src/core/backups.js';
import { verifyBooks } from '../../src/core/books.js';
import type { Context } from '../../src/core/context.js';
import { checkPixverseCredits } from '../../src/core/money/sales.js';
import { settlePayment } from '../../src/core/money/settlement.js';
import { chooseVariant } from '../../src/core/orders/orders.js';
import { createScheduler, nextDueAt } from '../../src/core/orders/scheduler.js';
import { createMeters, isFromHere, type Meters } from '../../src/http/metrics.js';
import { createRoutes } from '../../src/http/server.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

describe('who may read the metrics', () => {
  const none = () => undefined;
  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('this machine as %s may', (address) => {
    expect(isFromHere(address, none)).toBe(true);
  });
  test.each(['10.0.0.5', '::ffff:172.17.0.1', '1270.0.0.1', '', undefined])(
    '%s may not',
    (address) => {
      expect(isFromHere(address, none)).toBe(false);
    },
  );
  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip'])(
    'nobody whom a proxy names in %s may',
    (name) => {
      expect(isFromHere('127.0.0.1', (asked) => (asked === name ? '1.2.3.4' : undefined))).toBe(
        false,
      );
    },
  );
});

describe('GET /metrics', () => {
  let world: CoreWorld;
  let ctx: Context;
  let meters: Meters;
  let routes: Hono;
  beforeEach(async () => {
    world = await openCoreWorld();
    meters = createMeters();
    ctx = { ...world.ctx, metrics: meters.metrics };
    routes = createRoutes(ctx, { troubles: () => [], meters });
  });
  afterEach(() => world.close());

  const ask = (address = '127.0.0.1', headers: Record<string, string> = {}) =>
    routes.request('/metrics', { headers }, from(address));

  /** Every sample by its name and labels. */
  async function samples(): Promise<Map<string, number>> {
    const text = await (await ask()).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  test('answers this machine only, as Prometheus wants it', async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect((await ask('192.168.1.7')).status).toBe(403);
    expect((await ask('127.0.0.1', { 'x-forwarded-for': '8.8.8.8' })).status).toBe(403);
    expect((await routes.request('/metrics')).status).toBe(403);
  });

  test('counts looks, waits, errors and refunds as they happen', async () => {
    const scheduler = createScheduler(ctx);
    world.pixverse.faults.add({ on: 'submit', kind: 'error', code: 500044, times: 2 });
    world.run = async () => {
      await scheduler.runDue();
    };
    await world.order(await world.newPerson());
    for (let rounds = 0; rounds < 200; rounds += 1) {
      await world.run();
      const dueAt = nextDueAt(await ctx.store.readDueTimes());
      if (dueAt === null) break;
      world.clock.now = Math.max(world.clock.now, dueAt);
    }
    meters.metrics.paymentRefunded('order_failed');
    const seen = await samples();
    expect(seen.get('hug_pixverse_errors_total{class="slots"}')).toBe(2);
    expect(seen.get('hug_videos_found_total')).toBe(1);
    expect(seen.get('hug_pixverse_looks_total')).toBeGreaterThan(1);
    expect(seen.get('hug_added_wait_seconds_count')).toBe(1);
    expect(seen.get('hug_refunds_total{cause="order_failed"}')).toBe(1);
  });

  test('tells how things stand and what the day brought, with nothing personal', async () => {
    const person = await world.newPerson();
    await world.order(person);
    await world.settle();
    const draft = await world.draft(person);
    const chosen = await chooseVariant(ctx, person, draft, 'premium');
    if (chosen.outcome !== 'payment_due') throw new Error(chosen.outcome);
    await settlePayment(ctx, world.bank.pay(chosen.checkout), 'telegram');
    await world.run();
    await ctx.store.setSubmitPause(world.clock.now + 3_600_000);
    await world.order(await world.newPerson());
    await world.run();
    await checkPixverseCredits(ctx);
    await verifyBooks(ctx);
    world.clock.now += 30_000;
    const seen = await samples();
    expect(seen.get('hug_orders{status="generating"}')).toBe(1);
    expect(seen.get('hug_queue_length')).toBe(1);
    expect(seen.get('hug_oldest_due_seconds')).toBeGreaterThan(0);
    expect(seen.get('hug_pixverse_credits')).toBeGreaterThan(0);
    expect(seen.get('hug_ledger_imbalance{check="balance_below_zero"}')).toBe(0);
    expect(seen.get('hug_books_check_age_seconds')).toBe(30);
    expect(seen.get('hug_day_videos_made{variant="premium"}')).toBeGreaterThan(0);
    expect(
      seen.get('hug_day_generation_seconds{variant="premium",quantile="0.5"}'),
    ).toBeGreaterThan(20);
    expect(seen.get('hug_day_revenue{currency="XTR"}')).toBeGreaterThan(0);
    expect(seen.get('hug_backup_age_seconds')).toBeNaN();
    const text = [...seen.keys()].join('\n');
    for (const person of ['user101', 'Somebody', 'charge-', 'telegram:'])
      expect(text).not.toContain(person);
  });

  test('knows how old the newest backup is', async () => {
    const folder = backupsFolder(ctx.config.dataDir);
    mkdirSync(folder);
    const { now } = world.clock;
    for (const name of [backupName(now - 7_200_000), backupName(now - 3_600_000), 'other.db']) {
      writeFileSync(join(folder, name), '');
    }
    expect((await samples()).get('hug_backup_age_seconds')).toBe(3600);
  });

  test('an order that ended is no longer counted among the open ones', async () => {
    await world.order(await world.newPerson());
    expect((await samples()).get('hug_orders{status="queued"}')).toBe(1);
    await world.settle();
    world.clock.now += 61_000;
    const seen = await samples();
    expect(seen.has('hug_orders{status="queued"}')).toBe(false);
    expect(seen.get('hug_queue_length')).toBe(0);
    expect(seen.get('hug_day_videos_made{variant="premium"}')).toBe(1);
  });
});
