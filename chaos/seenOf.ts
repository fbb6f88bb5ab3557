import type { SeenSystem } from '../records/drill.ts';
import { countByKind, type Observations, type Sighting } from './observations.ts';

/** What was seen of a system, as the drill's file keeps it: by the second since the drill's start. */
export function seenOf(observations: Observations, startMs: number): SeenSystem {
  const secondOf = (atMs: number): number => Math.max(0, (atMs - startMs) / 1_000);
  const changes = <Value>(sightings: readonly Sighting<Value>[]) =>
    sightings
      .filter(({ value }, index) => index === 0 || value !== sightings[index - 1]?.value)
      .map(({ atMs, value }) => ({ second: Number(secondOf(atMs).toFixed(3)), value }));
  const wholeSecond = (atMs: number): number => Math.floor(secondOf(atMs));
  const { answers, queued, sessions, onCall, errorAlarm, openings, document } = observations;
  return {
    system: document.system,
    answers: [...bySecond(answers, ({ startMs: atMs }) => wholeSecond(atMs))].map(([second, those]) => ({
      second,
      ...countByKind(those),
    })),
    queue: changes(queued),
    connections: changes(sessions),
    page: changes(onCall),
    errorAlarm: changes(errorAlarm),
    openings: [...bySecond(openings, ({ atMs }) => wholeSecond(atMs))].map(([second, those]) => ({
      second,
      value: those.length,
    })),
  };
}

/** In the order of the seconds. */
function bySecond<T>(items: readonly T[], secondOf: (item: T) => number): [number, T[]][] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const second = secondOf(item);
    const group = groups.get(second);
    if (group) group.push(item);
    else groups.set(second, [item]);
  }
  return [...groups].toSorted(([a], [b]) => a - b);
}
