// From the spawn to "ready", and the memory of a process at rest, against one that only imports the same libraries.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './numbers.js';
import { openOutside } from './outside.js';
import { type MeasuredProcess, PROJECT_FOLDER, startApp, startProcess } from './processes.js';
import { atMost, type Benchmark } from './report.js';

const ROUNDS = 9;
/** After this long what the start left behind has been collected, as far as it will be. */
const REST_MS = 4_000;
const MEGABYTE = 1024 * 1024;
const DIST_FOLDER = join(PROJECT_FOLDER, 'dist');

/** The packages that the compiled app imports when it starts; what it imports later does not count. */
async function importedPackages(): Promise<string[]> {
  const files = await readdir(DIST_FOLDER, { recursive: true });
  const ours = files.filter((file) => file.endsWith('.js') && !file.startsWith('sandbox'));
  const texts = await Promise.all(ours.map((file) => readFile(join(DIST_FOLDER, file), 'utf8')));
  const specifiers = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) .*?from '([^'.][^']*)'/gms)].map(
      (match) => match[1] ?? '',
    ),
  );
  const isPackage = (name: string) => !name.startsWith('node:') && !builtinModules.includes(name);
  return [...new Set(specifiers)].filter(isPackage).sort();
}

interface Start {
  readyMs: number;
  rssBytes: number;
}

async function weigh(start: () => Promise<MeasuredProcess>, isRested: boolean): Promise<Start> {
  const process = await start();
  if (isRested) await sleep(REST_MS);
  const rssBytes = await process.rssBytes();
  await process.kill();
  return { readyMs: process.readyMs, rssBytes };
}

function startLibraries(packages: readonly string[]): Promise<MeasuredProcess> {
  const imports = packages.map((name) => `import '${name}';`).join('\n');
  const program = `${imports}\nconsole.log('imported');\nsetInterval(() => undefined, 60_000);`;
  return startProcess({
    args: ['--input-type=module', '--eval', program],
    folder: PROJECT_FOLDER,
    readyLine: /^imported$/,
  });
}

export const start: Benchmark = {
  name: 'start',
  run: async (tell) => {
    const folder = await mkdtemp(join(tmpdir(), 'hug-bench-'));
    const outside = await openOutside();
    const packages = await importedPackages();
    const app: Start[] = [];
    const libraries: Start[] = [];
    try {
      // The very first start makes the database.
      await weigh(() => startApp(folder, outside.environment), false);
      for (let round = 0; round < ROUNDS; round += 1) {
        const isRested = round < 2;
        app.push(await weigh(() => startApp(folder, outside.environment), isRested));
        libraries.push(await weigh(() => startLibraries(packages), isRested));
      }
    } finally {
      await outside.close();
      await rm(folder, { recursive: true });
    }
    const readyMs = (starts: Start[]) => median(starts.map((one) => one.readyMs));
    const rssMb = (starts: Start[]) =>
      median(starts.slice(0, 2).map((one) => one.rssBytes)) / MEGABYTE;
    tell({
      what: 'start of the process to ready',
      unit: 'ms',
      ours: readyMs(app),
      baseline: { name: `importing ${packages.length} packages`, value: readyMs(libraries) },
      aim: atMost(1.5, 'ratio'),
      note: packages.join(', '),
    });
    tell({
      what: 'memory at rest',
      unit: 'MB',
      ours: rssMb(app),
      baseline: { name: `importing ${packages.length} packages`, value: rssMb(libraries) },
      aim: atMost(160),
    });
  },
};
