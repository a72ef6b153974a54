// Who cannot be written to at present.

import { and, eq, isNull } from 'drizzle-orm';
import type { ChatAddress } from '../../core/model.js';
import { identities } from '../schema/people.js';
import type { Tx } from './transact.js';

/** Remembers since when the account of this chat is out of reach. */
export function markUnreachable(tx: Tx, address: ChatAddress, now: number): void {
  tx.update(identities)
    .set({ unreachableSince: now })
    .where(
      and(
        eq(identities.platform, address.platform),
        eq(identities.chatId, address.chatId),
        isNull(identities.unreachableSince),
      ),
    )
    .run();
}
