// docs/traps.md names a test for every trap: the test must be there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** A line of a section: its number, the trap, and after the arrow the tests or why there is none. */
const LINE = /^\d+\. (?<trap>.+?) → (?<kept>.+)$/;
const NAMED = /^`(?<file>tests\/[\w/.-]+\.ts)` › "(?<title>[^"]+)"$/;

const text = readFileSync(join(ROOT, 'docs/traps.md'), 'utf8');
const lines = text.split('\n').filter((line) => /^\s*(\d+\.|[-*]) /.test(line));

/** What is wrong with one named test, or null. */
function faultOf(named: string): string | null {
  const { file, title } = NAMED.exec(named)?.groups ?? {};
  if (file === undefined || title === undefined) return `no \`file\` › "name": ${named}`;
  if (!existsSync(join(ROOT, file))) return `no such file: ${file}`;
  const source = readFileSync(join(ROOT, file), 'utf8');
  // A whole text of the file; a number may stand before it.
  const isThere = [`'${title}'`, `"${title}"`, `\`${title}\``, `} ${title}\``].some((quoted) =>
    source.includes(quoted),
  );
  return isThere ? null : `not in ${file}: ${title}`;
}

function faultsOf(line: string): (string | null)[] {
  const { kept } = LINE.exec(line)?.groups ?? {};
  if (kept === undefined) return [`no trap and test: ${line}`];
  return kept.startsWith('not testable here: ') ? [] : kept.split('; ').map(faultOf);
}

describe('the list of traps', () => {
  test('names tests that exist', () => {
    expect(lines.length).toBeGreaterThan(90);
    expect(lines.flatMap(faultsOf).filter((fault) => fault !== null)).toEqual([]);
  });

  test('is checked by what finds a wrong file, a wrong name and a line without a test', () => {
    const title = 'a line is JSON with level, time, fields and a sentence';
    expect(faultsOf(`1. A trap. → \`tests/log.test.ts\` › "${title}"`)).toEqual([null]);
    for (const wrong of ['`tests/no.test.ts` › "x"', '`tests/log.test.ts` › "a line"', 'x', '']) {
      expect(faultsOf(`1. A trap. → ${wrong}`)).toEqual([expect.any(String)]);
    }
    expect(faultsOf('1. A trap.')).toEqual([expect.any(String)]);
  });
});
