// Checks of what is kept: photos are erased in time, updates are handled, and the file itself is sound.

import { ENDED_STATUSES } from '../../core/orders/status.js';
import { type BookQuery, sqlList } from './book-check.js';

export const KEEPING_CHECKS: readonly BookQuery[] = [
  {
    name: 'photos_erased',
    about: 'A photo is gone once all of its orders ended PHOTO_KEEP_HOURS ago',
    sql: `select f.id as id from photos f
      where (f.erased_at is null) <> (f.bytes is not null)
        or (f.erased_at is null and f.created_at < @photosBefore
          and not exists (select 1 from order_photos p join orders o on o.id = p.order_id
            where p.photo_id = f.id and (o.ended_at is null or o.ended_at >= @photosBefore
              or o.status not in ${sqlList(ENDED_STATUSES)})))`,
  },
  {
    name: 'inbox_pending',
    about: 'An update is handled within a quarter of an hour',
    sql: `select cast(id as text) as id from inbox
      where done_at is null and received_at < @dueBefore`,
  },
  {
    name: 'foreign_keys',
    about: 'What a row refers to exists',
    sql: `select distinct "table" || ' ' || rowid as id from pragma_foreign_key_check`,
  },
  {
    name: 'integrity',
    about: 'The database file is sound',
    sql: `select integrity_check as id from pragma_integrity_check where integrity_check <> 'ok'`,
  },
];
