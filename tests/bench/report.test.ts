import { describe, expect, test } from 'vitest';
import { atLeast, atMost, type Figure, formatTable, judge } from '../../bench/report.js';

function figure(change: Partial<Figure>): Figure {
  return {
    what: 'wait',
    unit: 'ms',
    ours: 150,
    baseline: { name: 'usual', value: 100 },
    ...change,
  };
}

describe('an aim', () => {
  test('for our value is met up to the limit itself', () => {
    expect(judge('b', figure({ aim: atMost(150) })).isMet).toBe(true);
    expect(judge('b', figure({ aim: atMost(149) })).isMet).toBe(false);
    expect(judge('b', figure({ aim: atLeast(150) })).isMet).toBe(true);
    expect(judge('b', figure({ aim: atLeast(151) })).isMet).toBe(false);
  });

  test('for the ratio looks at the ratio alone', () => {
    const judged = judge('b', figure({ aim: atMost(1.5, 'ratio') }));
    expect(judged).toMatchObject({ ratio: 1.5, isMet: true });
    expect(judge('b', figure({ aim: atMost(1.4, 'ratio') })).isMet).toBe(false);
  });

  test('is not met by what could not be measured', () => {
    expect(judge('b', figure({ ours: NaN, aim: atMost(1) })).isMet).toBe(false);
    expect(judge('b', figure({ ours: NaN, aim: atLeast(1) })).isMet).toBe(false);
    const alone = figure({ baseline: null, aim: atMost(2, 'ratio') });
    expect(judge('b', alone)).toMatchObject({ ratio: null, isMet: false });
  });

  test('that nobody set is neither met nor missed', () => {
    expect(judge('b', figure({})).isMet).toBeNull();
  });
});

test('the table shows a missed aim in capitals and keeps its columns', () => {
  const table = formatTable([
    judge('b', figure({ aim: atMost(100) })),
    judge('b', figure({ what: 'share', unit: '', ours: 0.0123, baseline: null })),
  ]);
  const [head = '', rule = '', ...rows] = table.trimEnd().split('\n');
  expect(head).toMatch(/^\| what +\| ours +\| baseline +\| ratio +\| aim +\| met +\|$/);
  expect(rule).toMatch(/^[| -]+$/);
  expect(rows[0]).toMatch(/\| wait +\| 150 ms +\| 100 \(usual\) +\| 1\.50 +\| ≤ 100 +\| NO +\|/);
  expect(rows[1]).toMatch(/\| share +\| 0\.012 +\| – +\| – +\| – +\| – +\|/);
  expect(new Set([head, rule, ...rows].map((row) => row.length)).size).toBe(1);
});
