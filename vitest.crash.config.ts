import { defineConfig } from 'vitest/config';

const common = {
  setupFiles: ['tests/support/no-console-errors.ts'],
  testTimeout: 240_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
};

/** The aimed kills beside each other, then the storm with the machine to itself. */
export default defineConfig({
  test: {
    globalSetup: ['tests/support/build.ts'],
    projects: [
      {
        extends: true,
        test: {
          ...common,
          name: 'kills',
          include: ['tests/crash/*kills.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...common,
          name: 'storm',
          include: ['tests/crash/storm.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
