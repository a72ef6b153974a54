// The picture of the statistics: videos by day, how long they took, and who paid. Without words, because a machine
// without fonts prints boxes and people speak many languages: the text beside it explains the colours.

import sharp from 'sharp';
import type { DayFigures, Statistics } from './figures.js';
import { strokeText, strokeWidth } from './stroke-text.js';

/** Variants by their place in the list, and what failed. The text shows the same as coloured signs. */
const VARIANT_COLORS = ['#7c5cd6', '#f0903a', '#2f9e77', '#3b82c4', '#96694c'];
const FAILED_COLOR = '#c9ccd6';
const INK = '#2b2440';
const SOFT_INK = '#8b86a0';
const LINE = '#ece9f4';
const MEDIAN_COLOR = '#e2557b';
const BAND_COLOR = '#f9dbe3';

export const CHART_SIZE = { width: 1280, height: 960 };
const PADDING = 40;
const CARD = { fill: '#ffffff', radius: 24 };
const GUTTER = 24;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function variantColor(index: number): string {
  return VARIANT_COLORS[index % VARIANT_COLORS.length] ?? INK;
}

/** A round number of steps that reaches `max`: 1, 2 or 5 times a power of ten, never below `smallest`. */
function niceStep(max: number, steps: number, smallest: number): number {
  const raw = Math.max(max / steps, smallest);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw - 1e-9) ?? 10;
  return factor * power;
}

/** 1234 as `1.2k`, so that labels stay short. */
function shortNumber(value: number): string {
  if (value < 10_000) return String(Math.round(value));
  const thousands = value / 1000;
  return `${thousands < 100 ? Number(thousands.toFixed(1)) : Math.round(thousands)}k`;
}

function percent(rate: number | null): string {
  if (rate === null) return '–';
  const value = rate * 100;
  return `${value >= 10 || value === 0 ? Math.round(value) : Number(value.toFixed(1))}%`;
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : `${Math.round(ms / 1000)}s`;
}

function card({ x, y, width, height }: Box): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${CARD.radius}" fill="${CARD.fill}"/>`;
}

/** The signs of the four tiles, in a 48 × 48 box. */
const ICONS = {
  film: '<rect x="4" y="9" width="40" height="30" rx="7" fill="#7c5cd6"/><path d="M20 17 L32 24 L20 31 Z" fill="#ffffff"/>',
  clock:
    '<circle cx="24" cy="24" r="19" fill="#e2557b"/><path d="M24 13 L24 25 L32 29" fill="none" stroke="#ffffff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>',
  check:
    '<circle cx="24" cy="24" r="19" fill="#2f9e77"/><path d="M15 25 L22 31.5 L33 17.5" fill="none" stroke="#ffffff" stroke-width="4.4" stroke-linecap="round" stroke-linejoin="round"/>',
  star: '<circle cx="24" cy="24" r="19" fill="#f0a83a"/><path d="M24 12.5 L27.4 20 L35.5 20.9 L29.5 26.4 L31.2 34.4 L24 30.3 L16.8 34.4 L18.5 26.4 L12.5 20.9 L20.6 20 Z" fill="#ffffff"/>',
} as const;

/** Videos, median time, success and conversion, large. */
function tiles(statistics: Statistics, box: Box): string {
  const { total, conversion } = statistics;
  const shown: [keyof typeof ICONS, string][] = [
    ['film', shortNumber(total.made)],
    ['clock', seconds(total.p50Ms)],
    ['check', percent(total.successRate)],
    ['star', percent(conversion)],
  ];
  const width = (box.width - GUTTER * (shown.length - 1)) / shown.length;
  return shown
    .map(([icon, text], index) => {
      const x = box.x + index * (width + GUTTER);
      const textWidth = strokeWidth(text, 46);
      const left = x + (width - textWidth - 76) / 2;
      return (
        card({ ...box, x, width }) +
        `<g transform="translate(${left} ${box.y + box.height / 2 - 29}) scale(1.2)">${ICONS[icon]}</g>` +
        strokeText(text, left + 76, box.y + box.height / 2 + 23, {
          size: 46,
          color: INK,
          weight: 1.25,
        })
      );
    })
    .join('');
}

/** The area for bars or lines inside a card, with lines and numbers for its scale. */
function frame(box: Box, max: number, step: number, unit: string): { plot: Box; svg: string } {
  const top = Math.max(step, Math.ceil(max / step - 1e-9) * step);
  const plot: Box = {
    x: box.x + 86,
    y: box.y + 34,
    width: box.width - 86 - 44,
    height: box.height - 34 - 58,
  };
  const lines: string[] = [];
  for (let value = 0; value <= top + step / 2; value += step) {
    const y = plot.y + plot.height - (value / top) * plot.height;
    const color = value === 0 ? SOFT_INK : LINE;
    lines.push(
      `<path d="M${plot.x} ${y} H${plot.x + plot.width}" stroke="${color}" stroke-width="2"/>` +
        strokeText(`${shortNumber(value)}${unit}`, plot.x - 14, y + 7, {
          size: 15,
          color: SOFT_INK,
          anchor: 'end',
        }),
    );
  }
  return { plot, svg: card(box) + lines.join('') };
}

/** `01-15` below every day, or below as many as there is room for. */
function dayLabels(byDay: readonly DayFigures[], plot: Box): string {
  const slot = plot.width / byDay.length;
  const every = Math.ceil((strokeWidth('00-00', 16) + 18) / slot);
  return byDay
    .map((figures, index) => {
      // Counted from the end, so that the newest day is named.
      if ((byDay.length - 1 - index) % every !== 0) return '';
      const x = plot.x + slot * (index + 0.5);
      return strokeText(figures.day.slice(5), x, plot.y + plot.height + 32, {
        size: 16,
        color: SOFT_INK,
        anchor: 'middle',
      });
    })
    .join('');
}

/** A rectangle whose upper corners are round. */
function roundTop(x: number, y: number, width: number, height: number, radius: number): string {
  const r = Math.min(radius, width / 2, height);
  return (
    `M${x} ${y + height} V${y + r} Q${x} ${y} ${x + r} ${y} ` +
    `H${x + width - r} Q${x + width} ${y} ${x + width} ${y + r} V${y + height} Z`
  );
}

/** Videos by day, one colour a variant, failures on top. */
function videoBars({ byDay }: Statistics, box: Box): string {
  const totals = byDay.map((day) => day.made + day.failed);
  const max = Math.max(0, ...totals);
  const step = niceStep(max, 4, 1);
  const { plot, svg } = frame(box, max, step, '');
  const top = Math.max(step, Math.ceil(max / step) * step);
  const slot = plot.width / byDay.length;
  const barWidth = Math.min(slot * 0.62, 72);
  const bars = byDay.map((day, index) => {
    const x = plot.x + slot * (index + 0.5) - barWidth / 2;
    let y = plot.y + plot.height;
    const parts = [
      ...day.variants.map((variant, place) => ({
        count: variant.made,
        color: variantColor(place),
      })),
      { count: day.failed, color: FAILED_COLOR },
    ].filter((part) => part.count > 0);
    const drawn = parts.map((part, place) => {
      const height = (part.count / top) * plot.height;
      y -= height;
      const isLast = place === parts.length - 1;
      return `<path d="${roundTop(x, y, barWidth, height, isLast ? 8 : 0)}" fill="${part.color}"/>`;
    });
    const label =
      byDay.length <= 14 && day.made > 0
        ? strokeText(shortNumber(day.made), x + barWidth / 2, y - 9, {
            size: 17,
            color: INK,
            anchor: 'middle',
            weight: 1.15,
          })
        : '';
    return drawn.join('') + label;
  });
  return svg + bars.join('') + dayLabels(byDay, plot);
}

/** The median by day as a line, and up to the slowest tenth as a band. Days without videos are left out. */
function timeLines({ byDay }: Statistics, box: Box): string {
  const max = Math.max(0, ...byDay.map((day) => day.p90Ms ?? 0)) / 1000;
  const step = niceStep(max, 4, 5);
  const { plot, svg } = frame(box, max, step, 's');
  const top = Math.max(step, Math.ceil(max / step) * step);
  const slot = plot.width / byDay.length;
  const points = byDay.flatMap((day, index) =>
    day.p50Ms === null || day.p90Ms === null
      ? []
      : [
          {
            x: plot.x + slot * (index + 0.5),
            p50: plot.y + plot.height - (day.p50Ms / 1000 / top) * plot.height,
            p90: plot.y + plot.height - (day.p90Ms / 1000 / top) * plot.height,
          },
        ],
  );
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const upper = points.map((point) => at(point.x, point.p90));
  const lower = points.map((point) => at(point.x, point.p50)).reverse();
  const median = points.map((point) => at(point.x, point.p50));
  const band =
    points.length < 2
      ? points
          .map(
            (p) =>
              `<path d="M${at(p.x, p.p90)} V${p.p50}" stroke="${BAND_COLOR}" stroke-width="24"/>`,
          )
          .join('')
      : `<path d="M${[...upper, ...lower].join(' L')} Z" fill="${BAND_COLOR}"/>`;
  const line =
    points.length < 2
      ? ''
      : `<path d="M${median.join(' L')}" fill="none" stroke="${MEDIAN_COLOR}" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"/>`;
  const dots =
    points.length > 31
      ? ''
      : points
          .map(
            (p) =>
              `<circle cx="${p.x}" cy="${p.p50}" r="7" fill="#ffffff" stroke="${MEDIAN_COLOR}" stroke-width="4"/>`,
          )
          .join('');
  return svg + band + line + dots + dayLabels(byDay, plot);
}

/** Of those for whom a variant stands first, how many paid: the share as a bar. */
function conversionBars({ offers, variants }: Statistics, box: Box): string {
  const rows = variants.map(({ variant }) => offers.find((offer) => offer.offerFirst === variant));
  const best = Math.max(0.01, ...rows.map((row) => row?.conversion ?? 0));
  const height = (box.height - 40) / rows.length;
  const barLeft = box.x + 40;
  const barWidth = box.width - 80;
  const drawn = rows.map((row, index) => {
    const color = variantColor(index);
    const y = box.y + 30 + index * height;
    const rate = row?.conversion ?? null;
    const barY = y + height / 2 + 4;
    const barHeight = Math.min(34, height / 3);
    const filled = rate === null || rate === 0 ? 0 : Math.max((rate / best) * barWidth, 10);
    const label = `${shortNumber(row?.firstPaid ?? 0)} / ${shortNumber(row?.started ?? 0)}`;
    return (
      strokeText(percent(rate), barLeft, barY - 16, { size: 34, color: INK, weight: 1.2 }) +
      strokeText(label, barLeft + barWidth, barY - 16, {
        size: 22,
        color: SOFT_INK,
        anchor: 'end',
      }) +
      `<rect x="${barLeft}" y="${barY}" width="${barWidth}" height="${barHeight}" rx="${barHeight / 2}" fill="${LINE}"/>` +
      `<rect x="${barLeft}" y="${barY}" width="${filled}" height="${barHeight}" rx="${Math.min(barHeight, filled) / 2}" fill="${color}"/>`
    );
  });
  return card(box) + drawn.join('');
}

/** The chart as SVG without any text element. */
export function drawStatistics(statistics: Statistics): string {
  const { width, height } = CHART_SIZE;
  const inner = width - 2 * PADDING;
  const upper: Box = { x: PADDING, y: PADDING, width: inner, height: 116 };
  const middle: Box = { x: PADDING, y: 180, width: inner, height: 410 };
  const lowerHeight = height - PADDING - 614;
  const left: Box = { x: PADDING, y: 614, width: inner * 0.58 - GUTTER / 2, height: lowerHeight };
  const right: Box = {
    x: left.x + left.width + GUTTER,
    y: 614,
    width: inner - left.width - GUTTER,
    height: lowerHeight,
  };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    '<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">' +
    '<stop offset="0" stop-color="#fbe3de"/><stop offset="1" stop-color="#e4daf4"/>' +
    `</linearGradient></defs><rect width="${width}" height="${height}" fill="url(#g)"/>` +
    tiles(statistics, upper) +
    videoBars(statistics, middle) +
    timeLines(statistics, left) +
    conversionBars(statistics, right) +
    '</svg>'
  );
}

/** @returns PNG of `CHART_SIZE` */
export function renderStatistics(statistics: Statistics): Promise<Buffer> {
  return sharp(Buffer.from(drawStatistics(statistics)))
    .png({ compressionLevel: 8 })
    .toBuffer();
}
