import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/crash/**', 'tests/browser/**'],
    globalSetup: ['tests/support/build.ts'],
    setupFiles: ['tests/support/no-console-errors.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
  },
});
