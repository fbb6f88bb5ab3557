import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, it } from 'vitest';
import { monitoredSystem } from '../../fleet/names.ts';
import { toMetricUnit } from '../../monitoring/signals.ts';
import type { Clock } from '../../core/clock.ts';
import { MetricsForbiddenError } from './errors.ts';
import { flowMeasurementsOf } from './headroom/measuredUse.ts';
import type { JudgedSystem } from './judge.ts';
import { questionsOf, unstoredId } from './questions.ts';
import { runGate, type GateOptions } from './runGate.ts';
import {
  goodRun,
  holdStartMs,
  messagesPerSecond,
  periodSeconds,
  requestsPerSecond,
  config,
  systems,
} from './testing/judgeInput.ts';
import {
  startMetricServer,
  type GetMetricDataAnswer,
  type GetMetricDataRequest,
} from './testing/metricServer.ts';
import { contract } from '../../service/contract.ts';

const holdEndMs = holdStartMs + 60_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Time that passes only while somebody sleeps. */
const virtualClock = (startMs: number): Clock => {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    sleep: async (durationMs, signal) => {
      signal?.throwIfAborted();
      nowMs += durationMs;
    },
  };
};

type Query = GetMetricDataRequest['MetricDataQueries'][number];

/** Every period of the request with half of what each signal may reach. */
const everything = (request: GetMetricDataRequest, valueOf = halfOfLimit): GetMetricDataAnswer => ({
  MetricDataResults: request.MetricDataQueries.map((query) => {
    const { Period } = query.MetricStat;
    const Timestamps = Array.from(
      { length: (request.EndTime - request.StartTime) / Period },
      (_, index) => request.StartTime + index * Period,
    );
    return { Id: query.Id, StatusCode: 'Complete', Timestamps, Values: Timestamps.map(() => valueOf(query)) };
  }),
});

const knownSignals = systems.flatMap((system) => questionsOf(system, periodSeconds));
function halfOfLimit({ MetricStat: { Metric } }: Query): number {
  const metricSignal = knownSignals.find(({ metricName }) => metricName === Metric.MetricName);
  // Asked as a share, measured as a count.
  if (Metric.MetricName === 'Invocations') return requestsPerSecond * periodSeconds;
  if (metricSignal?.id === unstoredId) return messagesPerSecond * periodSeconds;
  return metricSignal ? toMetricUnit(metricSignal, metricSignal.limit / 2) : 0;
}

/** All that is read of a system: what is asked, and what its headroom is told from. */
const measuredOf = (system: JudgedSystem) => [
  ...questionsOf(system, periodSeconds),
  ...Object.values(flowMeasurementsOf(system, periodSeconds)),
];

async function gateAgainst(
  answer: (request: GetMetricDataRequest) => GetMetricDataAnswer,
  changes: Partial<GateOptions> = {},
) {
  const server = await startMetricServer(answer);
  const cloudWatch = new CloudWatchClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  closing.push(() => cloudWatch.destroy(), server.close);
  const clock = changes.clock ?? virtualClock(holdEndMs + 1_000);
  const progress: string[] = [];
  const verdict = runGate({
    run: goodRun(),
    systems,
    config,
    cloudWatch,
    place: 'aws',
    clock,
    periodSeconds,
    metricDelaySeconds: 10,
    onProgress: (line) => progress.push(line),
    ...changes,
  });
  return { verdict, requests: server.requests, clock, progress };
}

describe('runGate', () => {
  it('asks every signal of every system over ramp and hold, after the delay', async () => {
    const { verdict, requests, clock, progress } = await gateAgainst(everything);
    await expect(verdict).resolves.toMatchObject({ verdict: 'pass' });
    expect(clock.now()).toBe(holdEndMs + 10_000);
    expect(progress).toEqual(["waiting 9 s until the run's metrics are complete"]);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ StartTime: holdStartMs / 1_000 - 20, EndTime: holdEndMs / 1_000 });
    expect(requests[0]!.MetricDataQueries.map(({ MetricStat }) => MetricStat)).toEqual(
      systems.flatMap(measuredOf).map((metricSignal) => ({
        Metric: {
          Namespace: metricSignal.namespace,
          MetricName: metricSignal.metricName,
          Dimensions: Object.entries(metricSignal.dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: 10,
        Stat: metricSignal.statistic,
      })),
    );
  });

  it('leaves out the periods that ramp and hold cover in part', async () => {
    const run = goodRun(58);
    const { verdict, requests } = await gateAgainst(everything, { run });
    await expect(verdict).resolves.toMatchObject({ verdict: 'pass' });
    expect(requests[0]).toMatchObject({
      StartTime: holdStartMs / 1_000 - 20,
      EndTime: holdStartMs / 1_000 + 50,
    });
  });

  it('sees a signal over its limit', async () => {
    const { verdict } = await gateAgainst((request) =>
      everything(request, (query) =>
        query.MetricStat.Metric.MetricName === 'DatabaseConnections' ? 45 : halfOfLimit(query),
      ),
    );
    const { verdict: overall, records } = await verdict;
    expect(overall).toBe('fail');
    expect(records.filter((record) => record.verdict === 'fail')).toMatchObject([
      { system: 'orders', signal: 'databaseConnections', worst: 90, headroom: -10 },
      { system: 'returns', signal: 'databaseConnections', worst: 90, headroom: -10 },
    ]);
  });

  it('waits for metrics that come late', async () => {
    let looks = 0;
    const { verdict, clock } = await gateAgainst((request) => {
      looks += 1;
      return looks < 3 ? { MetricDataResults: [] } : everything(request);
    });
    await expect(verdict).resolves.toMatchObject({ verdict: 'pass' });
    expect(clock.now()).toBe(holdEndMs + 10_000 + 2 * 2_000);
  });

  it('is inconclusive when they never come, and does not wait for ever', async () => {
    const { verdict, clock, progress } = await gateAgainst((request) => ({
      MetricDataResults: everything(request).MetricDataResults.slice(1),
    }));
    const { verdict: overall, records } = await verdict;
    expect(overall).toBe('inconclusive');
    expect(records.filter((record) => record.verdict === 'inconclusive')).toMatchObject([
      { system: 'orders', signal: 'databaseCpu', reason: 'CloudWatch has no data for the hold.' },
    ]);
    expect(clock.now()).toBe(holdEndMs + 20_000);
    expect(progress.at(-1)).toMatch(/^6 values are missing; waiting up to 2 s more/);
  });

  describe('proves nothing from', () => {
    const reasonOf = async (
      answer: (request: GetMetricDataRequest) => GetMetricDataAnswer,
      changes: Partial<GateOptions> = {},
    ) => {
      const { verdict: overall, records } = await (await gateAgainst(answer, changes)).verdict;
      return { overall, reason: records.find(({ verdict }) => verdict !== 'pass')?.reason };
    };
    const changed =
      (metricName: string, change: (values: number[]) => number[]) => (request: GetMetricDataRequest) => ({
        MetricDataResults: everything(request).MetricDataResults.map((result, index) => {
          const { Metric } = request.MetricDataQueries[index]!.MetricStat;
          if (Metric.MetricName !== metricName) return result;
          const Values = change(result.Values);
          return { ...result, Values, Timestamps: result.Timestamps.slice(0, Values.length) };
        }),
      });

    it.each<[string, (request: GetMetricDataRequest) => GetMetricDataAnswer, string]>([
      [
        'a metric that ends in the middle of the hold',
        changed('CPUUtilization', (values) => values.slice(0, -3)),
        '3 of 6 periods of 10 s have no data.',
      ],
      [
        'one that only the ramp has',
        changed('ConcurrentExecutions', (values) => values.slice(0, 2)),
        'CloudWatch has no data for the hold.',
      ],
      [
        'shares in place of percent',
        changed('CPUUtilization', (values) => values.map((value) => value / 100)),
        'CloudWatch has no plausible data for the hold: no reading is above 1: shares, not percent.',
      ],
      [
        'bytes in place of percent',
        changed('PercentageDiskSpaceUsed', (values) => values.map(() => 3e9)),
        'CloudWatch has no plausible data for the hold: a reading of 3000000000 % is more than the whole.',
      ],
      [
        'what is below zero',
        changed('DatabaseConnections', (values) => values.map(() => -1)),
        'CloudWatch has no plausible data for the hold: a reading is below zero.',
      ],
      [
        'an idle function under load: the metrics of another stage, or of another time',
        changed('Invocations', (values) => values.map(() => 1)),
        'CloudWatch counted 6 invocations where the run had 1800 good answers: these are not ' +
          "this load's metrics, or a clock was wrong.",
      ],
    ])('%s', async (_, answer, reason) => {
      // On a stage of this machine a database may well use less than a percent.
      const run = { ...goodRun(), place: 'aws' as const };
      expect(await reasonOf(answer, { run })).toEqual({ overall: 'inconclusive', reason });
    });

    it('a run that was killed, or whose clock stepped', async () => {
      const run = { ...goodRun(), complete: false, reason: "this machine's clock went back by 2.0 s" };
      expect(await reasonOf(everything, { run })).toEqual({
        overall: 'inconclusive',
        reason: "The run is not complete: this machine's clock went back by 2.0 s.",
      });
    });
  });

  it('gives the reason that CloudWatch gives for what is missing', async () => {
    const { verdict } = await gateAgainst((request) => {
      const [first, ...others] = everything(request).MetricDataResults;
      const { Timestamps, Values } = first!;
      const Messages = [{ Code: 'Withheld', Value: 'No value for one period: the machine was busy.' }];
      return {
        MetricDataResults: [
          { ...first!, Timestamps: Timestamps.slice(0, -1), Values: Values.slice(0, -1), Messages },
          ...others.map((each) => ({ ...each, Messages })),
        ],
      };
    });
    expect((await verdict).records.filter((record) => record.verdict !== 'pass')).toMatchObject([
      {
        system: 'orders',
        signal: 'databaseCpu',
        verdict: 'inconclusive',
        reason: '1 of 6 periods of 10 s have no data. No value for one period: the machine was busy.',
      },
    ]);
  });

  it('looks once at a run of long ago', async () => {
    const { verdict, requests } = await gateAgainst(() => ({ MetricDataResults: [] }), {
      clock: virtualClock(holdEndMs + 86_400_000),
    });
    await expect(verdict).resolves.toMatchObject({ verdict: 'inconclusive' });
    expect(requests).toHaveLength(1);
  });

  it('follows pages and asks for 500 metrics a call', async () => {
    const many: JudgedSystem[] = Array.from({ length: 50 }, (_, index) => ({
      ...monitoredSystem(contract, 'local', `system-${index}`, {
        connectionLimit: 50,
        apiReservedConcurrency: 10,
        subscriberMaximumConcurrency: 2,
      }),
      expectedRequestsPerSecond: 30,
      expectedMessagesPerSecond: 5,
    }));
    const run = goodRun();
    run.systems = many.map(({ system }) => ({ ...run.systems[0]!, system }));
    const { verdict, requests } = await gateAgainst(
      (request) => {
        const all = everything(request).MetricDataResults;
        const firstHalf = request.NextToken === undefined;
        return {
          MetricDataResults: all.map((result) => ({
            ...result,
            StatusCode: firstHalf ? 'PartialData' : 'Complete',
            Timestamps: firstHalf ? result.Timestamps.slice(0, 3) : result.Timestamps.slice(3),
            Values: firstHalf ? result.Values.slice(0, 3) : result.Values.slice(3),
          })),
          ...(firstHalf ? { NextToken: 'more' } : {}),
        };
      },
      { run, systems: many },
    );
    await expect(verdict).resolves.toMatchObject({ verdict: 'pass' });
    expect(requests.map(({ MetricDataQueries, NextToken }) => [MetricDataQueries.length, NextToken])).toEqual(
      [
        [500, undefined],
        [500, 'more'],
        [50 * measuredOf(many[0]!).length - 500, undefined],
        [50 * measuredOf(many[0]!).length - 500, 'more'],
      ],
    );
  });

  it('does not ask about a hold without a whole period', async () => {
    const { verdict, requests } = await gateAgainst(everything, { run: goodRun(5) });
    await expect(verdict).resolves.toMatchObject({ verdict: 'inconclusive' });
    expect(requests).toHaveLength(0);
  });

  it('stops when told to', async () => {
    const reason = new Error('interrupted');
    const { verdict, requests } = await gateAgainst(everything, { signal: AbortSignal.abort(reason) });
    await expect(verdict).rejects.toBe(reason);
    expect(requests).toHaveLength(0);
  });

  it('names the metric that it may not read', async () => {
    const { verdict } = await gateAgainst((request) => ({
      MetricDataResults: everything(request).MetricDataResults.map((result) => ({
        ...result,
        StatusCode: 'Forbidden',
        Values: [],
        Timestamps: [],
      })),
    }));
    await expect(verdict).rejects.toThrow(MetricsForbiddenError);
    await expect(verdict).rejects.toThrow(/orders\/databaseCpu.*cloudwatch:GetMetricData/);
  });
});
