// Checks of credits: the ledger, what orders spent and got back, and free videos.

import { RUNNING_STATUSES } from '../../core/orders/status.js';
import { type BookQuery, sqlList } from './book-check.js';

const RUNNING = sqlList(RUNNING_STATUSES);

/** An order that ended without a video at its first end; a gift came after it was given back. */
const IS_GIVEN_BACK = `(o.status in ('failed', 'cancelled') or o.is_gift)`;

export const CREDIT_CHECKS: readonly BookQuery[] = [
  {
    name: 'balance_below_zero',
    about: 'No balance is or ever was below zero',
    sql: `select distinct person_id as id
      from (select person_id, sum(delta) over (partition by person_id order by id) as balance
        from ledger)
      where balance < 0`,
  },
  {
    name: 'ledger_entry',
    about: 'Every entry has the sign and the cause of its kind',
    sql: `select cast(l.id as text) as id from ledger l
      left join payments p
        on p.id = substr(l.cause, 9, instr(substr(l.cause, 9), ':') - 1) and l.cause like 'payment:%'
      where not coalesce(case l.kind
        when 'order_spend' then l.delta < 0 and l.cause = 'order:' || l.order_id || ':spend'
        when 'order_return' then l.delta > 0 and l.cause = 'order:' || l.order_id || ':return'
        when 'purchase' then l.delta > 0 and p.id is not null
          and l.cause in ('payment:' || p.id || ':purchase', 'payment:' || p.id || ':kept')
        when 'payment_refund' then l.delta < 0 and p.id is not null
          and l.cause in ('payment:' || p.id || ':refund', 'payment:' || p.id || ':refund_reported',
            'payment:' || p.id || ':refund_recovered')
        when 'refund_kept' then l.delta > 0 and l.cause = 'payment:' || p.id || ':kept'
        when 'admin_grant' then l.delta > 0 and l.actor is not null
        when 'admin_revoke' then l.delta < 0 and l.actor is not null
      end, 0)`,
  },
  {
    name: 'order_spend',
    about: 'An order of credits or of a payment took its credits once, and no other order took any',
    sql: `select o.id as id from orders o
      left join ledger s on s.cause = 'order:' || o.id || ':spend'
      where case when coalesce(o.funded_by, 'free') = 'free' then s.id is not null
        else s.id is null or s.delta is not -o.quote_credits or s.person_id <> o.person_id end`,
  },
  {
    name: 'order_return',
    about:
      'A failed or cancelled order gave its credits back; a delivered one kept them unless an admin returned them',
    sql: `select o.id as id from orders o
      left join ledger r on r.cause = 'order:' || o.id || ':return'
      where case
        when coalesce(o.funded_by, 'free') = 'free' then r.id is not null
        when ${IS_GIVEN_BACK} and r.id is null then 1
        when not ${IS_GIVEN_BACK} and o.status in ${RUNNING} then r.id is not null
        when not ${IS_GIVEN_BACK} and r.id is not null and r.actor is null then 1
        else r.id is not null and (r.delta is not o.quote_credits or r.person_id <> o.person_id) end`,
  },
  {
    name: 'free_claim',
    about: 'A free video is claimed once: open while it is made, used by delivery, else released',
    sql: `select o.id as id from orders o
      left join free_claims c on c.order_id = o.id
      where case
        when o.funded_by is not 'free' then c.id is not null
        when c.id is null or c.person_id <> o.person_id then 1
        when c.used_at is not null and c.released_at is not null then 1
        when c.is_failure and c.released_at is null then 1
        when ${IS_GIVEN_BACK} then c.released_at is null
        when o.status = 'delivered' then c.used_at is null
        else c.used_at is not null or c.released_at is not null end`,
  },
  {
    name: 'order_funding',
    about: 'An order beyond the draft says what it sells, at which price and what paid for it',
    sql: `select o.id as id from orders o
      left join payments p on p.id = o.payment_id
      where case
        when o.status in ('draft', 'awaiting_payment', 'expired') then o.funded_by is not null
        when o.status = 'cancelled' and o.funded_by is null then 0
        when o.funded_by is null or o.variant is null or o.quote_currency is null
          or o.quote_exponent is null or o.quote_amount_minor is null or o.quote_credits is null
          or o.quote_table_version is null then 1
        when o.funded_by = 'payment'
          then p.id is null or p.outcome <> 'settled' or p.order_id is not o.id
        else o.payment_id is not null end`,
  },
];
