import type { StageConfig } from '../../../fleet/fleet.ts';
import type { WholeSystem } from '../../../fleet/monitoredSystem.ts';
import { monitoredSystem } from '../../../fleet/names.ts';
import { stageSchema } from '../../../fleet/stageSchema.ts';
import { limits } from '../../../monitoring/limits.ts';
import { isSignal, toMetricUnit } from '../../../monitoring/signals.ts';
import { questionsOf, unstoredId } from '../questions.ts';
import { loadCountOf } from '../sameLoad.ts';
import type { RunFile } from '../../../records/run.ts';
import { heldPeriods } from '../heldPeriods.ts';
import { metricKey, type JudgeInput, type JudgedSystem } from '../judge.ts';
import { contract } from '../../../service/contract.ts';

/** On a boundary of ten seconds and of a minute. */
export const holdStartMs = Date.UTC(2026, 0, 5, 12, 0, 0);
export const periodSeconds = 10;
export const requestsPerSecond = 30;
export const messagesPerSecond = 5;
const rampSeconds = 20;

export const systems: (JudgedSystem & WholeSystem)[] = ['orders', 'returns'].map((system) => ({
  ...monitoredSystem(contract, 'local', system, {
    connectionLimit: 50,
    apiReservedConcurrency: 10,
    subscriberMaximumConcurrency: 2,
  }),
  expectedRequestsPerSecond: requestsPerSecond,
  expectedMessagesPerSecond: messagesPerSecond,
}));

/** Two nodes of 0.543 USD an hour, 50 connections, 256 MiB and ten at once. */
export const config: StageConfig = stageSchema.parse({ periodSeconds, database: { connectionLimit: 50 } });

const iso = (ms: number): string => new Date(ms).toISOString();

/** A faultless run over all systems. */
export function goodRun(holdSeconds = 60): RunFile {
  const runStartMs = holdStartMs - rampSeconds * 1_000;
  const holdEndMs = holdStartMs + holdSeconds * 1_000;
  const latencyMs = { p50: 5, p95: 9, p99: 20, max: 40 };
  return {
    schemaVersion: 1,
    runId: 'run-1',
    profile: 'peak',
    paced: true,
    stage: 'local',
    place: 'local',
    engine: { name: 'embedded', version: '0.1.0' },
    commit: null,
    configurationHash: 'c0ffee',
    windows: {
      run: { start: iso(runStartMs), end: iso(holdEndMs) },
      ramp: { start: iso(runStartMs), end: iso(holdStartMs) },
      hold: { start: iso(holdStartMs), end: iso(holdEndMs) },
    },
    systems: systems.map(({ system }) => ({
      system,
      hold: {
        intendedPerSecond: requestsPerSecond,
        achievedPerSecond: requestsPerSecond,
        requests: requestsPerSecond * holdSeconds,
        failed: 0,
        droppedIterations: 0,
        latencyMs,
      },
      series: Array.from({ length: rampSeconds + holdSeconds }, (_, second) => ({
        second,
        intended: requestsPerSecond,
        dropped: 0,
        statuses: { '200': requestsPerSecond },
        failedChecks: 0,
        latencyMs,
      })),
      messages: {
        batchSize: 1,
        hold: {
          intendedPerSecond: messagesPerSecond,
          achievedPerSecond: messagesPerSecond,
          acknowledged: messagesPerSecond * holdSeconds,
          failed: 0,
          unresolved: 0,
          dropped: 0,
          latencyMs,
        },
        acknowledgedIds: [{ first: 1, last: messagesPerSecond * (rampSeconds + holdSeconds) }],
        unresolvedIds: [],
        series: Array.from({ length: rampSeconds + holdSeconds }, (_, second) => ({
          second,
          intended: messagesPerSecond,
          acknowledged: messagesPerSecond,
        })),
      },
      periods: {
        seconds: periodSeconds,
        latencies: Array.from({ length: (rampSeconds + holdSeconds) / periodSeconds }, (_, index) => ({
          start: iso(runStartMs + index * periodSeconds * 1_000),
          latencyMs,
        })),
      },
    })),
    checks: [{ name: 'status is 200', passes: 100, fails: 0 }],
    thresholds: [{ metric: 'http_req_failed', expression: 'rate<0.01', ok: true, value: 0 }],
    generator: { cpuPercent: 30, lateIterations: 0, droppedIterations: 0 },
    complete: true,
    reason: null,
  };
}

/** Values for everything that is asked of every system and its invocations, signals at half their limit unless said otherwise. */
export function metricsOf(
  startsMs: readonly number[],
  percent: (system: string, signalId: string, index: number) => number | null = (_, id) =>
    id === 'errorRate' || !isSignal(id) ? 0 : limits.utilizationPercent / 2,
  of: readonly JudgedSystem[] = systems,
): Map<string, Map<number, number>> {
  const metrics = new Map<string, Map<number, number>>();
  for (const system of of) {
    for (const metricSignal of questionsOf(system, periodSeconds)) {
      const values = startsMs.flatMap((startMs, index): [number, number][] => {
        const value = percent(system.system, metricSignal.id, index);
        if (value === null) return [];
        // Asked as a share of what was published, measured as a count of what was stored.
        if (metricSignal.id === unstoredId)
          return [[startMs, (1 - value / 100) * messagesPerSecond * periodSeconds]];
        return [[startMs, toMetricUnit(metricSignal, value)]];
      });
      metrics.set(metricKey(system.system, metricSignal.id), new Map(values));
    }
    const count = loadCountOf(system, periodSeconds);
    if (!count) continue;
    metrics.set(
      metricKey(system.system, count.measurement.id),
      new Map(startsMs.map((startMs) => [startMs, requestsPerSecond * periodSeconds])),
    );
  }
  return metrics;
}

/** What a gate passes, with what a test changes. */
export function judgeInput(changes: Partial<JudgeInput> = {}): JudgeInput {
  const run = changes.run ?? goodRun();
  const periods = heldPeriods(run.windows.hold, periodSeconds);
  return {
    run,
    systems,
    config,
    periods,
    metrics: metricsOf(periods.startsMs),
    place: run.place,
    judgedAtMs: holdStartMs + 120_000,
    ...changes,
  };
}
