// Accounts whose data were erased, known again by a keyed hash alone.

import { createHmac, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Identity } from '../../core/model.js';
import { settings } from '../schema/messages.js';
import { erasedAccounts } from '../schema/people.js';
import { writeSetting } from './settings.js';
import type { Tx } from './transact.js';

type Account = Pick<Identity, 'platform' | 'platformUserId'>;

const SECRET_KEY = 'account_fingerprint_secret';
const SECRET_BYTES = 32;

function readSecret(tx: Tx): string | undefined {
  return tx.select().from(settings).where(eq(settings.key, SECRET_KEY)).get()?.value;
}

/** Made when the first account is erased. */
function makeSecret(tx: Tx): string {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  writeSetting(tx, SECRET_KEY, secret);
  return secret;
}

function fingerprintOf(secret: string, { platform, platformUserId }: Account): string {
  return createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(`${platform}:${platformUserId}`)
    .digest('hex');
}

/** Keeps of an account that is erased how many free videos it had used. */
export function rememberErased(tx: Tx, account: Account, freeUsed: number, now: number): void {
  const fingerprint = fingerprintOf(readSecret(tx) ?? makeSecret(tx), account);
  tx.insert(erasedAccounts)
    .values({ fingerprint, freeUsed, erasedAt: now })
    .onConflictDoUpdate({
      target: erasedAccounts.fingerprint,
      set: { freeUsed, erasedAt: now },
    })
    .run();
}

/** How many free videos an account had used before its data were erased. */
export function readFreeUsedBefore(tx: Tx, account: Account): number {
  const secret = readSecret(tx);
  if (secret === undefined) return 0;
  const row = tx
    .select({ freeUsed: erasedAccounts.freeUsed })
    .from(erasedAccounts)
    .where(eq(erasedAccounts.fingerprint, fingerprintOf(secret, account)))
    .get();
  return row?.freeUsed ?? 0;
}
