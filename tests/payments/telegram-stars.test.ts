// Stars, from the invoice to the list of what was paid and what went back.

import { Api } from 'grammy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { calling } from '../../src/bots/telegram/errors.js';
import { UpstreamError } from '../../src/core/errors.js';
import type { Checkout, Payment } from '../../src/core/model.js';
import type { PaymentProvider } from '../../src/core/ports/payment-provider.js';
import { createTelegramStars } from '../../src/payments/telegram-stars.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { startTelegramStandIn, type TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { loadTexts } from '../../src/texts/texts.js';

const TOKEN = '700000001:a-token-that-is-long-enough-for-it';
const CHECKOUT = {
  id: 'checkout-1',
  chatId: '42',
  variant: 'premium',
  quote: { currency: 'XTR', amountMinor: 250, credits: 5 },
} as Checkout;

let telegram: TelegramStandIn;
let api: Api;
let user: SandboxUser;
let stars: PaymentProvider;
beforeEach(async () => {
  telegram = await startTelegramStandIn({ token: TOKEN });
  api = new Api(TOKEN, { apiRoot: telegram.apiRoot });
  user = telegram.user({ id: 42, first_name: 'Kim' });
  stars = createTelegramStars({ api, calling }, loadTexts());
});
afterEach(() => telegram.close());

/** Shows the invoice and pays it. */
async function pay(): Promise<Payment> {
  const { messageId } = await stars.presentCheckout(CHECKOUT, 'en');
  const paying = user.pay(Number(messageId));
  const [asked] = await api.getUpdates({ allowed_updates: ['pre_checkout_query'] });
  await api.answerPreCheckoutQuery(asked?.pre_checkout_query?.id ?? '', true);
  const paid = await paying;
  if (paid.status !== 'paid') throw new Error(paid.status);
  return { chargeId: paid.chargeId, payerRef: '42' } as Payment;
}

test('a refund whose answer was lost counts as made when it is repeated', async () => {
  const payment = await pay();
  telegram.faults.add({ kind: 'cut_after', method: 'refundStarPayment', times: 1 });
  await expect(stars.refundPayment(payment)).rejects.toBeInstanceOf(UpstreamError);
  expect(await stars.refundPayment(payment)).toBe('refunded');
  expect(user.chat().filter((message) => message.refund !== undefined)).toHaveLength(1);
});

test('a refund that Telegram never will make is told apart from one to be tried again', async () => {
  const payment = await pay();
  expect(await stars.refundPayment({ ...payment, payerRef: '43' })).toBe('refused');
  expect(await stars.refundPayment({ ...payment, chargeId: 'somebody-elses' })).toBe('refused');
  telegram.faults.add({ kind: 'bad_gateway', method: 'refundStarPayment', times: 1 });
  await expect(stars.refundPayment(payment)).rejects.toMatchObject({
    fault: { isRetryable: true },
  });
});

test('the list tells what was paid from what went back, though both have the same id', async () => {
  const { chargeId } = await pay();
  telegram.refundElsewhere(chargeId);
  expect(await stars.listReceipts?.(0)).toEqual({
    receipts: [
      {
        provider: 'telegram_stars',
        chargeId,
        payload: 'checkout-1',
        payerRef: '42',
        currency: 'XTR',
        amountMinor: 250,
      },
    ],
    refunds: [{ provider: 'telegram_stars', chargeId }],
    nextCursor: 2,
    isLast: true,
  });
});
