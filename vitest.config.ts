import { defineConfig } from 'vitest/config';

const exclude = ['node_modules/**', '.headroom/**', 'cdk.out/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.e2e.test.ts'],
          // Most of these tests wait for servers, timeouts and browsers half their time: three files share
          // two cores.
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['**/*.e2e.test.ts'],
          exclude,
          // Behind the rooms and alone: a verdict on a machine that others keep busy says nothing.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
        },
      },
    ],
  },
});
