// The statistics in words: what /stats and the daily summary say.

import type { DayFigures, Figures, Revenue, Statistics } from '../../core/figures.js';
import { formatAmount } from '../../core/money/pricing.js';
import type { Texts } from '../../texts/texts.js';

/** The colours of the picture, in the order of its variants. */
const SIGNS = ['🟣', '🟠', '🟢', '🔵', '🟤'];
const OTHER_SIGN = '⚪';
/** A message holds about four thousand characters. */
const MAX_DAY_LINES = 31;
const MAX_CURRENCIES = 10;
const MAX_VARIANT_CURRENCIES = 3;
const SECONDS_UP_TO_MS = 120_000;

/** Says one sentence of the catalogue in the reader's language. */
interface Voice {
  texts: Texts;
  locale: string;
}

function percent({ texts, locale }: Voice, rate: number | null): string {
  if (rate === null) return texts.t(locale, 'stats-none');
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return format.format(rate);
}

function duration({ texts, locale }: Voice, spanMs: number | null): string {
  if (spanMs === null) return texts.t(locale, 'stats-none');
  return spanMs < SECONDS_UP_TO_MS
    ? texts.t(locale, 'duration-seconds', { seconds: Math.round(spanMs / 1000) })
    : texts.t(locale, 'duration-minutes', { minutes: Math.round(spanMs / 6_000) / 10 });
}

function times(voice: Voice, figures: Figures): { mean: string; p50: string; p90: string } {
  const { meanMs, p50Ms, p90Ms } = figures;
  return {
    mean: duration(voice, meanMs),
    p50: duration(voice, p50Ms),
    p90: duration(voice, p90Ms),
  };
}

function name({ texts, locale }: Voice, variant: string): string {
  return texts.t(locale, 'variant-name', { variant });
}

function signOf(statistics: Statistics, variant: string): string {
  return SIGNS[statistics.variants.findIndex((row) => row.variant === variant)] ?? OTHER_SIGN;
}

function money({ texts, locale }: Voice, row: Revenue, amountMinor: number | null): string {
  const { currency, exponent } = row;
  return amountMinor === null
    ? texts.t(locale, 'stats-none')
    : formatAmount({ currency, exponent, amountMinor }, locale);
}

function mostUsed(revenue: readonly Revenue[], limit: number): Revenue[] {
  return [...revenue].sort((a, b) => b.payments - a.payments).slice(0, limit);
}

function revenueLines(voice: Voice, revenue: readonly Revenue[]): string[] {
  const { texts, locale } = voice;
  if (revenue.length === 0) return [texts.t(locale, 'stats-no-revenue')];
  const lines = mostUsed(revenue, MAX_CURRENCIES).flatMap((row) => [
    texts.t(locale, 'stats-revenue', {
      net: money(voice, row, row.netMinor),
      payments: row.payments,
      perVideo: money(voice, row, row.perVideoMinor),
    }),
    ...(row.refunds === 0
      ? []
      : [
          texts.t(locale, 'stats-refunds', {
            refunds: row.refunds,
            amount: money(voice, row, row.refundedMinor),
          }),
        ]),
  ]);
  const left = revenue.length - MAX_CURRENCIES;
  return left > 0 ? [...lines, texts.t(locale, 'stats-more-currencies', { count: left })] : lines;
}

function totalLines(voice: Voice, statistics: Statistics): string[] {
  const { texts, locale } = voice;
  const { total, started, firstPaid, conversion, revenue } = statistics;
  const { made, gifts, failed } = total;
  return [
    texts.t(locale, 'stats-videos', { made, gifts }),
    texts.t(locale, 'stats-success', { rate: percent(voice, total.successRate), failed }),
    texts.t(locale, 'stats-times', times(voice, total)),
    texts.t(locale, 'stats-conversion', {
      paid: firstPaid,
      started,
      rate: percent(voice, conversion),
    }),
    ...revenueLines(voice, revenue),
  ];
}

function variantLines(voice: Voice, statistics: Statistics): string[] {
  const { texts, locale } = voice;
  return statistics.variants.flatMap((row) => {
    const { made, failed, paid, queued } = row;
    const sign = signOf(statistics, row.variant);
    const rate = percent(voice, row.successRate);
    return [
      texts.t(locale, 'stats-variant', {
        ...{ sign, name: name(voice, row.variant) },
        ...{ made, failed, rate, paid, queued },
      }),
      ...(made === 0 ? [] : [texts.t(locale, 'stats-variant-times', times(voice, row))]),
      ...mostUsed(row.revenue, MAX_VARIANT_CURRENCIES).map((sold) =>
        texts.t(locale, 'stats-variant-revenue', {
          net: money(voice, sold, sold.netMinor),
          perVideo: money(voice, sold, sold.perVideoMinor),
        }),
      ),
    ];
  });
}

function offerLines(voice: Voice, statistics: Statistics): string[] {
  const { texts, locale } = voice;
  if (statistics.offers.length === 0) return [];
  return [
    '',
    texts.t(locale, 'stats-offers'),
    ...statistics.offers.map(({ offerFirst, started, firstPaid, conversion }) =>
      texts.t(locale, 'stats-offer', {
        sign: signOf(statistics, offerFirst),
        name: name(voice, offerFirst),
        paid: firstPaid,
        started,
        rate: percent(voice, conversion),
      }),
    ),
  ];
}

function dayLine(voice: Voice, statistics: Statistics, day: DayFigures): string {
  const { texts, locale } = voice;
  const counts = [
    ...day.variants.map(({ variant, made }) => `${signOf(statistics, variant)} ${made}`),
    ...(day.failed === 0 ? [] : [`✖️ ${day.failed}`]),
  ];
  const { p50, p90 } = times(voice, day);
  return texts.t(locale, 'stats-day', {
    day: day.day.slice(5),
    counts: counts.join('  '),
    times: day.p50Ms === null ? '' : `${p50} / ${p90}`,
  });
}

function dayLines(voice: Voice, statistics: Statistics): string[] {
  const { texts, locale } = voice;
  const { byDay } = statistics;
  if (byDay.length < 2) return [];
  const shown = byDay.slice(-MAX_DAY_LINES);
  const title =
    shown.length === byDay.length
      ? texts.t(locale, 'stats-days')
      : texts.t(locale, 'stats-days-last', { days: shown.length });
  // The newest first: it is what is looked for.
  return ['', title, ...shown.reverse().map((day) => dayLine(voice, statistics, day).trimEnd())];
}

/** All of it; at most about 3,700 characters. */
export function statisticsText(texts: Texts, locale: string, statistics: Statistics): string {
  const voice = { texts, locale };
  const { fromDay: from, toDay: to } = statistics;
  return [
    texts.t(locale, 'stats-title', { from, to }),
    ...totalLines(voice, statistics),
    '',
    ...variantLines(voice, statistics),
    ...offerLines(voice, statistics),
    ...dayLines(voice, statistics),
  ].join('\n');
}

/** One day, as a notice. */
export function summaryText(texts: Texts, locale: string, statistics: Statistics): string {
  const voice = { texts, locale };
  return [
    texts.t(locale, 'stats-summary-title', { day: statistics.toDay }),
    ...totalLines(voice, statistics),
    '',
    ...variantLines(voice, statistics),
    ...offerLines(voice, statistics),
  ].join('\n');
}

/** What the colours and parts of the picture are. */
export function legendText(texts: Texts, locale: string, statistics: Statistics): string {
  const voice = { texts, locale };
  const colors = statistics.variants
    .map(({ variant }) => `${signOf(statistics, variant)} ${name(voice, variant)}`)
    .join(', ');
  return texts.t(locale, 'stats-legend', { colors });
}
