// Checks of orders: their moves, their due times and deadlines, their videos and deliveries.

import { ENDED_STATUSES, isMoveAllowed, ORDER_STATUSES } from '../../core/orders/status.js';
import { type BookQuery, sqlList } from './book-check.js';

const ENDED = sqlList(ENDED_STATUSES);

/** Every move of the table as text, so that a query can look one up. */
const MOVES = sqlList([
  '>draft',
  ...ORDER_STATUSES.flatMap((from) =>
    ORDER_STATUSES.filter((to) => isMoveAllowed(from, to)).map((to) => `${from}>${to}`),
  ),
]);

/** Can the chat of order `o` be written to? Somebody whose data were erased has no account left. */
const IS_REACHABLE = `exists (select 1 from identities i
  where i.platform = o.platform and i.chat_id = o.chat_id and i.unreachable_since is null)`;

const HAS_ACCOUNT = `exists (select 1 from identities i where i.person_id = o.person_id)`;

/** The pictures that the submit of order `o` needs are at PixVerse. */
const ARE_PICTURES_THERE = `case o.route when 'composite' then o.composite_image_id is not null
  else not exists (select 1 from order_photos f
    where f.order_id = o.id and f.pixverse_image_id is null) end`;

const MOVE_CHECKS: readonly BookQuery[] = [
  {
    name: 'order_events',
    about:
      'The moves of an order are allowed ones, follow each other and end where the order stands',
    sql: `select distinct order_id as id from (
        select order_id, from_status, to_status,
          lag(to_status) over (partition by order_id order by id) as before_status
        from order_events)
      where from_status is not before_status
        or coalesce(from_status, '') || '>' || to_status not in ${MOVES}
      union
      select o.id as id from orders o
      where o.status is not (select e.to_status from order_events e
        where e.order_id = o.id order by e.id desc limit 1)`,
  },
  {
    name: 'order_end',
    about: 'An order has the time of its end once it ended, and a failed one its reason',
    sql: `select id from orders
      where (ended_at is not null) <> (status in ${ENDED})
        or (status = 'failed' and failure_code is null)`,
  },
  {
    name: 'one_running_order',
    about:
      'One video at a time: a person has at most one funded order that did not end, gifts apart',
    sql: `select person_id as id from orders
      where status in ('queued', 'submitting', 'generating')
        or (status = 'generated' and not is_gift)
      group by person_id having count(*) > 1`,
  },
];

const DUE_CHECKS: readonly BookQuery[] = [
  {
    name: 'order_due',
    about:
      'A funded order has a due time, waits in the queue for a slot, or is kept for somebody who cannot be reached',
    sql: `select o.id as id from orders o
      where o.next_attempt_at is null and case o.status
        when 'queued' then not (${ARE_PICTURES_THERE})
        when 'submitting' then 1
        when 'generating' then 1
        when 'generated' then ${IS_REACHABLE}
        when 'failed' then o.late_look_until is not null
        else 0 end`,
  },
  {
    name: 'order_deadline',
    about:
      'No order is open past its deadline: 40 minutes at PixVerse, an hour with its video, a day in the queue, two as a draft',
    sql: `select o.id as id from orders o
      where case o.status
        when 'draft' then o.updated_at < @draftBefore
        when 'awaiting_payment' then o.updated_at < @draftBefore
        when 'queued' then coalesce(o.queued_at, 0) < @queuedBefore
        when 'submitting' then coalesce(o.submitted_at, 0) < @submittedBefore
        when 'generating' then coalesce(o.submitted_at, 0) < @submittedBefore
        when 'generated'
          then coalesce(o.generated_at, 0) < @generatedBefore and ${IS_REACHABLE}
        else 0 end`,
  },
  {
    name: 'due_work',
    about:
      'What is due is taken up: no order, card, notice, invoice or refund waits a quarter of an hour',
    sql: `select id from orders where next_attempt_at < @dueBefore
      union all select id from orders where card_due_at < @dueBefore
      union all select 'notice ' || id from notices where due_at < @dueBefore
      union all select id from checkouts where due_at < @dueBefore
      union all select id from payments where next_refund_at < @dueBefore`,
  },
];

export const ORDER_CHECKS: readonly BookQuery[] = [
  ...MOVE_CHECKS,
  ...DUE_CHECKS,
  {
    name: 'order_videos',
    about:
      'PixVerse accepted no more generations than were tried, and a new one only after the former ended',
    sql: `select o.id as id from orders o
      where o.generation_attempts < (select count(*) from videos v where v.order_id = o.id)
      union
      select v.order_id as id from videos v join orders o on o.id = v.order_id
      where v.status = 'generating' and o.failure_code is not 'removed'
        and (o.status <> 'generating' or o.pixverse_video_id is not v.pixverse_video_id)
      union
      select o.id as id from orders o
      where (o.status = 'generating' or (o.status in ('generated', 'delivered') and ${HAS_ACCOUNT}))
        and not exists (select 1 from videos v
          where v.order_id = o.id and v.pixverse_video_id = o.pixverse_video_id)`,
  },
  {
    name: 'delivered_message',
    about:
      'A delivered video has its message in the chat, unless it was a gift, its answers were lost or its person was erased',
    sql: `select o.id as id from orders o
      where o.status = 'delivered' and not o.is_gift and ${HAS_ACCOUNT}
        and (o.delivered_at is null
          or (o.delivered_message_id is null and o.unanswered_sends = 0))`,
  },
];
