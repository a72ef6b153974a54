// Single values of the running system.

import { settings } from '../schema/messages.js';
import type { Tx } from './transact.js';

export function writeSetting(tx: Tx, key: string, value: string): void {
  tx.insert(settings)
    .values({ key, value })
    .onConflictDoUpdate({ target: settings.key, set: { value } })
    .run();
}
