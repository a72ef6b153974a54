import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import SqliteDriver from 'better-sqlite3';
import { checkBooks, countAllowances } from '../../src/db/store/books.js';
import { type CoreWorld, openCoreWorld } from '../support/core-world.js';
import { type MixedRun, runMixed } from '../support/mixed-run.js';

let world: CoreWorld;
let run: MixedRun;
let good: Buffer;
beforeAll(async () => {
  world = await openCoreWorld();
  run = await runMixed(world);
  good = world.database.db.$client.serialize();
}, 180_000);
afterAll(() => world.close());

test('a mixed run leaves the books closed, and what is allowed is counted', async () => {
  const { ctx, clock, errors } = world;
  const checks = await ctx.store.checkBooks(clock.now, ctx.config.photoKeepMs);
  expect(checks.filter((check) => check.violations > 0)).toEqual([]);
  expect(countAllowances(world.database.db.$client)).toEqual({
    lateGifts: 1,
    unrecoveredCredits: 5,
    keptVideos: 1,
  });
  expect(run.gift).toMatchObject({ status: 'delivered', isGift: true });
  expect(errors).toEqual(['a refund was refused; it stays as credits undefined']);
});

/** An invariant, what somebody does to the database, and how: raw SQL, past every rule of the program. */
type Break = [name: string, what: string, sql: (run: MixedRun, now: number) => string];

const CREDIT_BREAKS: Break[] = [
  [
    'balance_below_zero',
    'an admin took more than there was',
    (r) => `insert into ledger (person_id, delta, kind, cause, actor, created_at)
      values ('${r.delivered.personId}', -1, 'admin_revoke', 'x', 'telegram:1', 0)`,
  ],
  [
    'ledger_entry',
    'credits came from nowhere',
    (r) => `insert into ledger (person_id, delta, kind, cause, created_at)
      values ('${r.delivered.personId}', 5, 'purchase', 'payment:none:purchase', 0)`,
  ],
  [
    'order_spend',
    'a paid video took no credits',
    (r) => `delete from ledger where cause = 'order:${r.paid.id}:spend'`,
  ],
  [
    'order_return',
    'a delivered video was given back by nobody',
    (r) => `insert into ledger (person_id, delta, kind, cause, order_id, created_at)
      values ('${r.paid.personId}', 3, 'order_return', 'order:${r.paid.id}:return', '${r.paid.id}', 0)`,
  ],
  [
    'order_return',
    'a failed order gave too much back',
    (r) => `update ledger set delta = delta + 1 where cause = 'order:${r.failed.id}:return'`,
  ],
  [
    'free_claim',
    'a delivered free video can be had again',
    (r) =>
      `update free_claims set used_at = null, released_at = 1 where order_id = '${r.delivered.id}'`,
  ],
  [
    'free_claim',
    'a running free video is used up already',
    (r) => `update free_claims set used_at = 1 where order_id = '${r.generating.id}'`,
  ],
  [
    'order_funding',
    'an order lost its price',
    (r) => `update orders set quote_amount_minor = null where id = '${r.delivered.id}'`,
  ],
];

const PAYMENT_BREAKS: Break[] = [
  [
    'payment_purchase',
    'a payment became more credits than it bought',
    (r) =>
      `update ledger set delta = delta + 1 where cause = 'payment:${r.paid.paymentId}:purchase'`,
  ],
  [
    'payment_refund',
    'a payment goes back and its credits stay',
    (r, now) => `update payments set refund_status = 'due', refund_cause = 'admin',
      next_refund_at = ${now} where id = '${r.paid.paymentId}'`,
  ],
  [
    'payment_refund',
    'credits were taken for a refund that is not one',
    (r) => `insert into ledger (person_id, delta, kind, cause, actor, created_at)
      values ('${r.paid.personId}', 3, 'admin_grant', 'x', 'telegram:1', 0);
      insert into ledger (person_id, delta, kind, cause, created_at)
      values ('${r.paid.personId}', -3, 'payment_refund', 'payment:${r.paid.paymentId}:refund', 0)`,
  ],
  [
    'payment_without_effect',
    'a payment of nobody became credits',
    () => `insert into ledger (person_id, delta, kind, cause, created_at)
      select person_id, 5, 'purchase', 'payment:' || id || ':purchase', 0 from payments
      where outcome = 'unknown' limit 1`,
  ],
  [
    'payment_without_effect',
    'a second payment does not go back',
    () => `update payments set refund_status = null, refund_cause = null, refunded_at = null
      where outcome = 'surplus'`,
  ],
  [
    'payment_checkout',
    'less was paid than asked',
    (r) => `update payments set amount_minor = 1 where id = '${r.paid.paymentId}'`,
  ],
  [
    'payment_checkout',
    'an invoice counts as paid without a payment',
    () => `update checkouts set status = 'paid' where id =
      (select id from checkouts where status = 'cancelled' limit 1)`,
  ],
  [
    'payment_per_charge',
    'a charge was booked twice',
    () => `drop index payments_charge;
      create temp table copy as select * from payments where outcome = 'unknown' limit 1;
      update copy set id = 'copy'; insert into payments select * from copy`,
  ],
  [
    'one_open_checkout',
    'an order has two invoices',
    (r) => `drop index checkouts_one_open;
      create temp table copy as select * from checkouts where id = '${r.awaiting.checkoutId}';
      update copy set id = 'copy'; insert into checkouts select * from copy`,
  ],
  [
    'checkout_order',
    'an order awaits a payment that nobody can make',
    (r) => `update checkouts set status = 'cancelled' where id = '${r.awaiting.checkoutId}'`,
  ],
  [
    'checkout_order',
    'an invoice is never shown or closed',
    (r) => `update checkouts set due_at = null where id = '${r.awaiting.checkoutId}'`,
  ],
  [
    'refund_progress',
    'a payment was refunded without a refund',
    (r) => `update payments set refunded_at = 1 where id = '${r.paid.paymentId}'`,
  ],
  [
    'video_or_refund',
    'a delivered video was refunded by itself',
    (r) => `update payments set refund_status = 'refunded', refund_cause = 'order_failed',
      refunded_at = 1, unrecovered_credits = credits where id = '${r.paid.paymentId}'`,
  ],
];

const ORDER_BREAKS: Break[] = [
  [
    'order_events',
    'a move is not in the table',
    (r) => `update order_events set to_status = 'failed'
      where order_id = '${r.delivered.id}' and to_status = 'queued';
      update order_events set from_status = 'failed'
      where order_id = '${r.delivered.id}' and from_status = 'queued'`,
  ],
  [
    'order_events',
    'a status was written past the log',
    (r) => `delete from order_events where order_id = '${r.failed.id}' and to_status = 'failed'`,
  ],
  [
    'order_end',
    'a failed order does not say why',
    (r) => `update orders set failure_code = null where id = '${r.failed.id}'`,
  ],
  [
    'one_running_order',
    'somebody has two videos under way',
    (r) => `drop index orders_one_running;
      update orders set person_id = '${r.generating.personId}' where id = '${r.queued.id}';
      update free_claims set person_id = '${r.generating.personId}', number = 2
      where order_id = '${r.queued.id}'`,
  ],
  [
    'order_due',
    'nobody looks at a generation',
    (r) => `update orders set next_attempt_at = null where id = '${r.generating.id}'`,
  ],
  [
    'order_due',
    'a queued order lost its picture and nobody uploads it',
    (r) => `update orders set next_attempt_at = null where id = '${r.queued.id}';
      update order_photos set pixverse_image_id = null where order_id = '${r.queued.id}'`,
  ],
  [
    'order_due',
    'a video is kept for somebody who can be reached',
    (r) => `update identities set unreachable_since = null where person_id = '${r.kept.personId}';
      update orders set generated_at = ${Number.MAX_SAFE_INTEGER} where id = '${r.kept.id}'`,
  ],
  [
    'order_deadline',
    'a generation waits for more than 40 minutes',
    (r, now) =>
      `update orders set submitted_at = ${now - 41 * 60_000} where id = '${r.generating.id}'`,
  ],
  [
    'order_deadline',
    'a draft was never closed',
    (r) => `update orders set updated_at = 1 where id = '${r.awaiting.id}'`,
  ],
  [
    'due_work',
    'a card is not shown',
    (r) => `update orders set card_due_at = 1 where id = '${r.delivered.id}'`,
  ],
  [
    'order_videos',
    'PixVerse made more than was asked',
    (r) => `update orders set generation_attempts = 0 where id = '${r.delivered.id}'`,
  ],
  [
    'order_videos',
    'an older generation still runs',
    (r) => `update videos set status = 'generating' where order_id = '${r.delivered.id}'`,
  ],
  [
    'order_videos',
    'a delivered order has lost its generation',
    (r) => `delete from videos where order_id = '${r.delivered.id}'`,
  ],
  [
    'delivered_message',
    'a delivered video is in no chat',
    (r) => `update orders set delivered_message_id = null where id = '${r.delivered.id}'`,
  ],
];

const KEEPING_BREAKS: Break[] = [
  [
    'photos_erased',
    'photos outlive their order',
    (r) => `update photos set bytes = x'00', erased_at = null, created_at = 1 where id in
      (select photo_id from order_photos where order_id = '${r.gift.id}');
      update orders set ended_at = 1 where id = '${r.gift.id}'`,
  ],
  [
    'inbox_pending',
    'an update is stuck',
    () => `insert into inbox (source, event_id, person_key, payload, received_at)
      values ('telegram', '1', '1', '{}', 1)`,
  ],
  [
    'foreign_keys',
    'a row refers to nobody',
    () => `insert into consents (person_id, version, agreed_at) values ('nobody', 1, 1)`,
  ],
  [
    'integrity',
    'an index is not what its table says',
    () => `update sqlite_master set sql = 'CREATE INDEX strikes_person ON strikes (at, person_id)'
      where name = 'strikes_person'`,
  ],
];

/** A copy of the good database in which everything may be done. */
function copyWithoutRules(): SqliteDriver.Database {
  const copy = new SqliteDriver(good);
  copy.unsafeMode(true);
  copy.pragma('foreign_keys = OFF');
  copy.pragma('writable_schema = ON');
  for (const trigger of copy
    .prepare<[], string>("select name from sqlite_master where type = 'trigger'")
    .pluck()
    .all()) {
    copy.exec(`drop trigger ${trigger}`);
  }
  return copy;
}

describe('the checker names exactly what is off when', () => {
  const breaks = [...CREDIT_BREAKS, ...PAYMENT_BREAKS, ...ORDER_BREAKS, ...KEEPING_BREAKS];

  test.each(breaks)('%s: %s', (name, _what, sql) => {
    const copy = copyWithoutRules();
    copy.exec(sql(run, world.clock.now));
    // A schema that was changed behind its back is read anew.
    const reopened = new SqliteDriver(copy.serialize());
    copy.close();
    const found = checkBooks(reopened, world.clock.now).filter((check) => check.violations > 0);
    reopened.close();
    expect(found.map((check) => check.name)).toEqual([name]);
    expect(found[0]?.samples.length).toBeGreaterThan(0);
  });

  test('every invariant is among them', () => {
    const copy = new SqliteDriver(good);
    const names = checkBooks(copy, world.clock.now).map((check) => check.name);
    copy.close();
    expect([...new Set(breaks.map(([name]) => name))].sort()).toEqual([...names].sort());
  });

  test('something happens often, it is counted whole and five of it are named', () => {
    const copy = copyWithoutRules();
    copy.exec(`update orders set card_due_at = 1`);
    const due = checkBooks(copy, world.clock.now).find((check) => check.name === 'due_work');
    copy.close();
    expect(due?.violations).toBeGreaterThan(5);
    expect(due?.samples).toHaveLength(5);
  });
});
