// Writes src/texts/keys.ts: every key of en.ftl with the names of its placeables, so that a wrong key or a missing
// argument does not compile. Run it after changing en.ftl: `npm run texts`.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deriveKeys } from './text-keys.js';

const source = fileURLToPath(new URL('../src/texts/en.ftl', import.meta.url));
const target = fileURLToPath(new URL('../src/texts/keys.ts', import.meta.url));
writeFileSync(target, deriveKeys(readFileSync(source, 'utf8')));
