import type { RunFile } from '../../records/run.ts';
import { Histogram } from './histogram.ts';
import { latencySummary, type LatencySummary } from './latencySummary.ts';
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
  /** No object: one whose keys are numbers has room for all numbers below. */
  statuses: Map<number, number>;
  failedChecks: number;
  failed: number;
  /** While answers are still to come; their summary afterwards. */
  latencies: number[] | LatencySummary | null;
}

interface SystemRecord {
  seconds: Map<number, Second>;
  /** The first second whose answers are still to come. */
  firstOpen: number;
  hold: { intended: number; requests: number; failed: number; dropped: number; latencies: Histogram };
}

/**
 * How many seconds wait for their answers before they are summarised: longer than k6's default timeout for a
 * request. An answer that takes longer still is counted; of its second's latencies it can change the maximum only.
 */
const openSeconds = 120;

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
 *
 * What is kept does not grow with the requests: over the hold latencies are a histogram, whose percentiles are
 * within 0.1 %; those of a second are exact, and a summary once the second is over.
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

  /**
   * The threshold for which a run of this age is to be aborted, by k6's rule: it says `abortOnFail`, its
   * `delayAbortEval` is over, it has samples, and it does not hold.
   */
  abortingThreshold(elapsedMs: number): Threshold | undefined {
    return this.#options.thresholds.find(
      (threshold) =>
        threshold.abortOnFail &&
        elapsedMs > threshold.delayAbortEvalMs &&
        this.#sinks.hasSamples(threshold) &&
        !holds(threshold, this.#sinks.value(threshold, elapsedMs)),
    );
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
    const empty = emptySecond();
    record.seconds.set(second, empty);
    for (; record.firstOpen < second - openSeconds; record.firstOpen += 1) {
      const over = record.seconds.get(record.firstOpen);
      if (over && Array.isArray(over.latencies)) over.latencies = latencySummary(over.latencies);
    }
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
    second.statuses.set(sample.status, (second.statuses.get(sample.status) ?? 0) + 1);
    second.failedChecks += sample.failedChecks.length;
    if (failed) second.failed += 1;
    const answered = sample.status !== 0;
    if (answered) addLatency(second, sample.latencyMs);
    if (!this.#inHold(sample.intendedStartMs + 0.01)) return;
    record.hold.requests += 1;
    if (failed) record.hold.failed += 1;
    if (answered) record.hold.latencies.add(sample.latencyMs);
  }
}

const emptySecond = (): Second => ({
  intended: 0,
  dropped: 0,
  statuses: new Map(),
  failedChecks: 0,
  failed: 0,
  latencies: [],
});

const emptyRecord = (): SystemRecord => ({
  seconds: new Map(),
  firstOpen: 0,
  hold: { intended: 0, requests: 0, failed: 0, dropped: 0, latencies: new Histogram() },
});

function addLatency(second: Second, latencyMs: number): void {
  if (Array.isArray(second.latencies)) second.latencies.push(latencyMs);
  else {
    const late = latencySummary([latencyMs]);
    if (second.latencies === null) second.latencies = late;
    else if (late) second.latencies.max = Math.max(second.latencies.max, late.max);
  }
}

function systemRun(
  system: string,
  { seconds, hold }: SystemRecord,
  startMs: number,
  endMs: number,
  holdSeconds: number,
): SystemRun {
  const known = new Map<string, Record<string, number>>();
  /** Seconds that were answered alike share one object: each takes room for all numbers below its keys. */
  const statusesOf = (counts: Second['statuses']): Record<string, number> => {
    const key = [...counts].join();
    const statuses = known.get(key) ?? Object.fromEntries(counts);
    known.set(key, statuses);
    return statuses;
  };
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
      const { intended, dropped, failedChecks, failed, statuses, latencies } =
        seconds.get(second) ?? emptySecond();
      return {
        second,
        intended,
        dropped,
        statuses: statusesOf(statuses),
        failedChecks,
        // Left out of most seconds: a long record must fit into one string.
        ...(failed > 0 ? { failed } : {}),
        latencyMs: Array.isArray(latencies) ? latencySummary(latencies) : latencies,
      };
    }),
  };
}
