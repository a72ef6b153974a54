// Payments as Telegram tells of them: the question before, the receipt after, and Stars that came back.

import { type Api, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import { type PaymentRefusal, refusePayment } from '../../core/money/checkout.js';
import { bookReportedRefund, settlePayment } from '../../core/money/settlement.js';
import { STARS } from '../../core/money/pricing.js';
import type { ProviderId } from '../../core/model.js';
import { isQueryOver } from './errors.js';
import { type HugContext, meet, type Setting } from './setting.js';

function providerOf(currency: string): ProviderId {
  return currency === STARS ? 'telegram_stars' : 'telegram_provider';
}

/** Telegram waits ten seconds for the answer: enough for this and one repeat. */
const ANSWER_TIMEOUT_MS = 4_000;

/** Says yes, or no with a reason. One quick repeat: an answer that did not arrive costs the sale. */
async function answer(setting: Setting, queryId: string, refusal: string | null): Promise<void> {
  const { api, core } = setting;
  const call = () =>
    api.answerPreCheckoutQuery(
      queryId,
      refusal === null,
      refusal === null ? {} : { error_message: refusal },
      // grammY types its own AbortSignal; Node's is one.
      AbortSignal.timeout(ANSWER_TIMEOUT_MS) as Parameters<Api['answerPreCheckoutQuery']>[3],
    );
  try {
    await call().catch((error: unknown) => {
      if (!(error instanceof HttpError)) throw error;
      return call();
    });
  } catch (error) {
    if (!isQueryOver(error)) throw error;
    // Telegram told the same query twice, or its receipt for the first answer was lost.
    core.log.warn({ err: error }, 'a payment was answered before, or too late');
  }
}

async function judge(setting: Setting, query: NonNullable<Update['pre_checkout_query']>) {
  const { core, texts } = setting;
  const asked = {
    payload: query.invoice_payload,
    payerRef: String(query.from.id),
    currency: query.currency,
    amountMinor: query.total_amount,
  };
  let refusal: PaymentRefusal | 'trouble' | null;
  try {
    refusal = await refusePayment(core, asked, 'telegram');
  } catch (error) {
    // Rather no sale than one that cannot be booked.
    core.log.error({ err: error }, 'a payment could not be judged');
    refusal = 'trouble';
  }
  if (refusal === null) {
    await answer(setting, query.id, null);
    return;
  }
  core.log.info({ refusal }, 'a payment was refused before it was made');
  // In trouble the database is not asked for the person's language either: the answer would be lost with it.
  const locale =
    refusal === 'trouble'
      ? texts.pickLocale(query.from.language_code ?? null)
      : (await meet(setting, query.from)).locale;
  await answer(setting, query.id, texts.t(locale, `pay-refused-${refusal}`));
}

/** Answers a pre-checkout query within Telegram's ten seconds, from the database alone; null for other updates. */
export function answerPreCheckout(setting: Setting, update: Update): Promise<void> | null {
  const query = update.pre_checkout_query;
  return query === undefined ? null : judge(setting, query);
}

/** A payment was made: the only thing that counts as one. Safe to repeat. */
export async function takePayment({ core }: Setting, ctx: HugContext): Promise<void> {
  const paid = ctx.message?.successful_payment;
  if (paid === undefined || ctx.from === undefined) return;
  await settlePayment(
    core,
    {
      provider: providerOf(paid.currency),
      chargeId: paid.telegram_payment_charge_id,
      payload: paid.invoice_payload,
      payerRef: String(ctx.from.id),
      currency: paid.currency,
      amountMinor: paid.total_amount,
    },
    'telegram',
  );
}

/** Stars went back, by our call or by somebody else's. Safe to repeat. */
export async function takeRefund({ core }: Setting, ctx: HugContext): Promise<void> {
  const refunded = ctx.message?.refunded_payment;
  if (refunded === undefined) return;
  await bookReportedRefund(core, {
    provider: providerOf(refunded.currency),
    chargeId: refunded.telegram_payment_charge_id,
  });
}
