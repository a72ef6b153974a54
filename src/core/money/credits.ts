// Credits by hand: admins give and take them, always with an actor and told to the person.

import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import type { Identity } from '../model.js';

/** More at once is most likely a slip of the finger. */
export const MAX_ADJUSTMENT = 10_000;

export interface Adjustment {
  person: Identity;
  /** Positive grants, negative revokes. */
  delta: number;
  reason: string | null;
  /** The admin, as `platform:id`. */
  actor: string;
  /** Unique per command, so that a repeated update books nothing twice. */
  cause: string;
}

/**
 * Books the adjustment and leaves a notice for the person.
 * @returns the balance after it, and whether this very command was booked before
 * @throws AppError `insufficient_credits` when more is revoked than there is, `bad_input` for a senseless amount
 */
export async function adjustCredits(
  ctx: Context,
  adjustment: Adjustment,
): Promise<{ balance: number; isRepeat: boolean }> {
  const { person, delta, reason, actor, cause } = adjustment;
  if (!Number.isInteger(delta) || delta === 0 || Math.abs(delta) > MAX_ADJUSTMENT) {
    throw new AppError('bad_input', 'amount');
  }
  const outcome = await ctx.store.bookEntry(
    {
      personId: person.personId,
      delta,
      kind: delta > 0 ? 'admin_grant' : 'admin_revoke',
      cause,
      orderId: null,
      actor,
      reason,
    },
    ctx.now(),
    (balance) => [
      {
        key: cause,
        to: { personId: person.personId },
        content: { kind: 'credits_changed', delta, balance, reason },
      },
    ],
  );
  const balance = await ctx.store.balance(person.personId);
  if (outcome === 'overdrawn') throw new AppError('insufficient_credits', String(balance));
  ctx.log.info({ personId: person.personId, delta, outcome }, 'credits adjusted by an admin');
  ctx.wake();
  return { balance, isRepeat: outcome === 'already' };
}
