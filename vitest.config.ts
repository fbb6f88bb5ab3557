import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const exclude = ['node_modules/**', '.headroom/**', 'cdk.out/**'];

/**
 * Files whose modules keep what belongs to one process: functions read their environment as they are loaded and
 * know their first invocation, and CDK holds on to all that it has ever synthesized.
 */
const alone = ['service/**/*.test.ts', 'monitoring/*/handler.test.ts', 'infra/synth.test.ts'];

/** Whole stages and browsers, which take longest: what others still wait for at the end costs most. */
const longest = /\/(bin\/(up|lifecycle|interrupt)|infra\/synth|console\.browser)\.test\.ts$/;

/** Without a record of earlier runs, as on a clean checkout, Vitest starts the largest files first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(longest.test(b.moduleId)) - Number(longest.test(a.moduleId)));
  }
}

/** Most of these tests wait for servers, timeouts and browsers half their time: three files share two cores. */
const rooms = { exclude: [...exclude, '**/*.e2e.test.ts'], maxWorkers: 3 };

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...rooms,
          name: 'rooms',
          include: ['**/*.test.ts'],
          exclude: [...rooms.exclude, ...alone],
          // Loading CDK and the SDK again for each file would take a quarter of the whole run.
          isolate: false,
        },
      },
      { extends: true, test: { ...rooms, name: 'alone', include: alone } },
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
