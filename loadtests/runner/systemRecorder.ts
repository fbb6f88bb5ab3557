import type { PartFile } from '../../records/part.ts';
import type { RunFile } from '../../records/run.ts';
import { Latencies } from './latencies.ts';
import type { RequestSample } from './requests.ts';
import { emptySecond, type Second } from './second.ts';
import { StretchRecorder } from './stretchRecorder.ts';
import { hairMs, secondAt, secondsSeen, type RecordedWindows } from './window.ts';

type RequestsRun = Omit<RunFile['systems'][number], 'messages'>;

/**
 * How many seconds wait for their answers before they are summarised: longer than k6's default timeout for a
 * request. An answer that takes longer still is counted; of its second's latencies it can change the maximum only.
 */
const openSeconds = 120;

/** What a run asked one system's API: second by second, period by period, and over its windows. */
export class SystemRecorder {
  readonly #startMs: number;
  readonly #windows: RecordedWindows;
  readonly #toMerge: boolean;
  readonly #periodMs: number | null;
  readonly #seconds = new Map<number, Second>();
  /** The first second whose answers are still to come. */
  #firstOpen = 0;
  /** By the period's number since the epoch. */
  readonly #periods = new Map<number, Latencies>();
  /** As with the seconds. */
  #firstOpenPeriod = 0;
  readonly #hold: StretchRecorder;
  readonly #before: StretchRecorder | null;
  readonly #after: StretchRecorder | null;
  readonly #stretches: readonly StretchRecorder[];
  readonly #iterationsInHold = { intended: 0, dropped: 0 };

  constructor({
    startMs,
    windows,
    periodSeconds,
    toMerge = false,
  }: {
    startMs: number;
    windows: RecordedWindows;
    periodSeconds?: number | undefined;
    toMerge?: boolean | undefined;
  }) {
    this.#toMerge = toMerge;
    const { hold, before, after } = windows;
    this.#startMs = startMs;
    this.#windows = windows;
    this.#periodMs = periodSeconds === undefined ? null : periodSeconds * 1_000;
    if (this.#periodMs !== null) this.#firstOpenPeriod = Math.floor(startMs / this.#periodMs);
    this.#hold = new StretchRecorder(hold);
    this.#before = before ? new StretchRecorder(before) : null;
    this.#after = after ? new StretchRecorder(after) : null;
    this.#stretches = [this.#before, this.#hold, this.#after].filter((stretch) => stretch !== null);
  }

  /** @param dropped whether no user was free to begin them */
  addIterations(intendedMs: number, count: number, dropped: boolean): void {
    const second = this.#secondOf(intendedMs);
    second.intended += count;
    if (dropped) second.dropped += count;
    if (!this.#hold.includes(intendedMs)) return;
    this.#iterationsInHold.intended += count;
    if (dropped) this.#iterationsInHold.dropped += count;
  }

  /** @param failed an answer that was not expected, or a check that does not hold */
  addRequest(sample: RequestSample, failed: boolean): void {
    const { startMs, status } = sample;
    const second = this.#secondOf(startMs);
    second.statuses.set(status, (second.statuses.get(status) ?? 0) + 1);
    second.failedChecks += sample.failedChecks.length;
    if (failed) second.failed += 1;
    const latencyMs = status === 0 ? null : sample.latencyMs;
    for (const stretch of this.#stretches) stretch.add(startMs, latencyMs, failed);
    if (latencyMs === null) return;
    second.latencies.add(latencyMs);
    this.#periodOf(startMs)?.add(latencyMs);
  }

  /** The record of a run that ended at `endMs`. */
  finish(system: string, endMs: number): RequestsRun {
    const { intended, dropped } = this.#iterationsInHold;
    const answered = this.#hold.summary();
    const holdSeconds = secondsSeen(this.#windows.hold, endMs);
    const perSecond = (count: number): number => (holdSeconds > 0 ? count / holdSeconds : 0);
    return {
      system,
      hold: {
        intendedPerSecond: perSecond(intended),
        achievedPerSecond: perSecond(answered.requests),
        droppedIterations: dropped,
        ...answered,
      },
      ...(this.#before ? { before: this.#before.summary() } : {}),
      ...(this.#after ? { after: this.#after.summary() } : {}),
      series: this.#seriesUntil(endMs),
      ...this.#byPeriod(),
    };
  }

  /** What other instances' latencies are put together with. */
  latencies(): Omit<PartFile['latencies'][number], 'system' | 'messages'> {
    return {
      hold: this.#hold.latencies(),
      ...(this.#before ? { before: this.#before.latencies() } : {}),
      ...(this.#after ? { after: this.#after.latencies() } : {}),
      seconds: inOrder(this.#seconds).flatMap(([second, { latencies }]) => {
        const all = latencies.distribution();
        return all === null ? [] : [{ second, latencies: all }];
      }),
      periods: inOrder(this.#periods).map(([period, latencies]) => ({
        start: new Date(period * (this.#periodMs ?? 0)).toISOString(),
        latencies: latencies.distribution(),
      })),
    };
  }

  #byPeriod(): Pick<RequestsRun, 'periods'> {
    const periodMs = this.#periodMs;
    if (periodMs === null) return {};
    const latencies = inOrder(this.#periods).map(([period, each]) => ({
      start: new Date(period * periodMs).toISOString(),
      latencyMs: each.summary(),
    }));
    return { periods: { seconds: periodMs / 1_000, latencies } };
  }

  #seriesUntil(endMs: number): RequestsRun['series'] {
    const statusesOf = sharedStatuses();
    const length = Math.max(
      0,
      Math.ceil((endMs - this.#startMs) / 1_000),
      ...[...this.#seconds.keys()].map((second) => second + 1),
    );
    return Array.from({ length }, (_, index) => {
      const second = this.#seconds.get(index) ?? emptySecond(this.#toMerge);
      const { intended, dropped, failedChecks, failed } = second;
      return {
        second: index,
        intended,
        dropped,
        statuses: statusesOf(second.statuses),
        failedChecks,
        // Left out of most seconds: a long record must fit into one string.
        ...(failed > 0 ? { failed } : {}),
        latencyMs: second.latencies.summary(),
      };
    });
  }

  #secondOf(atMs: number): Second {
    const index = secondAt(this.#startMs, atMs);
    const known = this.#seconds.get(index);
    if (known) return known;
    const empty = emptySecond(this.#toMerge);
    this.#seconds.set(index, empty);
    for (; this.#firstOpen < index - openSeconds; this.#firstOpen += 1) {
      this.#seconds.get(this.#firstOpen)?.latencies.close();
    }
    return empty;
  }

  #periodOf(atMs: number): Latencies | null {
    const periodMs = this.#periodMs;
    if (periodMs === null) return null;
    const index = Math.floor((atMs + hairMs) / periodMs);
    const known = this.#periods.get(index);
    if (known) return known;
    const empty = new Latencies('bounded', this.#toMerge);
    this.#periods.set(index, empty);
    const openFromMs = atMs - openSeconds * 1_000;
    for (; (this.#firstOpenPeriod + 1) * periodMs < openFromMs; this.#firstOpenPeriod += 1) {
      this.#periods.get(this.#firstOpenPeriod)?.close();
    }
    return empty;
  }
}

const inOrder = <T>(map: ReadonlyMap<number, T>): [number, T][] => [...map].toSorted(([a], [b]) => a - b);

/** Seconds that were answered alike share one object: each takes room for all numbers below its keys. */
function sharedStatuses(): (counts: Second['statuses']) => Record<string, number> {
  const known = new Map<string, Record<string, number>>();
  return (counts) => {
    const key = [...counts].join();
    const statuses = known.get(key) ?? Object.fromEntries(counts);
    known.set(key, statuses);
    return statuses;
  };
}
