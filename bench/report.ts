// What a benchmark answers, and how it is printed and kept. Measures nothing itself.

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';

/** A limit for our own value or for its ratio to the baseline. */
export interface Aim {
  of: 'ours' | 'ratio';
  is: 'at most' | 'at least';
  value: number;
}

export interface Figure {
  /** What was measured, in words that stand alone in the table. */
  what: string;
  unit: string;
  ours: number;
  /** The same thing done another way, measured in the same run. */
  baseline: { name: string; value: number } | null;
  aim?: Aim;
  /** What one has to know to read the figure. */
  note?: string;
}

export interface Benchmark {
  name: string;
  run: (tell: (figure: Figure) => void) => Promise<void>;
}

/** A figure as it is kept in the JSON. */
export interface Result extends Figure {
  benchmark: string;
  ratio: number | null;
  isMet: boolean | null;
}

export const atMost = (value: number, of: Aim['of'] = 'ours'): Aim => ({
  of,
  is: 'at most',
  value,
});
export const atLeast = (value: number, of: Aim['of'] = 'ours'): Aim => ({
  of,
  is: 'at least',
  value,
});

export function judge(benchmark: string, figure: Figure): Result {
  const { ours, baseline, aim } = figure;
  const ratio = baseline === null ? null : ours / baseline.value;
  const value = aim?.of === 'ratio' ? ratio : ours;
  let isMet: boolean | null = null;
  if (aim !== undefined) {
    // A value that could not be measured is NaN, which meets nothing.
    isMet = value !== null && (aim.is === 'at most' ? value <= aim.value : value >= aim.value);
  }
  return { benchmark, ...figure, ratio, isMet };
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return 'none';
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

function formatAim({ of, is, value }: Aim): string {
  return `${of === 'ratio' ? 'ratio ' : ''}${is === 'at most' ? '≤' : '≥'} ${value}`;
}

const HEAD = ['what', 'ours', 'baseline', 'ratio', 'aim', 'met'];

function toCells({ what, unit, ours, baseline, ratio, aim, isMet }: Result): string[] {
  return [
    what,
    `${formatNumber(ours)} ${unit}`.trim(),
    baseline === null ? '–' : `${formatNumber(baseline.value)} (${baseline.name})`,
    ratio === null ? '–' : formatNumber(ratio),
    aim === undefined ? '–' : formatAim(aim),
    isMet === null ? '–' : isMet ? 'yes' : 'NO',
  ];
}

/** One figure as it is found. */
export function formatResult(result: Result): string {
  const [what, ...values] = toCells(result);
  const named = values.map((value, index) => `${HEAD[index + 1] ?? ''}: ${value}`);
  const note = result.note === undefined ? '' : `\n    ${result.note}`;
  return `  ${what ?? ''}\n    ${named.join('   ')}${note}\n`;
}

/** All figures as a Markdown table. */
export function formatTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(toCells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n') + '\n';
}

/** Writes the results with what they depend on. */
export async function saveResults(file: string, results: readonly Result[]): Promise<void> {
  const processors = cpus();
  const kept = {
    measuredAt: new Date().toISOString(),
    node: process.version,
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    loadAverage: loadavg(),
    figures: results,
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
}
