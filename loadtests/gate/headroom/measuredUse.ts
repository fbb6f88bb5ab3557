import type { MonitoredSystem, WholeSystem } from '../../../fleet/monitoredSystem.ts';
import type { Measurement } from '../../../monitoring/measurement.ts';
import { measurementsOf } from '../../../monitoring/measurements.ts';
import { signalsOf, toReaderUnit, type MetricSignal, type SignalId } from '../../../monitoring/signals.ts';
import type { Flow } from './countedUse.ts';
import type { ResourceUse } from './systemLaws.ts';

/** Values of a metric in its own unit, by the period's start in milliseconds since the epoch. */
export type Values = ReadonlyMap<number, number>;

type FlowId = 'invocations' | 'duration' | 'throttles';

/** What says how many of the API function's places are in use on average: Lambda publishes no such metric. Of a system
 * whose function nobody named nothing does; its API's `requests` still tell whether its metrics are of a load. */
export function flowMeasurementsOf(system: WholeSystem, periodSeconds: number): Record<FlowId, Measurement>;
export function flowMeasurementsOf(
  system: MonitoredSystem,
  periodSeconds: number,
): Partial<Record<FlowId | 'requests', Measurement>>;
export function flowMeasurementsOf(
  system: MonitoredSystem,
  periodSeconds: number,
): Partial<Record<FlowId | 'requests', Measurement>> {
  const { apiFunctionName } = system;
  if (apiFunctionName === undefined) {
    const { requests } = measurementsOf(system, periodSeconds);
    return requests ? { requests } : {};
  }
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
  { invocations, duration, throttles }: Record<'invocations' | 'duration' | 'throttles', Values>,
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
  const use = (signal: MetricSignal) => ({
    id: signal.id,
    limitPercent: signal.limit,
    percent: new Map([...valuesOf(signal)].map(([startMs, value]) => [startMs, toReaderUnit(signal, value)])),
  });
  const spread = { kind: 'divisible', slowsRequests: false, atRest: 'spread' } as const;
  const { apiReservedConcurrency, connectionLimit } = system;
  /** Of a system that has it. */
  const of = (id: SignalId, law: (signal: MetricSignal) => ResourceUse): ResourceUse[] => {
    const signal = signals[id];
    return signal ? [law(signal)] : [];
  };
  return [
    ...of('databaseCpu', (signal) => ({
      ...use(signal),
      usedBy: 'whole',
      kind: 'divisible',
      slowsRequests: true,
      atRest: 'everywhere',
    })),
    ...of('databaseMemory', (signal) => ({ ...use(signal), ...spread, usedBy: 'whole' })),
    ...of('databaseDisk', (signal) => ({ ...use(signal), ...spread, usedBy: 'whole' })),
    ...of('functionMemory', (signal) => ({ ...use(signal), ...spread, usedBy: 'requests' })),
    ...of('subscriberMemory', (signal) => ({ ...use(signal), ...spread, usedBy: 'messages' })),
    // A share of time already: what more is asked for waits in the queue, and nothing is refused.
    ...of('subscriberConcurrency', (signal) => ({ ...use(signal), ...spread, usedBy: 'messages' })),
    ...(apiReservedConcurrency === undefined
      ? []
      : of('functionConcurrency', (signal) => ({
          ...use(signal),
          usedBy: 'requests',
          kind: 'inUse',
          units: apiReservedConcurrency,
          flow: apiFlow,
        }))),
    ...(connectionLimit === undefined
      ? []
      : of('databaseConnections', (signal) => ({
          ...use(signal),
          usedBy: 'whole',
          kind: 'kept',
          units: connectionLimit,
          flow: new Map(),
        }))),
  ];
}
