// Copies what the compiler leaves behind (SQL, Fluent files, tables, pages) from src/ to the same place in dist/.
import { cpSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function copyAssets(folder) {
  for (const name of readdirSync(join(root, 'src', folder))) {
    const path = join(folder, name);
    if (statSync(join(root, 'src', path)).isDirectory()) copyAssets(path);
    else if (!name.endsWith('.ts'))
      cpSync(join(root, 'src', path), join(root, 'dist', path), { preserveTimestamps: true });
  }
}

copyAssets('');
