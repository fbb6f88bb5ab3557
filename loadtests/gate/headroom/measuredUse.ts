import type { MonitoredSystem, WholeSystem } from '../../../fleet/monitoredSystem.ts';
import type { Measurement } from '../../../monitoring/measurement.ts';
import { askable } from '../../../monitoring/needs.ts';
import {
  signalNeedsOf,
  signalsOf,
  toReaderUnit,
  type MetricSignal,
  type SignalId,
} from '../../../monitoring/signals.ts';
import type { CountedUse, Flow } from './countedUse.ts';
import type { DivisibleUse } from './divisibleUse.ts';
import type { ResourceUse } from './systemLaws.ts';

/** Values of a metric in its own unit, by the period's start in milliseconds since the epoch. */
export type Values = ReadonlyMap<number, number>;

type FlowId = 'invocations' | 'duration' | 'throttles';

/** What says how many of the API function's places are in use on average: Lambda publishes no such metric. Of a system
 * whose function nobody named nothing does. */
export function flowMeasurementsOf(system: WholeSystem, periodSeconds: number): Record<FlowId, Measurement>;
export function flowMeasurementsOf(
  system: MonitoredSystem,
  periodSeconds: number,
): Partial<Record<FlowId, Measurement>>;
export function flowMeasurementsOf(
  { apiFunctionName }: MonitoredSystem,
  periodSeconds: number,
): Partial<Record<FlowId, Measurement>> {
  if (apiFunctionName === undefined) return {};
  const common = { namespace: 'AWS/Lambda', dimensions: { FunctionName: apiFunctionName }, periodSeconds };
  return {
    invocations: {
      ...common,
      id: 'apiInvocations',
      title: 'API function invocations',
      metricName: 'Invocations',
      statistic: 'Sum',
      unit: 'count',
    },
    duration: {
      ...common,
      id: 'apiDuration',
      title: 'API function duration',
      metricName: 'Duration',
      statistic: 'Average',
      unit: 'milliseconds',
    },
    throttles: {
      ...common,
      id: 'apiThrottles',
      title: 'API function throttles',
      metricName: 'Throttles',
      statistic: 'Sum',
      unit: 'count',
    },
  };
}

/** Of periods in which the function ran. */
export function flowOf(
  { invocations, duration, throttles }: Record<FlowId, Values>,
  periodSeconds: number,
): Map<number, Flow> {
  const flow = new Map<number, Flow>();
  for (const [startMs, count] of invocations) {
    const meanMs = duration.get(startMs);
    const refused = throttles.get(startMs);
    if (meanMs === undefined || refused === undefined) continue;
    flow.set(startMs, {
      perSecond: count / periodSeconds,
      meanSeconds: meanMs / 1_000,
      refusedPerSecond: refused / periodSeconds,
    });
  }
  return flow;
}

/**
 * What was measured of every resource of a system, by the law that each follows.
 * @param valuesOf a signal's values in the metric's own unit
 * @param apiFlow of the API's function
 */
export function resourcesOf(
  system: MonitoredSystem,
  periodSeconds: number,
  valuesOf: (signal: MetricSignal) => Values,
  apiFlow: ReadonlyMap<number, Flow>,
): ResourceUse[] {
  const signals = signalsOf(system, periodSeconds);
  const askedLawsOf = askable<ResourceId, ResourceLaw>(signalNeedsOf, (whole) => lawsOf(whole, apiFlow));
  const laws = askedLawsOf(system, periodSeconds);
  return (Object.keys(laws) as ResourceId[]).map((id) => {
    const signal = signals[id]!;
    const percent = new Map(
      [...valuesOf(signal)].map(([startMs, value]) => [startMs, toReaderUnit(signal, value)]),
    );
    return { id, limitPercent: signal.limit, percent, ...laws[id]! };
  });
}

/** Errors are no resource. */
type ResourceId = Exclude<SignalId, 'errorRate'>;

type Law<Resource extends ResourceUse> = Omit<Resource, 'id' | 'limitPercent' | 'percent'>;
type ResourceLaw = Law<DivisibleUse> | Law<CountedUse>;

/** Of a system that has everything. */
function lawsOf(
  { apiReservedConcurrency, connectionLimit }: WholeSystem,
  apiFlow: ReadonlyMap<number, Flow>,
): Record<ResourceId, ResourceLaw> {
  const spread = { kind: 'divisible', slowsRequests: false, atRest: 'spread' } as const;
  return {
    databaseCpu: { usedBy: 'whole', kind: 'divisible', slowsRequests: true, atRest: 'everywhere' },
    databaseMemory: { ...spread, usedBy: 'whole' },
    databaseDisk: { ...spread, usedBy: 'whole' },
    functionMemory: { ...spread, usedBy: 'requests' },
    subscriberMemory: { ...spread, usedBy: 'messages' },
    // A share of time already: what more is asked for waits in the queue, and nothing is refused.
    subscriberConcurrency: { ...spread, usedBy: 'messages' },
    functionConcurrency: { usedBy: 'requests', kind: 'inUse', units: apiReservedConcurrency, flow: apiFlow },
    databaseConnections: { usedBy: 'whole', kind: 'kept', units: connectionLimit, flow: new Map() },
  };
}
