import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { summaryText, statisticsText } from '../../src/bots/telegram/stats-text.js';
import { summarize } from '../../src/core/figures.js';
import { countGeneration, emptyBuckets } from '../../src/core/generation-times.js';
import { PRICE_TABLE } from '../../src/core/money/pricing.js';
import { loadTexts } from '../../src/texts/texts.js';
import { expectBot, type Flow, openFlow, textOf } from '../support/flow.js';

const texts = loadTexts();
const DAY = '2027-01-15';

function buckets(...times: number[]): number[] {
  const counts = emptyBuckets();
  for (const ms of times) countGeneration(counts, ms);
  return counts;
}

function figures(day: string) {
  return {
    variants: [
      {
        ...{ day, variant: 'premium', queued: 4, paid: 2, delivered: 2, gifts: 1, failed: 1 },
        ...{ generations: 2, generationMsSum: 90_000, generationBuckets: buckets(40_000, 50_000) },
      },
    ],
    revenue: [
      {
        ...{ day, product: 'premium', currency: 'XTR', exponent: 0 },
        ...{ payments: 2, amountMinor: 500, refunds: 1, refundedMinor: 250 },
      },
      {
        ...{ day, product: 'c25', currency: 'EUR', exponent: 2 },
        ...{ payments: 1, amountMinor: 2099, refunds: 0, refundedMinor: 0 },
      },
    ],
    offers: [{ day, offerFirst: 'standard', started: 8, firstPaid: 1 }],
  };
}

describe('the words', () => {
  test('say what a day brought', () => {
    const text = summaryText(texts, 'en', summarize(figures(DAY), DAY, DAY));
    expect(text.split('\n')).toEqual([
      '📊 Yesterday, 2027-01-15 (UTC)',
      '🎬 Videos made: 3, one of them a late gift',
      '✅ Success: 50% (1 failed)',
      '⏱ Making one: 45 s on average, half within 40 s, nine in ten within 49 s',
      '⭐ Started → paid: 1 of 8 (12.5%)',
      '💰 250 ⭐ from 2 payments: 83 ⭐ per video made',
      '↩️ One refund: 250 ⭐',
      '💰 €20.99 from one payment: €7.00 per video made',
      '',
      '🟣 Full HD Embrace: 3 made, 1 failed (50%), 2 of 4 orders paid',
      '45 s on average, 40 s / 49 s',
      '250 ⭐, 83 ⭐ per video',
      '🟠 Standard Embrace: 0 made, 0 failed (–), 0 of 0 orders paid',
      '',
      'Which quality stood first:',
      '🟠 Standard Embrace: 1 of 8 paid (12.5%)',
    ]);
  });

  test('say it in Spanish, too, and day by day', () => {
    const text = statisticsText(texts, 'es', summarize(figures(DAY), '2027-01-14', DAY));
    expect(text).toContain('Vídeos hechos: 3, uno de ellos regalado por llegar tarde');
    expect(text).toMatch(/\n01-15 {2}🟣 3 {2}🟠 0 {2}✖️ 1 {2}40 s \/ 49 s\n01-14 {2}🟣 0 {2}🟠 0$/);
  });

  test('fit into one message whatever happened', () => {
    const currencies = [...PRICE_TABLE.byCurrency.values()];
    const days = Array.from({ length: 92 }, (_, index) =>
      new Date(Date.UTC(2027, 0, 15) - index * 86_400_000).toISOString().slice(0, 10),
    );
    const all = days.map((day) => figures(day));
    const revenue = currencies.flatMap(({ currency, exponent }) =>
      ['premium', 'standard', 'c25'].map((product) => ({
        ...{ day: DAY, product, currency, exponent, payments: 1_000_000 },
        ...{ amountMinor: 99_999_999_999, refunds: 100_000, refundedMinor: 9_999_999_999 },
      })),
    );
    const variants = all.flatMap((one) =>
      ['premium', 'standard'].flatMap((variant) =>
        one.variants.map((row) => ({ ...row, variant, delivered: 123_456, failed: 12_345 })),
      ),
    );
    const offers = all.flatMap((one) => one.offers);
    const statistics = summarize({ variants, revenue, offers }, days.at(-1) ?? '', DAY);
    for (const locale of texts.locales) {
      expect(statisticsText(texts, locale, statistics).length).toBeLessThan(4096);
      expect(summaryText(texts, locale, statistics).length).toBeLessThan(4096);
    }
  });
});

describe('/stats', () => {
  let flow: Flow;
  beforeEach(async () => {
    flow = await openFlow();
  });
  afterEach(() => flow.close());

  test('shows an admin the picture and the words, says how it is used, and is not for others', async () => {
    const { user } = flow;
    user.sendText('/stats 3');
    const photo = await expectBot(user, (message) => message.photo !== undefined);
    expect(textOf(photo)).toContain('🟣 Full HD Embrace');
    const words = await expectBot(user, /Videos made: 0/);
    expect(textOf(words)).toMatch(/By day[^\n]*\n[\d-]+ /);
    user.sendText('/stats many');
    await expectBot(user, /from 1 to 92 days/);
    const somebody = flow.telegram.user({ id: 77, first_name: 'Kim', language_code: 'en' });
    somebody.sendText('/stats');
    await expectBot(somebody, /for admins/);
    expect(somebody.chat().some((message) => message.photo !== undefined)).toBe(false);
    expect((await fetch(`${flow.appUrl}/metrics`)).status).toBe(200);
  });
});
