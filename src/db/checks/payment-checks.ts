// Checks of money: what providers reported, what it became, and what went back.

import { EDITABLE_STATUSES } from '../../core/orders/status.js';
import { type BookQuery, sqlList } from './book-check.js';

const EDITABLE = sqlList(EDITABLE_STATUSES);

/** A payment with its entries; each cause is unique, so there is at most one of a kind. */
const WITH_ENTRIES = `payments p
  left join ledger bought on bought.cause = 'payment:' || p.id || ':purchase'
  left join ledger back on back.cause = 'payment:' || p.id || ':refund'
  left join ledger reported on reported.cause = 'payment:' || p.id || ':refund_reported'
  left join ledger later on later.cause = 'payment:' || p.id || ':refund_recovered'
  left join ledger kept on kept.cause = 'payment:' || p.id || ':kept'`;

/** What a payment is worth in credits after all that was booked for it. */
const AFTERWARDS = `coalesce(back.delta, 0) + coalesce(reported.delta, 0) + coalesce(later.delta, 0)
  + coalesce(kept.delta, 0)`;
const WORTH = `(coalesce(bought.delta, 0) + ${AFTERWARDS})`;

const OF_ANOTHER_PERSON = `(bought.person_id is not null and bought.person_id is not p.person_id)
  or (back.person_id is not null and back.person_id is not p.person_id)
  or (reported.person_id is not null and reported.person_id is not p.person_id)
  or (later.person_id is not null and later.person_id is not p.person_id)
  or (kept.person_id is not null and kept.person_id is not p.person_id)`;

const ENTRY_CHECKS: readonly BookQuery[] = [
  {
    name: 'payment_purchase',
    about: 'A settled payment became its credits, once, for who paid',
    sql: `select p.id as id from ${WITH_ENTRIES}
      where p.outcome = 'settled' and p.credits > 0
        and (bought.delta is not p.credits or ${OF_ANOTHER_PERSON})`,
  },
  {
    name: 'payment_refund',
    about:
      'A settled payment on its way back gave its credits up once; one that could not go back has them again',
    sql: `select p.id as id from ${WITH_ENTRIES}
      where p.outcome = 'settled' and not coalesce(case
        when p.refund_status is null
          then back.id is null and reported.id is null and later.id is null and kept.id is null
        when p.refund_status = 'due'
          then back.delta = -p.credits and reported.id is null and kept.id is null
        when p.refund_status = 'kept'
          then back.delta = -p.credits and kept.delta = p.credits and reported.id is null
        else p.credits + ${AFTERWARDS} = p.unrecovered_credits
          and (back.id is not null or reported.id is not null or later.id is not null
            or p.unrecovered_credits = p.credits)
      end, 0)`,
  },
  {
    name: 'payment_without_effect',
    about: 'A payment that bought nothing goes back, or is credits where it cannot',
    sql: `select p.id as id from ${WITH_ENTRIES}
      where p.outcome <> 'settled' and (${OF_ANOTHER_PERSON} or not coalesce(case
        when p.outcome = 'unknown' then ${WORTH} = 0
        when p.refund_status is null then not p.is_refundable
          and (bought.delta = p.credits or (p.outcome = 'mismatch' and bought.id is null))
          and back.id is null and reported.id is null and kept.id is null
        when p.refund_status = 'kept' then ${WORTH} = p.credits
        when p.refund_status = 'due' then ${WORTH} = 0
        else ${WORTH} = p.unrecovered_credits
      end, 0))`,
  },
];

const CHECKOUT_CHECKS: readonly BookQuery[] = [
  {
    name: 'payment_checkout',
    about:
      'A settled payment fits its checkout, which is paid; a paid checkout has one such payment',
    sql: `select p.id as id from payments p left join checkouts c on c.id = p.checkout_id
      where p.outcome = 'settled' and (c.id is null or c.status <> 'paid'
        or c.currency <> p.currency or p.amount_minor < c.amount_minor
        or c.credits <> p.credits or c.person_id is not p.person_id
        or c.order_id is not p.order_id)
      union
      select c.id as id from checkouts c
      where c.status = 'paid' and 1 <> (select count(*) from payments p
        where p.checkout_id = c.id and p.outcome = 'settled')`,
  },
  {
    name: 'payment_per_charge',
    about: 'A charge of a provider is booked once',
    sql: `select min(id) as id from payments group by provider, charge_id having count(*) > 1`,
  },
  {
    name: 'one_open_checkout',
    about: 'An order has at most one open checkout',
    sql: `select order_id as id from checkouts
      where status = 'open' and order_id is not null group by order_id having count(*) > 1`,
  },
  {
    name: 'checkout_order',
    about:
      'An open checkout has a due time and an order that can still be paid; an order awaiting payment has one',
    sql: `select c.id as id from checkouts c left join orders o on o.id = c.order_id
      where c.status = 'open' and (c.due_at is null
        or (c.order_id is not null and (o.status not in ${EDITABLE}
          or not exists (select 1 from checkouts own
            where own.id = o.checkout_id and own.status = 'open'))))
      union
      select o.id as id from orders o
      where o.status = 'awaiting_payment' and not exists (select 1 from checkouts c
        where c.id = o.checkout_id and c.order_id = o.id and c.status = 'open')`,
  },
];

export const PAYMENT_CHECKS: readonly BookQuery[] = [
  ...ENTRY_CHECKS,
  {
    name: 'refund_progress',
    about: 'A refund that is due has its next try, a finished one its time, and each its cause',
    sql: `select id from payments
      where (refund_status is 'due') <> (next_refund_at is not null)
        or (refund_status is 'refunded') <> (refunded_at is not null)
        or (refund_status is null) <> (refund_cause is null)
        or unrecovered_credits < 0
        or (unrecovered_credits > 0 and refund_status is not 'refunded')`,
  },
  {
    name: 'video_or_refund',
    about:
      'What was paid for an order goes back when it fails; with its video it does not, but for an admin or the provider',
    sql: `select o.id as id from orders o join payments p on p.id = o.payment_id
      where case when o.status in ('failed', 'cancelled') or o.is_gift
        then p.is_refundable and p.refund_status is null
        else coalesce(p.refund_cause, 'admin') not in ('admin', 'elsewhere') end`,
  },
  ...CHECKOUT_CHECKS,
];
