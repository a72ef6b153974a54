// `npm run restore -- <file>`: puts a backup in the place of the database while the program is stopped.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { backupsFolder, readBackupName } from '../core/backups.js';
import type { Storage } from '../config.js';
import { restoreDatabase } from '../db/restore.js';
import { runCommand } from './command.js';

const SHOWN_BACKUPS = 10;

/** The newest backups there are, as lines. */
function listBackups({ dataDir }: Storage): string {
  const folder = backupsFolder(dataDir);
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // Without the folder there are none.
  }
  const backups = names.filter((name) => readBackupName(name) !== null).sort();
  if (backups.length === 0) return `There are no backups in ${folder}.`;
  const newest = backups.reverse().slice(0, SHOWN_BACKUPS);
  return ['The newest backups (times are UTC):', ...newest.map((name) => `  ${join(folder, name)}`)]
    .join('\n')
    .trimEnd();
}

await runCommand({
  parameters: ['file'],
  failed: 'Nothing was restored.',
  usage: (storage) =>
    `Usage: npm run restore -- <file>   (in the image: node dist/commands/restore.js <file>)

Puts a backup in the place of the database ${storage.databaseFile}. Stop the program first.
The present database is set aside, not deleted. DATABASE_URL and DATA_DIR say where they are.

${listBackups(storage)}`,
  run: async ({ databaseFile }, [file = '']) => {
    const { setAside } = await restoreDatabase(databaseFile, file, Date.now());
    const former =
      setAside === null
        ? 'There was no database before.'
        : `The former database is kept as ${setAside} (and its -wal and -shm, if any, beside it).`;
    const remove =
      setAside === null ? '' : '\nDelete the former database when all is well: it holds photos.';
    return `The database ${databaseFile} is now a checked copy of ${file}.
${former}

Next: start the program (npm start, or the container). Orders that were under way then go on by themselves; what
happened after the backup is not known to it, so compare the payments of that time with the payment services.${remove}`;
  },
});
