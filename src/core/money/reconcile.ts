// What providers have booked and we may have missed: read page by page, settled as if it had just been reported.

import type { Context } from '../context.js';
import { UpstreamError } from '../errors.js';
import type { PaymentProvider } from '../ports/payment-provider.js';
import { bookReportedRefund, settlePayment } from './settlement.js';

const MAX_PAGES = 1_000;

function cursorKey(provider: PaymentProvider): string {
  return `receipts_cursor:${provider.id}`;
}

async function sweep(ctx: Context, provider: PaymentProvider): Promise<number> {
  if (provider.listReceipts === null) return 0;
  const platform = provider.platforms[0];
  if (platform === undefined) return 0;
  let cursor = Number((await ctx.store.readSetting(cursorKey(provider))) ?? 0);
  let repaired = 0;
  for (let pages = 0; pages < MAX_PAGES && !ctx.signal.aborted; pages += 1) {
    const page = await provider.listReceipts(cursor);
    for (const receipt of page.receipts) {
      const { outcome } = await settlePayment(ctx, receipt, platform);
      if (outcome !== 'already') repaired += 1;
    }
    for (const refund of page.refunds) await bookReportedRefund(ctx, refund);
    cursor = page.nextCursor;
    await ctx.store.writeSetting(cursorKey(provider), String(cursor));
    if (page.isLast) break;
  }
  return repaired;
}

/** Repairs what was missed, at every provider that keeps a list. Safe to repeat; a failure waits for the next time. */
export async function reconcilePayments(ctx: Context): Promise<void> {
  for (const provider of ctx.paymentProviders.values()) {
    try {
      const repaired = await sweep(ctx, provider);
      if (repaired > 0) ctx.log.warn({ provider: provider.id, repaired }, 'missed payments booked');
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (!(error instanceof UpstreamError)) throw error;
      ctx.log.warn({ provider: provider.id, err: error }, 'payments could not be compared');
    }
  }
}
