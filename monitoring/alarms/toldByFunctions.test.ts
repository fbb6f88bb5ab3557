import * as fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { parseAlarmDefinition, type AlarmDefinition } from '../../cloudwatch/alarmDefinition.ts';
import { evaluate, evaluationRange, type AlarmState } from '../../cloudwatch/alarmEvaluator.ts';
import { evaluateQueries } from '../../cloudwatch/metricDataQuery.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { systemDimension } from '../../fleet/systemDimension.ts';
import { parseEmf } from '../../local/functions/emf.ts';
import { ServiceError } from '../../service/errors.ts';
import { functionMetrics, metricNamespace, type FunctionRole } from '../../service/metrics.ts';
import { createTelemetry } from '../../service/telemetry.ts';
import { captureOutput } from '../../service/testing/emitted.ts';
import { alarmTemplates, resourcesOf, stage } from '../testing/virtualAlarms.ts';

const system = 'orders';
const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const memoryMiB = 256;
const memoryBytes = memoryMiB * 2 ** 20;

/** An invocation of one of a function's environments. */
interface Invocation {
  environment: number;
  role: FunctionRole;
  atMs: number;
  usedBytes: number;
  fails: boolean;
}

/** Seconds of load and minutes of silence; memory that climbs, falls and stands around the alarm's line. */
const invocations = fc
  .array(
    fc.record({
      environment: fc.nat(2),
      gapMs: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 250, max: 900 }) },
        { weight: 2, arbitrary: fc.integer({ min: 1_000, max: 25_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 200_000 }) },
      ),
      usedPercent: fc.oneof(
        fc.double({ min: 30, max: 100, noNaN: true }),
        fc.double({ min: 79, max: 81, noNaN: true }),
      ),
      fails: fc.integer({ min: 0, max: 9 }).map((die) => die < 2),
    }),
    { minLength: 40, maxLength: 200 },
  )
  .map((drawn) => {
    let atMs = startMs;
    return drawn.map(({ gapMs, environment, usedPercent, fails }): Invocation => {
      atMs += gapMs;
      const usedBytes = Math.round((usedPercent / 100) * memoryBytes);
      return { environment, role: environment === 0 ? 'subscriber' : 'api', atMs, usedBytes, fails };
    });
  });

let output: ReturnType<typeof captureOutput> | undefined;
afterEach(() => output?.release());

/** What CloudWatch has of the functions' lines after each invocation, and what it would have of all that happened. */
function* lived(
  all: readonly Invocation[],
  periodSeconds: number,
): Generator<{ atMs: number; told: MetricStore; whole: MetricStore }> {
  output?.release();
  const captured = (output = captureOutput());
  const [told, whole] = [new MetricStore(), new MetricStore()];
  let now: Invocation;
  const clock = { now: () => now.atMs, sleep: () => Promise.resolve() };
  const environments = Array.from({ length: 3 }, (_, index) =>
    createTelemetry({
      stage,
      system,
      role: index === 0 ? 'subscriber' : 'api',
      memoryMiB,
      periodSeconds,
      usedBytes: () => now.usedBytes,
      clock,
      random: () => 0.5,
    }),
  );
  for (now of all) {
    const telemetry = environments[now.environment]!;
    if (now.fails) telemetry.failed(new ServiceError('internal', 'a bug'), 'request');
    telemetry.publish(now.role === 'subscriber' ? { messagesApplied: 3 } : {});
    for (const line of captured.text().split('\n')) {
      if (!line.includes('"_aws"')) continue;
      for (const sample of parseEmf(line)) {
        told.put(sample);
        if (sample.name !== functionMetrics.memoryUtilization.name) whole.put(sample);
      }
    }
    captured.clear();
    whole.put({
      namespace: metricNamespace,
      name: functionMetrics.memoryUtilization.name,
      dimensions: { System: systemDimension(stage, system), Function: now.role },
      timestampMs: now.atMs,
      unit: functionMetrics.memoryUtilization.unit,
      value: (now.usedBytes / memoryBytes) * 100,
    });
    yield { atMs: now.atMs, told, whole };
  }
}

/** The template's alarms of the functions' own metrics; with a stage's short periods too. */
const alarms = (periodSeconds: number): AlarmDefinition[] =>
  resourcesOf(alarmTemplates([system]), 'AWS::CloudWatch::Alarm')
    .filter(
      ({ Namespace, Dimensions }) => Namespace === metricNamespace && (Dimensions as unknown[]).length === 2,
    )
    .map((properties) => parseAlarmDefinition({ ...properties, Period: periodSeconds }));

it.each([5, 60])('alarms of %s s are in the same state as if each invocation told its memory', (period) => {
  const definitions = alarms(period);
  expect(definitions.map(({ properties }) => properties.AlarmName.split('-').at(-1))).toEqual(
    expect.arrayContaining(['functionMemory', 'subscriberMemory', 'repeatedErrors']),
  );
  let rang = 0;
  fc.assert(
    fc.property(invocations, (all) => {
      const states = definitions.map(() => ({ told: 'OK' as AlarmState, whole: 'OK' as AlarmState }));
      for (const { atMs, ...stores } of lived(all, period)) {
        for (const [index, { rule, queries }] of definitions.entries()) {
          const state = states[index]!;
          // Also at the end of the period that just began, should nothing more happen in it.
          for (const nowMs of [atMs, atMs + period * 1_000]) {
            const next = (['told', 'whole'] as const).map((which) => {
              const [data] = evaluateQueries(queries, stores[which], evaluationRange(rule, nowMs));
              return evaluate(rule, data?.datapoints ?? [], nowMs, state[which]).state;
            });
            expect(next[0]).toBe(next[1]);
            if (nowMs === atMs) [state.told, state.whole] = next as [AlarmState, AlarmState];
            if (next[0] === 'ALARM') rang += 1;
          }
        }
      }
    }),
    { numRuns: 8 },
  );
  expect(rang).toBeGreaterThan(0);
});

it('each period has its maximum to a percent, and a sample where there was an invocation', () => {
  fc.assert(
    fc.property(invocations, fc.constantFrom(5, 60), (all, periodSeconds) => {
      for (const { atMs, told, whole } of lived(all, periodSeconds)) {
        for (const role of ['api', 'subscriber'] as const) {
          const read = (store: MetricStore) =>
            store.query({
              namespace: metricNamespace,
              name: functionMetrics.memoryUtilization.name,
              dimensions: { System: systemDimension(stage, system), Function: role },
              statistic: 'Maximum',
              periodSeconds,
              startMs: atMs - 1_000 * periodSeconds,
              endMs: atMs + 1,
            });
          const [ours, theirs] = [read(told), read(whole)];
          expect(ours.map(({ timestampMs }) => timestampMs)).toEqual(
            theirs.map(({ timestampMs }) => timestampMs),
          );
          for (const [index, { value }] of ours.entries()) {
            expect(Math.floor(value)).toBe(Math.floor(theirs[index]!.value));
            expect(theirs[index]!.value - value).toBeGreaterThanOrEqual(0);
          }
        }
      }
    }),
    { numRuns: 8 },
  );
});
