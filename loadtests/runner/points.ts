/**
 * The one stream that both engines feed: k6's points, as `k6 run --out json=…` writes them. The embedded
 * engine emits the same ones, so that everything after it (thresholds, summary, run file) exists once.
 *
 * `http_req_blocked + http_req_duration` is the latency of whoever asks, from the call on, a wait for a connection
 * included; what a script does before it asks, such as signing, is the generator's work. In an open model nothing but
 * the generator keeps an iteration from beginning when it is to: how late that made it is told apart, as `late` in
 * milliseconds (which k6 does not tell), and is no part of any latency either.
 */
export interface Point {
  metric: string;
  /** Milliseconds since the Unix epoch, with fraction: when what is measured ended. */
  timeMs: number;
  value: number;
  tags: Readonly<Record<string, string>>;
  /** `vu` and `iter`: which iteration this belongs to; absent where none did (a dropped iteration). `late`: see above. */
  metadata: Readonly<Record<string, string>>;
}

/** What a point tells of an iteration: when it began, or was to begin where it was dropped. */
interface IterationTold {
  scenario: string;
  /** In milliseconds since the epoch. */
  beganMs: number;
  tookMs: number;
  isDropped: boolean;
}

/** Null for points of anything else. */
export function iterationIn({ metric, timeMs, value, tags }: Point): IterationTold | null {
  const isDropped = metric === 'dropped_iterations';
  if (!isDropped && metric !== 'iteration_duration') return null;
  const tookMs = isDropped ? 0 : value;
  return { scenario: tags['scenario'] ?? '', beganMs: timeMs - tookMs, tookMs, isDropped };
}

export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** k6's own metrics that a run of HTTP requests has. */
export const builtInMetrics: Readonly<Record<string, MetricType>> = {
  checks: 'rate',
  dropped_iterations: 'counter',
  group_duration: 'trend',
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
  vus: 'gauge',
  vus_max: 'gauge',
};
