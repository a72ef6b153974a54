// Fills a database with a long past, by SQL and in one transaction: people with ten delivered videos each, the first one
// free and the others paid in Stars.

import type SqliteDriver from 'better-sqlite3';

const ORDERS_PER_PERSON = 10;
const MINUTE_MS = 60_000;

/** Ids as scattered as random ones, and known from their number. */
const scattered = (number: string): string =>
  `printf('%08x-0000-4000-8000-%012x', (${number} * 2654435761) & 4294967295, ${number})`;

const NUMBERS =
  'with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < @count)';
const PERSON_OF_ORDER = scattered(`(n.i / ${ORDERS_PER_PERSON})`);
const IS_FREE = `n.i % ${ORDERS_PER_PERSON} = 0`;
const IS_PAID = `n.i % ${ORDERS_PER_PERSON} <> 0`;
const VARIANT_OF_ORDER = `iif(n.i % 2, 'premium', 'standard')`;
const DONE_AT = `(@now - (@count - n.i) * ${MINUTE_MS})`;

/** Everybody came with their first order. */
const CAME_AT = `(@now - (@count - n.i) * ${ORDERS_PER_PERSON * MINUTE_MS})`;

const PEOPLE: readonly string[] = [
  `insert into people (id, locale, offer_first, created_at)
   ${NUMBERS} select ${scattered('n.i')}, 'en', 'premium', ${CAME_AT} from n`,
  `insert into identities (platform, platform_user_id, person_id, chat_id, created_at, seen_at)
   ${NUMBERS} select 'telegram', 5000000000 + n.i, ${scattered('n.i')}, 5000000000 + n.i, @now, @now from n`,
  `insert into consents (person_id, version, agreed_at)
   ${NUMBERS} select ${scattered('n.i')}, 1, @now from n`,
  `insert into photos (id, person_id, width, height, created_at, erased_at)
   ${NUMBERS} select ${scattered('n.i')} || '-1', ${scattered('n.i')}, 900, 1120, @now, @now from n`,
  `insert into photos (id, person_id, width, height, created_at, erased_at)
   ${NUMBERS} select ${scattered('n.i')} || '-2', ${scattered('n.i')}, 900, 1120, @now, @now from n`,
];

const photoOfOrder = (position: 1 | 2): string =>
  `insert into order_photos (order_id, position, photo_id, source_key, source_order, pixverse_image_id)
   ${NUMBERS} select ${scattered('n.i')}, ${position}, ${PERSON_OF_ORDER} || '-${position}',
     'm' || n.i, n.i, n.i from n`;

const ORDERS: readonly string[] = [
  `insert into orders (id, person_id, platform, chat_id, status, variant, quote_currency, quote_exponent,
     quote_amount_minor, quote_credits, quote_table_version, funded_by, checkout_id, payment_id,
     generation_attempts, trace_id, pixverse_video_id, card_message_id, delivered_message_id, file_ref, created_at, updated_at, queued_at,
     submitted_at, last_look_at, generated_at, delivered_at, ended_at)
   ${NUMBERS} select ${scattered('n.i')}, ${PERSON_OF_ORDER}, 'telegram',
     5000000000 + n.i / ${ORDERS_PER_PERSON}, 'delivered', ${VARIANT_OF_ORDER}, 'XTR', 0,
     100, 3, '1', iif(${IS_FREE}, 'free', 'payment'), iif(${IS_PAID}, ${scattered('n.i')}, null),
     iif(${IS_PAID}, ${scattered('n.i')}, null), 1, ${scattered('n.i')}, 700000000000 + n.i, n.i, n.i, 'video:' || n.i,
     ${DONE_AT}, ${DONE_AT}, ${DONE_AT}, ${DONE_AT}, ${DONE_AT}, ${DONE_AT}, ${DONE_AT}, ${DONE_AT} from n`,
  `insert into videos (id, order_id, person_id, pixverse_video_id, trace_id, route, variant, status, resolution,
     duration_seconds, amount_minor, currency, size_bytes, width, height, generation_ms, created_at, updated_at)
   ${NUMBERS} select ${scattered('n.i')}, ${scattered('n.i')}, ${PERSON_OF_ORDER}, 700000000000 + n.i,
     ${scattered('n.i')}, 'fusion', ${VARIANT_OF_ORDER}, 'done', '720p', 5, 100, 'XTR',
     2000000, 720, 1280, 30000 + n.i % 30000, ${DONE_AT}, ${DONE_AT} from n`,
  `insert into order_events (order_id, from_status, to_status, cause, at)
   ${NUMBERS} select ${scattered('n.i')}, 'generated', 'delivered', 'edited', ${DONE_AT} from n`,
  photoOfOrder(1),
  photoOfOrder(2),
];

const entry = (delta: number, kind: string, cause: string): string =>
  `insert into ledger (person_id, delta, kind, cause, order_id, created_at)
   ${NUMBERS} select ${PERSON_OF_ORDER}, ${delta}, '${kind}', ${cause}, ${scattered('n.i')}, ${DONE_AT}
     from n where ${IS_PAID}`;

const MONEY: readonly string[] = [
  `insert into free_claims (person_id, number, order_id, claimed_at, used_at)
   ${NUMBERS} select ${PERSON_OF_ORDER}, 1, ${scattered('n.i')}, ${DONE_AT}, ${DONE_AT} from n where ${IS_FREE}`,
  `insert into checkouts (id, person_id, provider, platform, chat_id, order_id, variant, currency, exponent,
     amount_minor, credits, table_version, status, created_at, expires_at)
   ${NUMBERS} select ${scattered('n.i')}, ${PERSON_OF_ORDER}, 'telegram_stars', 'telegram',
     5000000000 + n.i / ${ORDERS_PER_PERSON}, ${scattered('n.i')}, ${VARIANT_OF_ORDER}, 'XTR', 0, 100, 3, '1',
     'paid', ${DONE_AT}, ${DONE_AT} from n where ${IS_PAID}`,
  `insert into payments (id, provider, charge_id, checkout_id, person_id, order_id, payer_ref, currency, exponent,
     amount_minor, credits, outcome, is_refundable, received_at)
   ${NUMBERS} select ${scattered('n.i')}, 'telegram_stars', 'charge:' || n.i, ${scattered('n.i')},
     ${PERSON_OF_ORDER}, ${scattered('n.i')}, 5000000000 + n.i / ${ORDERS_PER_PERSON}, 'XTR', 0, 100, 3,
     'settled', 1, ${DONE_AT} from n where ${IS_PAID}`,
  entry(3, 'purchase', `'payment:' || n.i || ':purchase'`),
  entry(-3, 'order_spend', `'order:' || n.i || ':spend'`),
];

/**
 * Puts `orders` delivered orders into a new database, a minute apart, the last one just before `now`.
 * @returns the ids of some people of that past, evenly spread
 */
export function fillPast(
  client: SqliteDriver.Database,
  orders: number,
  now: number,
  wantedPeople: number,
): string[] {
  const people = Math.ceil(orders / ORDERS_PER_PERSON);
  client.pragma('journal_mode = MEMORY');
  client.pragma('synchronous = OFF');
  client.pragma('foreign_keys = OFF');
  client.pragma('cache_size = -1000000');
  client.transaction(() => {
    for (const sql of PEOPLE) client.prepare(sql).run({ count: people, now });
    for (const sql of [...ORDERS, ...MONEY]) client.prepare(sql).run({ count: orders, now });
  })();
  return client
    .prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < @wanted)
       select ${scattered('(n.i * @people / @wanted)')} from n`,
    )
    .pluck()
    .all({ wanted: wantedPeople, people }) as string[];
}
