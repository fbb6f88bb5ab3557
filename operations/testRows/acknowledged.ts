import type { IdRange } from '../../loadtests/messages/idRanges.ts';
import type { DrillResult } from '../../records/drill.ts';
import type { RunFile } from '../../records/run.ts';
import type { Acknowledged } from './whilePublishing.ts';

/** What a load published to each system. */
export const acknowledgedByLoad = ({ systems }: RunFile): Acknowledged =>
  new Map(
    systems.flatMap(({ system, messages }): [string, number | null][] =>
      messages === undefined
        ? []
        : [[system, messages.unresolvedIds.length > 0 ? null : countOf(messages.acknowledgedIds)]],
    ),
  );

const countOf = (ranges: readonly IdRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** The same of a drill: known where it came to count them. */
export const acknowledgedByDrill = ({ systems, messages }: DrillResult): Acknowledged =>
  new Map(
    systems.map((system) => {
      const counted = messages.find((one) => one.system === system);
      return [system, counted?.unresolved === 0 ? counted.published : null];
    }),
  );
