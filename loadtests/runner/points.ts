/**
 * The one stream that both engines feed: k6's points, as `k6 run --out json=…` writes them. The embedded
 * engine emits the same ones, so that everything after it (thresholds, summary, run file) exists once.
 *
 * Two times carry more in the embedded engine than in k6: `http_req_blocked` of an iteration's first request
 * begins at the iteration's intended start, and `iteration_duration` counts from there too. Hence
 * `http_req_blocked + http_req_duration` is the latency from the intended start, whatever made the request
 * wait. (k6 counts from when the request was made; what its scheduler adds before that, it does not tell.)
 */
export interface Point {
  metric: string;
  /** Milliseconds since the Unix epoch, with fraction: when what is measured ended. */
  timeMs: number;
  value: number;
  tags: Readonly<Record<string, string>>;
  /** `vu` and `iter`: which iteration this belongs to; absent where none did (a dropped iteration). */
  metadata: Readonly<Record<string, string>>;
}

export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** k6's own metrics that a run of HTTP requests has. */
export const builtInMetrics: Readonly<Record<string, MetricType>> = {
  checks: 'rate',
  dropped_iterations: 'counter',
  http_req_blocked: 'trend',
  http_req_connecting: 'trend',
  http_req_duration: 'trend',
  http_req_failed: 'rate',
  http_req_receiving: 'trend',
  http_req_sending: 'trend',
  http_req_tls_handshaking: 'trend',
  http_req_waiting: 'trend',
  http_reqs: 'counter',
  iteration_duration: 'trend',
  iterations: 'counter',
};
