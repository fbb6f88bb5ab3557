import type { PartFile } from '../../records/part.ts';
import type { RunFile } from '../../records/run.ts';
import { CollectError } from '../errors.ts';
import { joined } from '../messages/idRanges.ts';
import { summaryOf } from './summaryOf.ts';

type SystemRun = RunFile['systems'][number];
type Latencies = PartFile['latencies'][number];

/** What one instance tells of a system. */
interface SystemPart {
  run: SystemRun;
  latencies: Latencies;
  /** How much of the hold it has seen: to its last answer. */
  holdSeconds: number;
}

/**
 * What all instances together asked of one system.
 * @param seriesSeconds of the parts' series
 */
export function mergeSystem(system: string, parts: readonly PartFile[], seriesSeconds: number): SystemRun {
  const all = parts.map((part): SystemPart => {
    const run = part.run.systems.find((one) => one.system === system);
    const latencies = part.latencies.find((one) => one.system === system);
    const { start, end } = part.run.windows.hold;
    const holdSeconds = (Date.parse(end) - Date.parse(start)) / 1_000;
    if (run && latencies) return { run, latencies, holdSeconds };
    throw new CollectError(`${part.segment} says nothing about ${system}`);
  });
  const before = stretchOf(all, 'before');
  const after = stretchOf(all, 'after');
  const periods = periodsOf(all);
  const messages = messagesOf(all);
  return {
    system,
    hold: {
      intendedPerSecond: rateOf(all, ({ run }) => run.hold.intendedPerSecond),
      achievedPerSecond: rateOf(all, ({ run }) => run.hold.achievedPerSecond),
      requests: sum(all, ({ run }) => run.hold.requests),
      failed: sum(all, ({ run }) => run.hold.failed),
      droppedIterations: sum(all, ({ run }) => run.hold.droppedIterations),
      latencyMs: summaryOf(all.map(({ latencies }) => latencies.hold)),
    },
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    series: seriesOf(all, seriesSeconds),
    ...(periods ? { periods } : {}),
    ...(messages ? { messages } : {}),
  };
}

const sum = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((total, value) => total + of(value), 0);

/** Of what all instances did, over the time of the one that took longest. */
function rateOf(all: readonly SystemPart[], perSecondOf: (part: SystemPart) => number): number {
  const seconds = Math.max(...all.map(({ holdSeconds }) => holdSeconds));
  return seconds > 0 ? sum(all, (part) => perSecondOf(part) * part.holdSeconds) / seconds : 0;
}

function stretchOf(all: readonly SystemPart[], name: 'before' | 'after'): SystemRun['before'] {
  const runs = all.flatMap(({ run }) => run[name] ?? []);
  if (runs.length < all.length) return undefined;
  return {
    requests: sum(runs, ({ requests }) => requests),
    failed: sum(runs, ({ failed }) => failed),
    latencyMs: summaryOf(all.map(({ latencies }) => latencies[name])),
  };
}

/** Each instance's seconds count from its own start. */
function seriesOf(all: readonly SystemPart[], seriesSeconds: number): SystemRun['series'] {
  const length = Math.max(0, ...all.map(({ run }) => run.series.length));
  const latenciesAt = Map.groupBy(
    all.flatMap(({ latencies }) => latencies.seconds),
    ({ second }) => second,
  );
  return Array.from({ length }, (_, index) => {
    const second = index * seriesSeconds;
    const seconds = all.flatMap(({ run }) => run.series[index] ?? []);
    const statuses: Record<string, number> = {};
    for (const [status, count] of seconds.flatMap((one) => Object.entries(one.statuses))) {
      statuses[status] = (statuses[status] ?? 0) + count;
    }
    const failed = sum(seconds, (one) => one.failed ?? 0);
    return {
      second,
      intended: sum(seconds, ({ intended }) => intended),
      dropped: sum(seconds, ({ dropped }) => dropped),
      statuses,
      failedChecks: sum(seconds, ({ failedChecks }) => failedChecks),
      ...(failed > 0 ? { failed } : {}),
      latencyMs: summaryOf((latenciesAt.get(second) ?? []).map(({ latencies }) => latencies)),
    };
  });
}

function periodsOf(all: readonly SystemPart[]): SystemRun['periods'] {
  const [first] = all;
  if (!first?.run.periods) return undefined;
  const requests = all.map(({ run }) => run.periods?.requests);
  return {
    seconds: first.run.periods.seconds,
    latencies: byStart(all.flatMap(({ latencies }) => latencies.periods)).map(([start, each]) => ({
      start,
      latencyMs: summaryOf(each.map(({ latencies }) => latencies)),
    })),
    // What one instance did not count is no part of a sum.
    ...(requests.every((counts) => counts !== undefined) && {
      requests: byStart(requests.flat()).map(([start, each]) => ({
        start,
        count: sum(each, ({ count }) => count),
      })),
    }),
  };
}

const byStart = <T extends { start: string }>(entries: readonly T[]): [string, T[]][] =>
  [...Map.groupBy(entries, ({ start }) => start)].toSorted(([a], [b]) => (a < b ? -1 : 1));

function messagesOf(all: readonly SystemPart[]): SystemRun['messages'] {
  // An instance whose share has no user for a topic sends none.
  const messages = all.flatMap(({ run }) => run.messages ?? []);
  const [first] = messages;
  if (!first) return undefined;
  const bySecond = Map.groupBy(
    messages.flatMap(({ series }) => series),
    ({ second }) => second,
  );
  return {
    batchSize: first.batchSize,
    hold: {
      intendedPerSecond: rateOf(all, ({ run }) => run.messages?.hold.intendedPerSecond ?? 0),
      achievedPerSecond: rateOf(all, ({ run }) => run.messages?.hold.achievedPerSecond ?? 0),
      acknowledged: sum(messages, ({ hold }) => hold.acknowledged),
      failed: sum(messages, ({ hold }) => hold.failed),
      unresolved: sum(messages, ({ hold }) => hold.unresolved),
      dropped: sum(messages, ({ hold }) => hold.dropped),
      latencyMs: summaryOf(all.map(({ latencies }) => latencies.messages)),
    },
    acknowledgedIds: joined(messages.flatMap(({ acknowledgedIds }) => acknowledgedIds)),
    unresolvedIds: joined(messages.flatMap(({ unresolvedIds }) => unresolvedIds)),
    series: [...bySecond]
      .toSorted(([a], [b]) => a - b)
      .map(([second, each]) => {
        const counts = {
          dropped: sum(each, ({ dropped = 0 }) => dropped),
          acknowledged: sum(each, ({ acknowledged = 0 }) => acknowledged),
          failed: sum(each, ({ failed = 0 }) => failed),
          unresolved: sum(each, ({ unresolved = 0 }) => unresolved),
        };
        const present = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
        return { second, intended: sum(each, ({ intended }) => intended), ...present };
      }),
  };
}
