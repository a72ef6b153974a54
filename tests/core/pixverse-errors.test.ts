import { expect, test } from 'vitest';
import { errorOfCode, errorOfHttpStatus } from '../../src/core/video/pixverse-errors.js';

const UNLISTED = 987_654;

test.each([
  [429, 'retry', false],
  [401, 'account', false],
  [403, 'account', false],
  [502, 'retry', true],
  [503, 'retry', true],
  [504, 'retry', true],
])(
  'HTTP %i with a code that is not in the table means what it means without one',
  (status, kind, isAmbiguous) => {
    expect(errorOfCode('submit', UNLISTED, status, 5)).toMatchObject({ kind, isAmbiguous });
    expect(errorOfHttpStatus('submit', status, 5)).toMatchObject({ kind, isAmbiguous });
  },
);

test.each([200, 400, 404, 422, 500])(
  'HTTP %i with a code that is not in the table is unknown',
  (status) => {
    expect(errorOfCode('submit', UNLISTED, status)).toMatchObject({
      kind: 'unknown',
      isAmbiguous: false,
    });
  },
);

test.each([429, 42901, 429000])('code %i is throttling', (code) => {
  const error = errorOfCode('submit', code, 200, 7_000);
  expect(error).toMatchObject({
    kind: 'retry',
    isAmbiguous: false,
    fault: { retryAfterMs: 7_000 },
  });
});

test('a code of the table counts, whatever comes with it', () => {
  expect(errorOfCode('submit', 500063, 429).kind).toBe('moderated');
});
