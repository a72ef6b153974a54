// The consent that a person gives once per text, before any byte of a photo leaves for PixVerse.

import type { Context } from './context.js';

/** Raise it when the meaning of `card-consent` in texts/ changes: everybody is asked again. */
export const CONSENT_VERSION = 1;

export function hasConsent(ctx: Context, personId: string): Promise<boolean> {
  return ctx.store.hasConsent(personId, CONSENT_VERSION);
}

/** The person agreed: stored with version and time, and the photos begin to be uploaded. Safe to repeat. */
export async function giveConsent(ctx: Context, personId: string): Promise<void> {
  await ctx.store.recordConsent(personId, CONSENT_VERSION, ctx.now());
  ctx.wake();
}
