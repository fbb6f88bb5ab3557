import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { RunFile } from '../../records/run.ts';
import type { SystemHeadroomRecord } from '../../records/verdict.ts';
import { headroomOf } from './headroom/headroom.ts';
import { loadedRunOf } from './headroom/loadedRun.ts';
import { flowMeasurementsOf, flowOf, resourcesOf, type Values } from './headroom/measuredUse.ts';
import type { LoadedRun } from './headroom/readings.ts';
import type { ResourceUse } from './headroom/systemLaws.ts';
import type { UseOverLoad } from './headroom/useOverLoad.ts';
import { inWords } from './headroomInWords.ts';

interface LoadedSystem extends MonitoredSystem {
  expectedRequestsPerSecond: number;
  expectedMessagesPerSecond: number;
}

/** What a run showed of a system's resources. */
export interface MeasuredSystem {
  system: LoadedSystem;
  loaded: LoadedRun;
  resources: readonly ResourceUse[];
}

const none: Values = new Map();

/** @param valuesOf what CloudWatch said of a measurement of the system, by its id, in the metric's own unit */
export function measuredSystemOf(
  run: RunFile,
  system: LoadedSystem,
  periodSeconds: number,
  valuesOf: (id: string) => Values,
): MeasuredSystem {
  const { invocations, duration, throttles } = flowMeasurementsOf(system, periodSeconds);
  const expected = {
    requestsPerSecond: system.expectedRequestsPerSecond,
    messagesPerSecond: system.expectedMessagesPerSecond,
  };
  const flow = flowOf(
    {
      invocations: invocations ? valuesOf(invocations.id) : none,
      duration: duration ? valuesOf(duration.id) : none,
      throttles: throttles ? valuesOf(throttles.id) : none,
    },
    periodSeconds,
  );
  return {
    system,
    loaded: loadedRunOf(run, system.system, expected, periodSeconds),
    resources: resourcesOf(system, periodSeconds, ({ id }) => valuesOf(id), flow),
  };
}

/**
 * How many times its whole expected peak a system carries.
 * @param doubt why nothing that the run saw proves anything: then no limit is said to lie anywhere; null for none
 */
export function systemHeadroomOf(
  { system, loaded, resources }: MeasuredSystem,
  doubt: string | null,
): SystemHeadroomRecord {
  const measured = headroomOf(loaded, resources);
  const headroom =
    doubt === null
      ? measured
      : {
          ...measured,
          useOverLoad: measured.useOverLoad && { ...measured.useOverLoad, fit: null },
          resources: measured.resources.map((one) => ({ ...one, likely: null })),
        };
  const summary = inWords(headroom);
  const { heldPeriods: _, useOverLoad, ...recorded } = headroom;
  return {
    system: system.system,
    summary: doubt === null ? summary : `${summary}; do not rely on it: ${doubt}`,
    ...recorded,
    useOverLoad: useOverLoad && recordOf(useOverLoad),
    resources: headroom.resources.map(({ id, ...rest }) => ({ signal: id, ...rest })),
  };
}

const recordOf = ({ id, ...rest }: UseOverLoad): NonNullable<SystemHeadroomRecord['useOverLoad']> => ({
  signal: id,
  ...rest,
});
