/** Instants in milliseconds since the epoch; the end is exclusive. */
export interface Window {
  startMs: number;
  endMs: number;
}
