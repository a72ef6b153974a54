// Store on SQLite: the parts put together.

import type { Store } from '../../core/ports/store.js';
import type { Database } from '../sqlite.js';
import { createBookStore } from './books.js';
import { createDueStore } from './due.js';
import { createErasingStore } from './erasing.js';
import { createHousekeepingStore } from './housekeeping.js';
import { createInboxStore } from './inbox.js';
import { createCheckoutStore } from './checkouts.js';
import { createCreditStore } from './credits.js';
import { createPaymentStore } from './payments.js';
import { createRefundStore } from './refunds.js';
import { createNoticeStore } from './notices.js';
import { createOrderStore } from './orders.js';
import { createPeopleStore } from './people.js';
import { createPhotoStore } from './photos.js';
import { createTicketStore } from './tickets.js';
import { transactOn } from './transact.js';
import { createStatisticsStore } from './statistics.js';
import { createVideoStore } from './videos.js';

export function createSqliteStore(db: Database): Store {
  const transact = transactOn(db);
  return {
    ...createPeopleStore(transact),
    ...createOrderStore(transact),
    ...createDueStore(transact),
    ...createPhotoStore(transact),
    ...createVideoStore(transact),
    ...createCreditStore(transact),
    ...createCheckoutStore(transact),
    ...createPaymentStore(transact),
    ...createRefundStore(transact),
    ...createTicketStore(transact),
    ...createErasingStore(transact),
    ...createNoticeStore(transact),
    ...createInboxStore(transact),
    ...createHousekeepingStore(transact),
    ...createBookStore(db.$client),
    ...createStatisticsStore(transact),
  };
}
