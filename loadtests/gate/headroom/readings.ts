/** What of the expected peak uses a resource: its requests, its messages, or the whole of it. */
export type LoadKind = 'requests' | 'messages' | 'whole';

/** The load of one kind in a period, as a multiple of its expected peak. */
export interface Load {
  /** On average; 0 in a period before or after the load. */
  mean: number;
  /** In the period's busiest seconds: in a ramp the last ones, in a hold as on average. */
  top: number;
}

/** A period of a run. */
export interface RunPeriod {
  /** Milliseconds since the epoch. */
  startMs: number;
  /** Whether it lies in the hold. */
  held: boolean;
  loads: Readonly<Record<LoadKind, Load>>;
}

export interface LoadedRun {
  periodSeconds: number;
  /** Of ramp and hold, in any order; others may be among them. */
  periods: readonly RunPeriod[];
}

/** What is measured of any resource. */
export interface Use {
  /** A signal's id. */
  id: string;
  /** What uses it. */
  usedBy: LoadKind;
  /** At which the reserve is gone, in percent of the resource. */
  limitPercent: number;
  /** What the limit is asked of, in percent, by the period's start; a period that is missing is not known. */
  percent: ReadonlyMap<number, number>;
}

/** A period as one resource sees it: with the load that uses it. */
export interface LoadedPeriod {
  startMs: number;
  held: boolean;
  /** As `Load.mean` and `Load.top`. */
  load: number;
  topLoad: number;
}

/** One period of one resource. */
export interface Reading {
  period: LoadedPeriod;
  percent: number;
}

/** At or above this a share is used up: there would have been more, had there been more of the resource. */
export const usedUpPercent = 99.5;

/** A value that no share can have is no reading. */
export const readingsOf = ({ percent, usedBy }: Use, { periods }: LoadedRun): Reading[] =>
  periods.flatMap(({ startMs, held, loads }) => {
    const value = percent.get(startMs);
    if (value === undefined || !(value >= 0) || !Number.isFinite(value)) return [];
    const { mean: load, top: topLoad } = loads[usedBy];
    // Of the two zeros there are the one by which a division is not below zero.
    return [{ period: { startMs, held, load, topLoad }, percent: value + 0 }];
  });

/** The most load of a period with a reading; 0 where there is none. */
export const seenIn = (readings: readonly Reading[]): number =>
  Math.max(0, ...readings.map(({ period }) => period.load));
