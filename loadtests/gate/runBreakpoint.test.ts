import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toMetricUnit } from '../../monitoring/signals.ts';
import type { Clock } from '../../core/clock.ts';
import { breakpointFileSchema } from '../../records/breakpoint.ts';
import { questionsOf } from './questions.ts';
import { runBreakpoint } from './runBreakpoint.ts';
import { goodRun, holdStartMs, periodSeconds, systems } from './testing/judgeInput.ts';
import { startMetricServer } from './testing/metricServer.ts';
import { writeBreakpoint } from './writeAnswers.ts';

const clientOf = (endpoint: string): CloudWatchClient =>
  new CloudWatchClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

it('reads the period in which the climb ended too, once it is over and measured', async () => {
  const good = goodRun();
  const startMs = Date.parse(good.windows.hold.start);
  const endMs = startMs + 34_000;
  const climb = { start: good.windows.hold.start, end: new Date(endMs).toISOString() };
  const run = { ...good, windows: { run: climb, ramp: { ...climb, end: climb.start }, hold: climb } };
  let nowMs = endMs;
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
  };
  const server = await startMetricServer(() => ({ MetricDataResults: [] }));
  const cloudWatch = clientOf(server.url);
  try {
    await runBreakpoint({
      run,
      systems,
      cloudWatch,
      place: 'local',
      clock,
      periodSeconds,
      metricDelaySeconds: 10,
    });
    expect(server.requests[0]).toMatchObject({ StartTime: startMs / 1_000, EndTime: startMs / 1_000 + 40 });
    // Complete from 50 s on, and waited for as long again.
    expect(nowMs).toBe(startMs + 60_000);
  } finally {
    cloudWatch.destroy();
    await server.close();
  }
});

it('waits until the end of the climb is measured, reads the loaded systems, and loses no answer by asking late', async () => {
  const good = goodRun();
  const climb = good.windows.hold;
  // The climb has loaded one system of two.
  const run = {
    ...good,
    profile: 'breakpoint',
    windows: { run: climb, ramp: { start: climb.start, end: climb.start }, hold: climb },
    systems: good.systems.slice(0, 1),
  };
  let nowMs = Date.parse(climb.end);
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
  };
  const signals = questionsOf(systems[0]!, periodSeconds);
  let gone = false;
  const server = await startMetricServer(({ MetricDataQueries, StartTime, EndTime }) => {
    // The last period comes two looks late.
    const known = server.requests.length > 2 ? EndTime : EndTime - periodSeconds;
    const Timestamps = Array.from(
      { length: gone ? 0 : (known - StartTime) / periodSeconds },
      (_, index) => StartTime + index * periodSeconds,
    );
    return {
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
        const metricSignal = signals.find(({ metricName }) => metricName === Metric.MetricName);
        if (!metricSignal) return { Id, StatusCode: 'Complete', Timestamps: [], Values: [] };
        const share = (at: number): number =>
          metricSignal.id === 'databaseCpu' && at - StartTime >= 30 ? 1.1 : 0.5;
        const Values = Timestamps.map((at) => toMetricUnit(metricSignal, metricSignal.limit * share(at)));
        return { Id, StatusCode: 'Complete', Timestamps, Values };
      }),
    };
  });
  const cloudWatch = clientOf(server.url);
  const directory = await mkdtemp(join(tmpdir(), 'headroom-breakpoint-'));
  try {
    const ask = () =>
      runBreakpoint({
        run,
        systems,
        cloudWatch,
        place: run.place,
        clock,
        periodSeconds,
        metricDelaySeconds: 10,
      });
    const answer = await ask();
    expect(server.requests).toHaveLength(3);
    expect(nowMs).toBe(Date.parse(climb.end) + 10_000 + 2 * 2_000);
    expect(answer).toMatchObject({
      answer: 'crossed',
      systems: [
        { system: 'orders', crossings: [{ signal: 'databaseCpu', value: 88, before: { value: 40 } }] },
      ],
    });
    expect(answer.systems[0]?.crossings[0]?.at).toBe(new Date(holdStartMs + 30_000).toISOString());
    const path = join(directory, 'breakpoint.json');
    await writeBreakpoint(path, answer);
    expect(breakpointFileSchema.parse(JSON.parse(await readFile(path, 'utf8')))).toEqual(answer);

    gone = true;
    const late = await ask();
    expect(late.answer).toBe('inconclusive');
    expect(await writeBreakpoint(path, late)).toEqual(answer);
  } finally {
    cloudWatch.destroy();
    await server.close();
    await rm(directory, { recursive: true });
  }
});
