import type { RunFile } from '../../records/run.ts';
import { drawnOfMessages, drawnOfRequests, type Drawn } from '../web/plot/drawnOfRun.ts';

type SystemRun = RunFile['systems'][number];

/** Seconds of all systems together: some 200 bytes each, and a report of more would open slowly. */
const mostSeconds = 20_000;

/**
 * The run with so many seconds of its systems as a report has room for. Of each stretch of time those stay at which
 * something that the plots draw is least or most: no peak and no gap is lost, and what is drawn was measured. Latencies
 * by period and the ids of messages, which a report does not show, are left out of it.
 */
export function thinSeries(run: RunFile, most = mostSeconds): RunFile {
  const all = run.systems.reduce((sum, { series, messages }) => sum + series.length + lengthOf(messages), 0);
  if (all <= most) return run;
  const share = most / all;
  return {
    ...run,
    systems: run.systems.map(({ periods: _periods, ...system }) => ({
      ...system,
      series: thinned(system.series, Math.floor(system.series.length * share), drawnOfRequests),
      ...(system.messages && {
        messages: {
          ...system.messages,
          acknowledgedIds: [],
          unresolvedIds: [],
          series: thinned(
            system.messages.series,
            Math.floor(lengthOf(system.messages) * share),
            drawnOfMessages,
          ),
        },
      }),
    })),
  };
}

const lengthOf = (messages: SystemRun['messages']): number => messages?.series.length ?? 0;

/** The first and the last second, and of as many equal stretches as there is room for those of their extremes. */
function thinned<T>(seconds: readonly T[], room: number, drawn: readonly Drawn<T>[]): T[] {
  if (seconds.length <= room) return [...seconds];
  const columns = drawn.map(({ value }) => seconds.map((second) => value(second, 1)));
  const extremes = 2 * drawn.length;
  const stretches = Math.max(1, Math.floor((room - 2) / extremes));
  const kept = new Set([0, seconds.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * seconds.length) / stretches);
    const to = Math.floor(((stretch + 1) * seconds.length) / stretches);
    for (const values of columns) {
      let least = -1;
      let most = -1;
      for (let index = from; index < to; index += 1) {
        const value = values[index] ?? null;
        if (value === null) continue;
        if (least < 0 || value < (values[least] ?? 0)) least = index;
        if (most < 0 || value > (values[most] ?? 0)) most = index;
      }
      if (least >= 0) kept.add(least);
      if (most >= 0) kept.add(most);
    }
  }
  return [...kept].toSorted((a, b) => a - b).flatMap((index) => seconds[index] ?? []);
}
