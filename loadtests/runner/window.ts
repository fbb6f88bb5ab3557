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
