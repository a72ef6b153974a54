// Looks for a text in every column of every table, and in the bytes of blobs.

import type { Database } from '../../src/db/sqlite.js';

/** `table.column` of every value that holds one of the texts. */
export function findInDatabase(client: Database['$client'], texts: readonly string[]): string[] {
  const tables = client
    .prepare("select name from sqlite_master where type = 'table'")
    .pluck()
    .all() as string[];
  const found = new Set<string>();
  for (const table of tables) {
    const rows = client.prepare(`select * from "${table}"`).all() as Record<string, unknown>[];
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        const said = Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
        if (texts.some((text) => said.includes(text))) found.add(`${table}.${column}`);
      }
    }
  }
  return [...found].sort();
}
