import { relative } from 'node:path';
import { runsDirectoryOf } from '../records/runFolder.ts';
import type { Running } from '../records/running.ts';
import { whileRunning } from '../records/runningMarkers.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';

/** Does something to a stage while the console of this machine shows that it is under way. */
export const whileShown = <T>(
  { clock, stateDirectory }: OperationContext,
  { stage, connection }: Pick<Target, 'stage' | 'connection'>,
  directory: string,
  what: Pick<Running, 'kind' | 'name' | 'plannedSeconds'>,
  work: () => Promise<T>,
): Promise<T> =>
  whileRunning(
    stateDirectory,
    {
      ...what,
      stage,
      place: connection.place,
      runId: relative(runsDirectoryOf(stateDirectory), directory),
      startedAt: new Date(clock.now()).toISOString(),
    },
    work,
  );
