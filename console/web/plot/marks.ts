import type { RunningView, RunSummary } from '../../wire.ts';

/** Something that is marked over a stretch of every plot. */
export interface Mark {
  label: string;
  kind: 'load' | 'hold' | 'fault' | 'drill';
  startMs: number;
  endMs: number;
}

/** Marks of what runs and ran on a stage since it started; what lasts ends now. */
export function marksOf(
  running: readonly RunningView[],
  runs: readonly RunSummary[],
  stage: { stage: string; startedMs: number },
  nowMs: number,
): Mark[] {
  const current = running.flatMap(({ kind, name, startedMs, plannedSeconds, faults }): Mark[] => {
    const holdStartMs = startedMs + (plannedSeconds?.ramp ?? 0) * 1_000;
    return [
      { label: name, kind, startMs: startedMs, endMs: nowMs },
      ...(plannedSeconds && plannedSeconds.hold > 0 && holdStartMs < nowMs
        ? [{ label: 'hold', kind: 'hold' as const, startMs: holdStartMs, endMs: nowMs }]
        : []),
      ...faults.map((fault) => faultMark(fault, nowMs)),
    ];
  });
  const past = runs
    .filter((run) => run.stage === stage.stage && run.place === 'local' && run.endMs > stage.startedMs)
    .flatMap(({ kind, name, startMs, endMs, hold, faults }): Mark[] => [
      ...(kind === null ? [] : [{ label: name, kind, startMs, endMs }]),
      ...(hold && hold.startMs > startMs
        ? [{ label: 'hold', kind: 'hold' as const, startMs: hold.startMs, endMs: hold.endMs ?? endMs }]
        : []),
      ...faults.map((fault) => faultMark(fault, endMs)),
    ]);
  return [...past, ...current];
}

const faultMark = ({ startMs, endMs }: { startMs: number; endMs: number | null }, lastMs: number): Mark => ({
  label: 'fault',
  kind: 'fault',
  startMs,
  endMs: endMs ?? lastMs,
});
