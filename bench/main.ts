// Runs the benchmarks, all or those that are named, prints every figure and keeps them as JSON.

import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { conversations } from './chat/conversations.js';
import { lastTap } from './chat/last-tap.js';
import { preCheckout } from './chat/pre-checkout.js';
import { history } from './database/history.js';
import { inFlight } from './database/in-flight.js';
import { photos } from './photos/photos.js';
import { polling } from './polling/polling.js';
import { start } from './start.js';
import {
  type Benchmark,
  formatResult,
  formatTable,
  judge,
  type Result,
  saveResults,
} from './report.js';

/** In this order: the quiet ones first, those that load the machine last. */
const BENCHMARKS: readonly Benchmark[] = [
  polling,
  start,
  photos,
  lastTap,
  preCheckout,
  conversations,
  history,
  inFlight,
];

const RESULTS_FILE = fileURLToPath(new URL('./results/latest.json', import.meta.url));

function pick(names: readonly string[]): readonly Benchmark[] {
  const known = BENCHMARKS.map((benchmark) => benchmark.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`there is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function runOne({ name, run }: Benchmark): Promise<Result[]> {
  const results: Result[] = [];
  const startedAt = performance.now();
  process.stdout.write(`\n${name}\n`);
  await run((figure) => {
    const result = judge(name, figure);
    results.push(result);
    process.stdout.write(formatResult(result));
  });
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`  (${seconds.toFixed(0)} s)\n`);
  return results;
}

const results: Result[] = [];
for (const benchmark of pick(process.argv.slice(2))) {
  try {
    results.push(...(await runOne(benchmark)));
  } catch (error) {
    // The others still tell theirs.
    process.stderr.write(`${benchmark.name} was not measured: ${inspect(error)}\n`);
    process.exitCode = 1;
  }
}
await saveResults(RESULTS_FILE, results);
process.stdout.write(`\n${formatTable(results)}\nsaved to ${RESULTS_FILE}\n`);
