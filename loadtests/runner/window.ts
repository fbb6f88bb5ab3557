/** Instants in milliseconds since the epoch; the end is exclusive. */
export interface Window {
  startMs: number;
  endMs: number;
}

/** The stretches of a run of which its record tells the whole. */
export interface RecordedWindows {
  hold: Window;
  /** Of a spike. */
  before?: Window;
  after?: Window;
}

/** Sums of floating milliseconds miss a boundary by a hair: so many milliseconds are close enough. */
export const hairMs = 0.01;

export const isWithin = ({ startMs, endMs }: Window, atMs: number): boolean =>
  atMs + hairMs >= startMs && atMs + hairMs < endMs;

/** Whole seconds since the run's start; what is before it counts as its first. */
export const secondAt = (runStartMs: number, atMs: number): number =>
  Math.max(0, Math.floor((atMs - runStartMs + hairMs) / 1_000));

/** How much of a window a run that ended at `runEndMs` has seen, in seconds. */
export const secondsSeen = ({ startMs, endMs }: Window, runEndMs: number): number =>
  Math.max(0, Math.min(endMs, runEndMs) - startMs) / 1_000;
