// `npm run backup`: copies the database into the folder of backups, whether the program runs or not.

import { BACKUP_KEEP_DAYS, backupsFolder } from '../core/backups.js';
import { copyDatabase, writeBackup } from '../db/backup.js';
import { runCommand } from './command.js';

await runCommand({
  parameters: [],
  failed: 'No backup was made.',
  usage: ({ databaseFile, dataDir }) =>
    `Usage: npm run backup   (in the image: node dist/commands/backup.js)

Copies the database ${databaseFile} to ${backupsFolder(dataDir)}, checked. The program may run meanwhile.
DATABASE_URL and DATA_DIR say where they are. Backups are kept for ${BACKUP_KEEP_DAYS} days.`,
  run: async ({ databaseFile, dataDir }) => {
    const copyTo = (target: string) => copyDatabase(databaseFile, target);
    const { path, sizeBytes, removed } = await writeBackup(copyTo, dataDir, Date.now());
    const old = removed === 0 ? '' : `\nOlder backups that were removed: ${removed}.`;
    return `Backup written and checked: ${path} (${Math.ceil(sizeBytes / 1024)} kB).${old}`;
  },
});
