import { expect, it } from 'vitest';
import { limits } from '../../../monitoring/limits.ts';
import { signalIds } from '../../../monitoring/signals.ts';
import { metricKey } from '../judge.ts';
import { holdStartMs, metricsOf, periodSeconds, systems } from '../testing/judgeInput.ts';
import { flowMeasurementsOf, flowOf, resourcesOf } from './measuredUse.ts';

const [system] = systems;

it('every signal that is a share of a resource has its law', () => {
  const metrics = metricsOf([holdStartMs]);
  const flow = new Map([[holdStartMs, { perSecond: 30, meanSeconds: 0.02, refusedPerSecond: 0 }]]);
  const resources = resourcesOf(
    system!,
    periodSeconds,
    ({ id }) => metrics.get(metricKey(system!.system, id))!,
    flow,
  );

  expect(resources.map(({ id, kind, usedBy }) => [id, kind, usedBy])).toEqual([
    ['databaseCpu', 'divisible', 'whole'],
    ['databaseMemory', 'divisible', 'whole'],
    ['databaseDisk', 'divisible', 'whole'],
    ['functionMemory', 'divisible', 'requests'],
    ['subscriberMemory', 'divisible', 'messages'],
    ['subscriberConcurrency', 'divisible', 'messages'],
    ['functionConcurrency', 'inUse', 'requests'],
    ['databaseConnections', 'kept', 'whole'],
  ]);
  // Errors are no resource.
  expect(resources.map(({ id }) => id).toSorted()).toEqual(
    signalIds.filter((id) => id !== 'errorRate').toSorted(),
  );
  for (const { limitPercent, percent } of resources) {
    expect(limitPercent).toBe(limits.utilizationPercent);
    expect(percent.get(holdStartMs)).toBeCloseTo(limitPercent / 2, 9);
  }
});

it('the flow through a function is known of periods with all three of its metrics', () => {
  const { invocations, duration, throttles } = flowMeasurementsOf(system!, periodSeconds);
  expect(
    [invocations, duration, throttles].map(({ metricName, statistic }) => [metricName, statistic]),
  ).toEqual([
    ['Invocations', 'Sum'],
    ['Duration', 'Average'],
    ['Throttles', 'Sum'],
  ]);
  const flow = flowOf(
    {
      invocations: new Map([
        [0, 300],
        [10_000, 310],
      ]),
      duration: new Map([[0, 20]]),
      throttles: new Map([
        [0, 5],
        [10_000, 0],
      ]),
    },
    periodSeconds,
  );
  expect([...flow]).toEqual([[0, { perSecond: 30, meanSeconds: 0.02, refusedPerSecond: 0.5 }]]);
});
