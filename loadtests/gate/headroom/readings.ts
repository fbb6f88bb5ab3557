/**
 * A period of a run, and the load in it as a multiple of the whole expected peak: requests and messages
 * together.
 */
export interface LoadedPeriod {
  /** Milliseconds since the epoch. */
  startMs: number;
  /** On average; 0 in a period before or after the load. */
  load: number;
  /** In its busiest seconds: in a ramp the last ones, in a hold as on average. */
  topLoad: number;
  /** Whether it lies in the hold. */
  held: boolean;
}

export interface LoadedRun {
  periodSeconds: number;
  /** Of ramp and hold, in any order; others may be among them. */
  periods: readonly LoadedPeriod[];
}

/** What is measured of any resource. */
export interface Use {
  /** A signal's id. */
  id: string;
  /** At which the reserve is gone, in percent of the resource. */
  limitPercent: number;
  /** What the limit is asked of, in percent, by the period's start; a period that is missing is not known. */
  percent: ReadonlyMap<number, number>;
}

/** One period of one resource. */
export interface Reading {
  period: LoadedPeriod;
  percent: number;
}

/** At or above this a share is used up: there would have been more, had there been more of the resource. */
export const usedUpPercent = 99.5;

/** A value that no share can have is no reading. */
export const readingsOf = ({ percent }: Use, { periods }: LoadedRun): Reading[] =>
  periods.flatMap((period) => {
    const value = percent.get(period.startMs);
    return value !== undefined && value >= 0 && Number.isFinite(value) ? [{ period, percent: value }] : [];
  });

/** The most load of a period with a reading; 0 where there is none. */
export const seenIn = (readings: readonly Reading[]): number =>
  Math.max(0, ...readings.map(({ period }) => period.load));
