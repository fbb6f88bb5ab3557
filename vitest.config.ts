import { join, matchesGlob, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const exclude = ['node_modules/**', '.headroom/**', 'cdk.out/**'];

/**
 * Files whose modules keep what belongs to one process: functions read their environment as they are loaded and
 * know their first invocation, and CDK holds on to all that it has ever synthesized.
 */
const alone = ['service/handlers/*.test.ts', 'monitoring/*/handler.test.ts', 'infra/synth.test.ts'];

/**
 * Whole stages and what runs beside them, in the order in which it starts. Two stages run at a time, or a drill finds no
 * steady state: the last of them begins when another has ended. Beside the first two, of which one judges what its databases
 * use of the CPU, are files that wait nine tenths of their time; beside the last, what starts processes too.
 */
const withStages = [
  'bin/rehearse.e2e.test.ts',
  'bin/instances.e2e.test.ts',
  'loadtests/runner/load.test.ts',
  'loadtests/runner/publish.test.ts',
  'chaos/databaseWork.test.ts',
  'examples/orders/orders.e2e.test.ts',
  'loadtests/export/export.test.ts',
  'loadtests/runner/ownScript.test.ts',
  'loadtests/runner/engine.test.ts',
  'loadtests/runner/embedded.test.ts',
  'chaos/faults/poisonMessages.test.ts',
  'chaos/restore.test.ts',
  'loadtests/runner/instances.test.ts',
  'loadtests/runner/standstill.test.ts',
  '**/*.e2e.test.ts',
];

/** What takes longest, in the order in which it starts: what others still wait for at the end costs most. */
export const longest = [
  ...withStages,
  'operations/adopted.test.ts',
  'bin/up.test.ts',
  'bin/lifecycle.test.ts',
  'infra/synth.test.ts',
  '**/*.browser.test.ts',
  'bin/interrupt.test.ts',
];

/**
 * Its place among the longest; after all of them for any other, those that are alone first: between others each of them
 * ends a worker, and the next one loads CDK and the SDK again.
 */
function placeOf({ moduleId, project }: TestSpecification): number {
  const file = relative(import.meta.dirname, moduleId);
  const place = longest.findIndex((pattern) => matchesGlob(file, pattern));
  if (place !== -1) return place;
  return project.config.isolate ? longest.length : longest.length + 1;
}

/** Without a record of earlier runs, as on a clean checkout, Vitest starts the largest files first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** Some of these tests wait for servers and processes: three files keep two cores busy, and a fourth loads all modules again. */
const first = { sequence: { groupOrder: 0 }, maxWorkers: 3 };

/** A verdict on a machine that others keep busy says nothing: beside two whole stages there is one other file. */
const second = { sequence: { groupOrder: 1 }, maxWorkers: 3 };

/** Loading CDK and the SDK again for each file would take a quarter of the whole run. */
const shared = { isolate: false };

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Of the processes that tests start: what one has loaded is kept compiled for those after it, half of their start.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.headroom/test/cache/compiled') },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...first,
          ...shared,
          name: 'rooms',
          include: ['**/*.test.ts'],
          exclude: [...exclude, ...withStages, ...alone],
        },
      },
      { extends: true, test: { ...first, name: 'alone', include: alone } },
      { extends: true, test: { ...second, ...shared, name: 'stages', include: withStages } },
    ],
  },
});
