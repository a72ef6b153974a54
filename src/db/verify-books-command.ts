// `npm run verify-books`: checks the books of the database that DATABASE_URL names and prints every invariant with its
// count. Reads only, on a connection of its own, so that the app may go on serving. A program of its own, so it touches
// `process`.

import { existsSync } from 'node:fs';
import { describeFaults, readEnv, toDatabaseSettings } from '../config.js';
import { openReadOnly } from './read-only.js';
import { checkBooks, countAllowances } from './store/books.js';

/** Answers the exit code: 0 when everything holds. */
function verifyBooks(databaseFile: string, photoKeepMs: number): number {
  const client = openReadOnly(databaseFile);
  try {
    const checks = checkBooks(client, Date.now(), photoKeepMs);
    const nameWidth = Math.max(...checks.map((check) => check.name.length));
    const lines = checks.map(({ name, about, violations, samples }) => {
      const ids = samples.length === 0 ? '' : `\n${' '.repeat(nameWidth + 9)}${samples.join(', ')}`;
      return `${name.padEnd(nameWidth)}  ${String(violations).padStart(5)}  ${about}${ids}`;
    });
    const { lateGifts, unrecoveredCredits, keptVideos } = countAllowances(client);
    const broken = checks.filter((check) => check.violations > 0).length;
    const verdict =
      broken === 0
        ? `The books are closed: zero of everything in ${checks.length} checks.`
        : `The books are open: ${broken} of ${checks.length} checks found something.`;
    process.stdout.write(
      `${lines.join('\n')}\n\n` +
        `Allowed and counted: ${lateGifts} late gifts after a refund, ${unrecoveredCredits} credits not ` +
        `recovered after refunds elsewhere, ${keptVideos} videos kept for somebody who cannot be reached.\n` +
        `${verdict}\n`,
    );
    return broken === 0 ? 0 : 1;
  } finally {
    client.close();
  }
}

if (existsSync('.env')) process.loadEnvFile('.env');
const read = toDatabaseSettings(readEnv(process.env));
if ('faults' in read) {
  process.stderr.write(describeFaults(read.faults));
  process.exitCode = 1;
} else if (!existsSync(read.settings.databaseFile)) {
  process.stderr.write(
    `There is no database at ${read.settings.databaseFile}. Set DATABASE_URL.\n`,
  );
  process.exitCode = 1;
} else {
  process.exitCode = verifyBooks(read.settings.databaseFile, read.settings.photoKeepMs);
}
