import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { isSignal, toMetricUnit } from '../../monitoring/signals.ts';
import { questionsOf } from './questions.ts';
import { holdStartMs, periodSeconds, systems } from './testing/judgeInput.ts';
import { startMetricServer } from './testing/metricServer.ts';
import { watchClimb } from './watchClimb.ts';

/** The climb begins in the midst of a period. */
const startMs = holdStartMs + 3_000;
const questions = systems.flatMap((system) =>
  questionsOf(system, periodSeconds).map((question) => ({ system: system.system, question })),
);

let nowMs: number;
let over: AbortController;
/** In percent, by system, signal and second of the climb's first whole period; null for no data. */
let percentAt: (system: string, id: string, second: number) => number | null;
let refuses: () => boolean;
let server: Awaited<ReturnType<typeof startMetricServer>>;
let cloudWatch: CloudWatchClient;
const lines: string[] = [];

const firstMs = holdStartMs + periodSeconds * 1_000;
/** The climb ends after five minutes. */
const clock: Clock = {
  now: () => nowMs,
  sleep: async (durationMs, signal) => {
    nowMs += durationMs;
    if (nowMs > startMs + 300_000) over.abort();
    signal?.throwIfAborted();
  },
};

beforeEach(async () => {
  nowMs = startMs;
  over = new AbortController();
  percentAt = () => 20;
  refuses = () => false;
  lines.length = 0;
  server = await startMetricServer(({ MetricDataQueries, StartTime, EndTime }) => {
    if (refuses()) throw new Error('refused');
    return {
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric, Stat } }) => {
        const asked = questions.find(
          ({ question: { metricName, statistic, dimensions } }) =>
            metricName === Metric.MetricName &&
            statistic === Stat &&
            Metric.Dimensions.every(({ Name, Value }) => dimensions[Name] === Value),
        );
        const starts = Array.from(
          { length: (EndTime - StartTime) / periodSeconds },
          (_, index) => StartTime + index * periodSeconds,
        );
        const known = starts.flatMap((at): [number, number][] => {
          if (!asked || !isSignal(asked.question.id)) return [];
          const percent = percentAt(asked.system, asked.question.id, at - firstMs / 1_000);
          return percent === null ? [] : [[at, toMetricUnit(asked.question, percent)]];
        });
        return {
          Id,
          StatusCode: 'Complete',
          Timestamps: known.map(([at]) => at),
          Values: known.map(([, value]) => value),
        };
      }),
    };
  });
  cloudWatch = new CloudWatchClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  cloudWatch.destroy();
  await server.close();
});

const watch = (metricDelaySeconds = 10) =>
  watchClimb(
    { systems, cloudWatch, clock, periodSeconds, metricDelaySeconds, onProgress: (line) => lines.push(line) },
    startMs,
    over.signal,
  );

describe('a climb', () => {
  it('is over as soon as a maximum has been at its limit for two periods, however late metrics may be', async () => {
    percentAt = (system, id, second) =>
      system === 'returns' && id === 'databaseCpu' && second >= 30 ? 80 : id === 'errorRate' ? 0 : 20;
    expect(await watch(180)).toBe('databaseCpu of returns has crossed its limit');
    // Its fourth and fifth period, and the look after that.
    expect(nowMs - firstMs).toBe(53_000);
  });

  it('goes on for one period over the limit, and for an average of a period that is not all measured', async () => {
    percentAt = (_, id, second) => {
      if (id === 'errorRate') return second >= 30 ? 50 : 0;
      return id === 'databaseCpu' && second === 20 ? 100 : 20;
    };
    expect(await watch(60)).toBe('errorRate of orders has crossed its limit');
    // The fifth period is complete a minute after its end.
    expect(nowMs - firstMs).toBe(113_000);
  });

  it('goes on to its end where nothing is crossed', async () => {
    percentAt = (_, id) => (id === 'errorRate' ? 0 : 79);
    expect(await watch()).toBeNull();
    expect(lines).toEqual([]);
    expect(server.requests.at(-1)).toMatchObject({ StartTime: firstMs / 1_000 });
  });

  it('goes on where CloudWatch refuses, says so once, and is watched when it answers again', async () => {
    refuses = () => nowMs < startMs + 100_000;
    percentAt = (_, id) => (id === 'functionConcurrency' ? 95 : id === 'errorRate' ? 0 : 20);
    expect(await watch()).toBe('functionConcurrency of orders has crossed its limit');
    expect(lines).toEqual([expect.stringContaining('the climb cannot be watched: ')]);
    expect(nowMs).toBeGreaterThanOrEqual(startMs + 100_000);
  });
});
