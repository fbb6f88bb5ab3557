import { evaluateQueries } from '../../cloudwatch/metricDataQuery.ts';
import type { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { SeriesValues } from '../wire.ts';
import type { Series } from './series.ts';

/** Samples come late by a period or two; a period that is older than this many doesn't change any more. */
const settlingPeriods = 6;

/** As long as the store keeps anything. */
const retentionMs = 3 * 3_600_000;

/** The longest stretch of work between two turns of the stage's event loop. */
const sliceMs = 8;

/** Whole periods whose values are known for good. */
interface Settled {
  startMs: number;
  values: (number | null)[];
}

/**
 * Reads series for drawing. The store aggregates seconds anew at every query; what a page asks for again and
 * again is kept here by period, and only the newest periods are asked of the store.
 */
export class SeriesReader {
  readonly #metrics: MetricStore;
  readonly #startedMs: number;
  readonly #settled = new WeakMap<Series, Settled>();

  /** @param startedMs when the stage started: there is nothing before. */
  constructor(metrics: MetricStore, startedMs: number) {
    this.#metrics = metrics;
    this.#startedMs = startedMs;
  }

  /**
   * The values of whole periods in a range, up to the newest that has ended at `nowMs`; gives way to the
   * stage's other work in between.
   */
  async read(list: readonly Series[], fromMs: number, toMs: number, nowMs: number): Promise<SeriesValues[]> {
    const results: SeriesValues[] = [];
    let sliceStart = performance.now();
    for (const series of list) {
      results.push(this.#readOne(series, fromMs, toMs, nowMs));
      if (performance.now() - sliceStart > sliceMs) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceStart = performance.now();
      }
    }
    return results;
  }

  #readOne(series: Series, fromMs: number, toMs: number, nowMs: number): SeriesValues {
    const periodMs = series.periodSeconds * 1_000;
    const floor = (timeMs: number) => Math.floor(timeMs / periodMs) * periodMs;
    const startMs = floor(Math.max(fromMs, nowMs - retentionMs, this.#startedMs));
    const endMs = Math.max(startMs, Math.min(floor(toMs), floor(nowMs)));
    const settledEndMs = Math.min(endMs, floor(nowMs) - settlingPeriods * periodMs);
    const settled = this.#settle(series, startMs, settledEndMs, nowMs);
    const first = (startMs - settled.startMs) / periodMs;
    const kept = settled.values.slice(first, (endMs - settled.startMs) / periodMs);
    const keptEndMs = startMs + kept.length * periodMs;
    return { startMs, periodMs, values: [...kept, ...this.#query(series, keptEndMs, endMs)] };
  }

  /** What is known for good, extended so that it covers a range; it may be empty. */
  #settle(series: Series, startMs: number, endMs: number, nowMs: number): Settled {
    const periodMs = series.periodSeconds * 1_000;
    const kept = this.#settled.get(series);
    // Where nothing is kept, a start says nothing: it may lie among the newest periods.
    const known = kept && kept.values.length > 0 ? kept : { startMs, values: [] };
    if (startMs < known.startMs) {
      known.values.unshift(...this.#query(series, startMs, known.startMs));
      known.startMs = startMs;
    }
    const knownEndMs = known.startMs + known.values.length * periodMs;
    if (endMs > knownEndMs) known.values.push(...this.#query(series, knownEndMs, endMs));
    const outdated = Math.floor((nowMs - retentionMs - known.startMs) / periodMs) - 1;
    if (outdated > 0) {
      known.values.splice(0, outdated);
      known.startMs += outdated * periodMs;
    }
    this.#settled.set(series, known);
    return known;
  }

  #query({ queries, periodSeconds }: Series, startMs: number, endMs: number): (number | null)[] {
    const periodMs = periodSeconds * 1_000;
    const values = Array.from<number | null>({ length: Math.max(0, (endMs - startMs) / periodMs) }).fill(
      null,
    );
    if (values.length === 0) return values;
    for (const { timestampMs, value } of evaluateQueries(queries, this.#metrics, { startMs, endMs })[0]
      ?.datapoints ?? []) {
      values[(timestampMs - startMs) / periodMs] = Number(value.toPrecision(6));
    }
    return values;
  }
}
