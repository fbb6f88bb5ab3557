import { describeLeft } from './describeLeft.ts';
import type { LeftRows } from './leftRows.ts';

/** For a terminal, a line a thing; nothing where no run has left any. */
export const formatLeftRows = (runs: readonly LeftRows[]): string[] =>
  runs.flatMap(({ path, systems, living }) => [
    ...systems
      .filter(({ removed, deleted }) => removed + deleted > 0)
      .map(
        ({ system, removed, deleted }) =>
          `removed: ${removed} test rows${deleted > 0 ? ` and ${deleted} dead letters` : ''} of ${system} (${path})`,
      ),
    ...describeLeft(systems).map((line) => `STILL TO BE REMOVED: ${line} (${path})`),
    ...(living === null
      ? []
      : [
          `STILL RUNNING: process ${living} removes its test rows itself; --force removes them now (${path})`,
        ]),
  ]);
