/**
 * How the rates of a run change, in multiples of the expected peak, so that requests and messages follow the same
 * course. Imports nothing.
 */
export type Phase = 'ramp' | 'hold' | 'climb' | 'before' | 'spike' | 'after';

/** A straight line from the rate before to so many times the expected peak. */
export interface Stretch {
  seconds: number;
  toPeaks: number;
  /** Stretches that follow each other may be of one phase. */
  phase: Phase;
}

export interface Course {
  fromPeaks: number;
  stretches: readonly Stretch[];
}

/** Up to so many times the expected peak, and held there. */
export const rampAndHold = (shape: {
  rampSeconds: number;
  holdSeconds: number;
  rateScale: number;
}): Course => ({
  fromPeaks: 0,
  stretches: [
    { seconds: shape.rampSeconds, toPeaks: shape.rateScale, phase: 'ramp' },
    { seconds: shape.holdSeconds, toPeaks: shape.rateScale, phase: 'hold' },
  ],
});

/** The phase that a run is in after so many milliseconds; the last one beyond its end. */
export function phaseAt({ stretches }: Course, elapsedMs: number): Phase | undefined {
  let endMs = 0;
  for (const { seconds, phase } of stretches) {
    endMs += seconds * 1_000;
    if (elapsedMs < endMs) return phase;
  }
  return stretches[stretches.length - 1]?.phase;
}

/** The highest rate, in peaks. */
export const mostPeaks = ({ fromPeaks, stretches }: Course): number =>
  Math.max(fromPeaks, ...stretches.map(({ toPeaks }) => toPeaks));

/** Seconds at the expected peak that are as much load as a phase is. */
export function peakSecondsIn({ fromPeaks, stretches }: Course, phase: Phase): number {
  let from = fromPeaks;
  let area = 0;
  for (const { seconds, toPeaks, phase: own } of stretches) {
    if (own === phase) area += ((from + toPeaks) / 2) * seconds;
    from = toPeaks;
  }
  return area;
}
