import type { RunFile } from '../../records/run.ts';

type SystemRun = RunFile['systems'][number];
type Second = SystemRun['series'][number];
type MessageSecond = NonNullable<SystemRun['messages']>['series'][number];

/** Seconds of all systems together: some 200 bytes each, and a report of more would open slowly. */
const mostSeconds = 20_000;

/**
 * The run with so many seconds of its systems as a report has room for. Of each stretch of time those stay at which
 * something that the plots draw is least or most: no peak and no gap is lost, and what is drawn was measured.
 */
export function thinSeries(run: RunFile, most = mostSeconds): RunFile {
  const all = run.systems.reduce((sum, { series, messages }) => sum + series.length + lengthOf(messages), 0);
  if (all <= most) return run;
  const share = most / all;
  return {
    ...run,
    systems: run.systems.map((system) => ({
      ...system,
      series: thinned(system.series, Math.floor(system.series.length * share), drawnOfRequests),
      ...(system.messages && {
        messages: {
          ...system.messages,
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

/** What the plots draw; null where there is none. */
const drawnOfRequests = ({ statuses, latencyMs }: Second): (number | null)[] => {
  const counts = Object.entries(statuses);
  const sum = (of: readonly (readonly [string, number])[]): number => of.reduce((all, [, n]) => all + n, 0);
  return [
    sum(counts),
    sum(counts.filter(([status]) => status === '0' || Number(status) >= 400)),
    latencyMs?.p99 ?? null,
  ];
};

const drawnOfMessages = ({ acknowledged = 0, failed = 0, unresolved = 0 }: MessageSecond): number[] => [
  acknowledged,
  failed + unresolved,
];

/** The first and the last second, and of as many equal stretches as there is room for those of their extremes. */
function thinned<T>(seconds: readonly T[], room: number, drawnOf: (second: T) => (number | null)[]): T[] {
  const [first] = seconds;
  if (first === undefined || seconds.length <= room) return [...seconds];
  const values = seconds.map(drawnOf);
  const extremes = 2 * drawnOf(first).length;
  const stretches = Math.max(1, Math.floor((room - 2) / extremes));
  const kept = new Set([0, seconds.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * seconds.length) / stretches);
    const to = Math.floor(((stretch + 1) * seconds.length) / stretches);
    for (let drawn = 0; drawn < extremes / 2; drawn += 1) {
      let least = -1;
      let most = -1;
      for (let index = from; index < to; index += 1) {
        const value = values[index]?.[drawn] ?? null;
        if (value === null) continue;
        if (least < 0 || value < (values[least]?.[drawn] ?? 0)) least = index;
        if (most < 0 || value > (values[most]?.[drawn] ?? 0)) most = index;
      }
      if (least >= 0) kept.add(least);
      if (most >= 0) kept.add(most);
    }
  }
  return [...kept].toSorted((a, b) => a - b).flatMap((index) => seconds[index] ?? []);
}
