import type { RunFile } from '../runFile.ts';
import { latencySummary } from './percentile.ts';
import type { MetricType, Point } from './points.ts';
import { RequestAssembler, type RequestSample } from './requests.ts';
import { Sinks } from './sinks.ts';
import { holds, type Threshold } from './thresholds.ts';

type SystemRun = RunFile['systems'][number];

/** Instants in milliseconds since the epoch; the end is exclusive. */
export interface Window {
  startMs: number;
  endMs: number;
}

interface Second {
  intended: number;
  dropped: number;
  statuses: Record<string, number>;
  failedChecks: number;
  latencies: number[];
}

interface SystemRecord {
  seconds: Map<number, Second>;
  hold: { intended: number; requests: number; failed: number; dropped: number; latencies: number[] };
}

export interface RecorderOptions {
  systems: readonly string[];
  startMs: number;
  /** As planned; a run that is stopped earlier says so to `finish`. */
  hold: Window;
  thresholds: readonly Threshold[];
  metricTypes: Readonly<Record<string, MetricType>>;
  onSample?: ((sample: RequestSample) => void) | undefined;
}

/**
 * Folds the stream of points into the run file's numbers. Everything is booked by intended start: a second, or
 * the hold, holds what was to begin in it, however late it ended. Latencies are of requests that were answered;
 * those that weren't count as failed.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #systems: Map<string, SystemRecord>;
  readonly #checks = new Map<string, { passes: number; fails: number }>();
  readonly #sinks: Sinks;
  readonly #requests: RequestAssembler;
  readonly #reported: RunFile['thresholds'] = [];
  readonly #totals = { requests: 0, failed: 0, dropped: 0 };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#systems = new Map(options.systems.map((system) => [system, emptyRecord()]));
    this.#sinks = new Sinks(options.thresholds, options.metricTypes);
    this.#requests = new RequestAssembler((sample) => {
      this.#addRequest(sample);
      options.onSample?.(sample);
    });
  }

  add(point: Point): void {
    this.#sinks.add(point);
    this.#requests.add(point);
    const system = this.#systems.get(point.tags['system'] ?? point.tags['scenario'] ?? '');
    switch (point.metric) {
      case 'checks':
        this.#addCheck(point);
        break;
      case 'dropped_iterations':
        this.#totals.dropped += point.value;
        if (system) this.#addIteration(system, point.timeMs, point.value, true);
        break;
      case 'iteration_duration':
        if (system) this.#addIteration(system, point.timeMs - point.value, 1, false);
        break;
    }
  }

  /** Counts since the run's start, all systems together. */
  get totals(): Readonly<{ requests: number; failed: number; dropped: number }> {
    return this.#totals;
  }

  /** A failure that the engine reports: kept when no threshold judged here explains it. */
  addFailedThreshold(metric: string, expression: string): void {
    this.#reported.push({ metric, expression, ok: false, value: null });
  }

  /** The thresholds as they stand when the run is `elapsedMs` old. */
  thresholds(elapsedMs: number): (RunFile['thresholds'][number] & { threshold: Threshold })[] {
    return this.#options.thresholds.map((threshold) => {
      const value = this.#sinks.value(threshold, elapsedMs);
      const { metric, expression } = threshold;
      return { threshold, metric, expression, ok: holds(threshold, value), value };
    });
  }

  /** The whole record of a run that ended at `endMs`. */
  finish(endMs: number): Pick<RunFile, 'systems' | 'checks' | 'thresholds'> & { droppedIterations: number } {
    this.#requests.flush();
    const { startMs, hold } = this.#options;
    const judged = this.thresholds(endMs - startMs).map(({ threshold: _threshold, ...result }) => result);
    const holdSeconds = Math.max(0, Math.min(hold.endMs, endMs) - hold.startMs) / 1_000;
    return {
      systems: [...this.#systems].map(([system, record]) =>
        systemRun(system, record, startMs, endMs, holdSeconds),
      ),
      checks: [...this.#checks].map(([name, counts]) => ({ name, ...counts })),
      thresholds: [...judged, ...(judged.every(({ ok }) => ok) ? this.#reported : [])],
      droppedIterations: this.#totals.dropped,
    };
  }

  #inHold(ms: number): boolean {
    const { startMs, endMs } = this.#options.hold;
    return ms >= startMs && ms < endMs;
  }

  #second(record: SystemRecord, atMs: number): Second {
    // Sums of floating milliseconds miss a boundary by a hair: a hundredth of a millisecond is close enough.
    const second = Math.max(0, Math.floor((atMs - this.#options.startMs + 0.01) / 1_000));
    const known = record.seconds.get(second);
    if (known) return known;
    const empty = { intended: 0, dropped: 0, statuses: {}, failedChecks: 0, latencies: [] };
    record.seconds.set(second, empty);
    return empty;
  }

  #addCheck(point: Point): void {
    const name = point.tags['check'] ?? '';
    const counts = this.#checks.get(name) ?? { passes: 0, fails: 0 };
    if (point.value === 0) counts.fails += 1;
    else counts.passes += 1;
    this.#checks.set(name, counts);
  }

  #addIteration(record: SystemRecord, intendedMs: number, count: number, dropped: boolean): void {
    const second = this.#second(record, intendedMs);
    second.intended += count;
    if (dropped) second.dropped += count;
    if (!this.#inHold(intendedMs + 0.01)) return;
    record.hold.intended += count;
    if (dropped) record.hold.dropped += count;
  }

  #addRequest(sample: RequestSample): void {
    const failed = !sample.expectedStatus || sample.failedChecks.length > 0;
    this.#totals.requests += 1;
    if (failed) this.#totals.failed += 1;
    const record = this.#systems.get(sample.system);
    if (!record) return;
    const second = this.#second(record, sample.intendedStartMs);
    second.statuses[sample.status] = (second.statuses[sample.status] ?? 0) + 1;
    second.failedChecks += sample.failedChecks.length;
    const answered = sample.status !== 0;
    if (answered) second.latencies.push(sample.latencyMs);
    if (!this.#inHold(sample.intendedStartMs + 0.01)) return;
    record.hold.requests += 1;
    if (failed) record.hold.failed += 1;
    if (answered) record.hold.latencies.push(sample.latencyMs);
  }
}

const emptyRecord = (): SystemRecord => ({
  seconds: new Map(),
  hold: { intended: 0, requests: 0, failed: 0, dropped: 0, latencies: [] },
});

function systemRun(
  system: string,
  { seconds, hold }: SystemRecord,
  startMs: number,
  endMs: number,
  holdSeconds: number,
): SystemRun {
  const perSecond = (count: number): number => (holdSeconds > 0 ? count / holdSeconds : 0);
  const length = Math.max(
    Math.ceil((endMs - startMs) / 1_000),
    ...[...seconds.keys()].map((second) => second + 1),
  );
  return {
    system,
    hold: {
      intendedPerSecond: perSecond(hold.intended),
      achievedPerSecond: perSecond(hold.requests),
      requests: hold.requests,
      failed: hold.failed,
      droppedIterations: hold.dropped,
      latencyMs: latencySummary(hold.latencies),
    },
    series: Array.from({ length: Math.max(0, length) }, (_, second) => {
      const { latencies = [], ...counts } = seconds.get(second) ?? {};
      return {
        second,
        intended: 0,
        dropped: 0,
        statuses: {},
        failedChecks: 0,
        ...counts,
        latencyMs: latencySummary(latencies),
      };
    }),
  };
}
