// Compiles the program once before the tests: flow, crash and browser tests run the real process.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'inherit', 'pipe'],
  });
}
