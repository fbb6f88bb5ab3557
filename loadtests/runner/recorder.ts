import type { PartFile } from '../../records/part.ts';
import type { RunFile } from '../../records/run.ts';
import { MessageRecorder } from './messageRecorder.ts';
import type { MetricType, Point } from './points.ts';
import { PublicationAssembler } from './publications.ts';
import { RequestAssembler, type RequestSample } from './requests.ts';
import { wholeShare, type Share } from './share.ts';
import { Sinks } from './sinks.ts';
import { SystemRecorder } from './systemRecorder.ts';
import { holds, type Threshold } from './thresholds.ts';
import type { RecordedWindows } from './window.ts';

export interface RecorderOptions {
  systems: readonly string[];
  startMs: number;
  /** As planned; a run that is stopped earlier says so to `finish`. */
  windows: RecordedWindows;
  /** Of the stage's metrics: given, latencies are kept by their periods too. */
  periodSeconds?: number | undefined;
  /** How many seconds each entry of the series tells of together; one where left out. */
  seriesSeconds?: number | undefined;
  thresholds: readonly Threshold[];
  metricTypes: Readonly<Record<string, MetricType>>;
  /** Of the messages that the run publishes. */
  firstMessageId: number;
  /** What this process has of a system's messages; all of them where left out. */
  messagesShareOf?: ((system: string) => Share) | undefined;
  /** Scenarios whose iterations nobody intended at any time: each follows the one before. */
  closedLoop?: ReadonlySet<string> | undefined;
  /** Whether what it measures will be put together with what other instances do. */
  toMerge?: boolean | undefined;
  onSample?: ((sample: RequestSample) => void) | undefined;
}

/** Counts since the run's start, all systems together. */
export interface Totals {
  requests: number;
  failed: number;
  /** That SNS acknowledged. */
  messages: number;
  /** Iterations, of requests and of messages. */
  dropped: number;
}

/**
 * Folds the stream of points into the run file's numbers. Requests are booked where they really began, however
 * late they ended; what was intended, and what was dropped, where it was to begin. So are messages, by the tag `load`.
 * Latencies are of what was answered; requests that weren't count as failed.
 *
 * What is kept does not grow with the requests: over windows and periods latencies are histograms, whose percentiles
 * are within 0.1 %; those of a second (or of a longer stretch, in a long run) are exact; of what is over a summary is left.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #systems: Map<string, SystemRecorder>;
  readonly #messages: Map<string, MessageRecorder>;
  readonly #checks = new Map<string, { passes: number; fails: number }>();
  readonly #sinks: Sinks;
  readonly #requests: RequestAssembler;
  readonly #publications: PublicationAssembler;
  readonly #reported: RunFile['thresholds'] = [];
  readonly #totals: Totals = { requests: 0, failed: 0, messages: 0, dropped: 0 };
  readonly #unattributed = { requests: 0, iterations: 0 };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#systems = new Map(options.systems.map((system) => [system, new SystemRecorder(options)]));
    this.#messages = new Map(
      options.systems.map((system) => [
        system,
        new MessageRecorder({
          startMs: options.startMs,
          hold: options.windows.hold,
          seriesSeconds: options.seriesSeconds,
          firstId: options.firstMessageId,
          share: options.messagesShareOf?.(system) ?? wholeShare,
        }),
      ]),
    );
    this.#sinks = new Sinks(options.thresholds, options.metricTypes);
    this.#requests = new RequestAssembler((sample) => {
      this.#addRequest(sample);
      options.onSample?.(sample);
    });
    this.#publications = new PublicationAssembler((system, publication) => {
      const { messages } = publication;
      this.#totals.messages += messages.filter(({ outcome }) => outcome === 'acknowledged').length;
      this.#messages.get(system)?.add(publication);
    });
  }

  add(point: Point): void {
    this.#sinks.add(point);
    const isMessage = point.tags['load'] === 'messages';
    if (isMessage) this.#publications.add(point);
    else this.#requests.add(point);
    switch (point.metric) {
      case 'checks':
        this.#addCheck(point);
        break;
      case 'dropped_iterations':
        this.#totals.dropped += point.value;
        this.#addIterations(point, point.timeMs, point.value, isMessage, true);
        break;
      case 'iteration_duration': {
        const intendedMs = point.timeMs - point.value - Number(point.metadata['late'] ?? 0);
        this.#addIterations(point, intendedMs, 1, isMessage, false);
        break;
      }
    }
  }

  #addIterations(
    { tags }: Point,
    intendedMs: number,
    count: number,
    isMessage: boolean,
    dropped: boolean,
  ): void {
    const system = tags['system'] ?? tags['scenario'] ?? '';
    if (this.#options.closedLoop?.has(tags['scenario'] ?? '')) return;
    if (!this.#systems.has(system)) this.#unattributed.iterations += count;
    if (isMessage)
      this.#messages.get(system)?.addIterations(intendedMs, count, Number(tags['batch'] ?? 1), dropped);
    else this.#systems.get(system)?.addIterations(intendedMs, count, dropped);
  }

  /** What was for none of the systems under load. */
  get unattributed(): Readonly<{ requests: number; iterations: number }> {
    return this.#unattributed;
  }

  get totals(): Readonly<Totals> {
    return this.#totals;
  }

  get seriesSeconds(): number {
    return this.#options.seriesSeconds ?? 1;
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
    const elapsedMs = endMs - this.#options.startMs;
    const judged = this.thresholds(elapsedMs).map(({ threshold: _threshold, ...result }) => result);
    return {
      systems: [...this.#systems].map(([name, system]) => {
        const messages = this.#messages.get(name)?.finish(endMs);
        return { ...system.finish(name, endMs), ...(messages ? { messages } : {}) };
      }),
      checks: [...this.#checks].map(([name, counts]) => ({ name, ...counts })),
      thresholds: [...judged, ...(judged.every(({ ok }) => ok) ? this.#reported : [])],
      droppedIterations: this.#totals.dropped,
    };
  }

  /** What other instances' measurements are put together with, beside what `finish` tells. */
  part(): Pick<PartFile, 'thresholds' | 'latencies'> {
    return {
      thresholds: this.#options.thresholds.map((threshold) => ({
        metric: threshold.metric,
        expression: threshold.expression,
        measured: this.#sinks.measured(threshold),
      })),
      latencies: [...this.#systems].map(([system, recorder]) => ({
        system,
        ...recorder.latencies(),
        messages: this.#messages.get(system)?.latencies() ?? null,
      })),
    };
  }

  #addCheck(point: Point): void {
    const name = point.tags['check'] ?? '';
    const counts = this.#checks.get(name) ?? { passes: 0, fails: 0 };
    if (point.value === 0) counts.fails += 1;
    else counts.passes += 1;
    this.#checks.set(name, counts);
  }

  #addRequest(sample: RequestSample): void {
    const failed = !sample.expectedStatus || sample.failedChecks.length > 0;
    this.#totals.requests += 1;
    if (failed) this.#totals.failed += 1;
    const system = this.#systems.get(sample.system);
    if (system) system.addRequest(sample, failed);
    else this.#unattributed.requests += 1;
  }
}
