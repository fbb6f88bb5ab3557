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
  readonly #seriesSeconds: number;
  /** What the series tells, by its place there. */
  readonly #series = new Map<number, Second>();
  /** The first of them whose answers are still to come. */
  #firstOpen = 0;
  /** By the period's number since the epoch. */
  readonly #periods = new Map<number, Latencies>();
  /** Requests, in the same way. */
  readonly #requestsByPeriod = new Map<number, number>();
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
    seriesSeconds = 1,
    toMerge = false,
  }: {
    startMs: number;
    windows: RecordedWindows;
    periodSeconds?: number | undefined;
    seriesSeconds?: number | undefined;
    toMerge?: boolean | undefined;
  }) {
    this.#toMerge = toMerge;
    this.#seriesSeconds = seriesSeconds;
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
    countIn(second.statuses, status);
    second.failedChecks += sample.failedChecks.length;
    if (failed) second.failed += 1;
    const latencyMs = status === 0 ? null : sample.latencyMs;
    for (const stretch of this.#stretches) stretch.add(startMs, latencyMs, failed);
    const period = this.#periodAt(startMs);
    if (period !== null) {
      this.#requestsByPeriod.set(period, (this.#requestsByPeriod.get(period) ?? 0) + 1);
    }
    if (latencyMs === null) return;
    second.latencies.add(latencyMs);
    if (period !== null) this.#latenciesOf(period, startMs).add(latencyMs);
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
      seconds: inOrder(this.#series).flatMap(([index, { latencies }]) => {
        const all = latencies.distribution();
        return all === null ? [] : [{ second: index * this.#seriesSeconds, latencies: all }];
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
    const startOf = (period: number): string => new Date(period * periodMs).toISOString();
    const latencies = inOrder(this.#periods).map(([period, each]) => ({
      start: startOf(period),
      latencyMs: each.summary(),
    }));
    const requests = inOrder(this.#requestsByPeriod).map(([period, count]) => ({
      start: startOf(period),
      count,
    }));
    return { periods: { seconds: periodMs / 1_000, latencies, requests } };
  }

  #seriesUntil(endMs: number): RequestsRun['series'] {
    const statusesOf = sharedStatuses();
    let length = Math.max(0, Math.ceil((endMs - this.#startMs) / 1_000 / this.#seriesSeconds));
    for (const index of this.#series.keys()) length = Math.max(length, index + 1);
    return Array.from({ length }, (_, index) => {
      const second = this.#series.get(index) ?? emptySecond(this.#toMerge);
      const { intended, dropped, failedChecks, failed } = second;
      return {
        second: index * this.#seriesSeconds,
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
    const at = secondAt(this.#startMs, atMs);
    const index = Math.floor(at / this.#seriesSeconds);
    const known = this.#series.get(index);
    if (known) return known;
    const empty = emptySecond(this.#toMerge);
    this.#series.set(index, empty);
    for (; (this.#firstOpen + 1) * this.#seriesSeconds <= at - openSeconds; this.#firstOpen += 1) {
      this.#series.get(this.#firstOpen)?.latencies.close();
    }
    return empty;
  }

  /** Null where the stage's periods are not known. */
  #periodAt(atMs: number): number | null {
    return this.#periodMs === null ? null : Math.floor((atMs + hairMs) / this.#periodMs);
  }

  #latenciesOf(period: number, atMs: number): Latencies {
    const known = this.#periods.get(period);
    if (known) return known;
    const empty = new Latencies('bounded', this.#toMerge);
    this.#periods.set(period, empty);
    const openFromMs = atMs - openSeconds * 1_000;
    const endOf = (index: number): number => (index + 1) * (this.#periodMs ?? 0);
    for (; endOf(this.#firstOpenPeriod) < openFromMs; this.#firstOpenPeriod += 1) {
      this.#periods.get(this.#firstOpenPeriod)?.close();
    }
    return empty;
  }
}

function countIn(statuses: Second['statuses'], status: number): void {
  const known = statuses.find(([one]) => one === status);
  if (known) known[1] += 1;
  else statuses.push([status, 1]);
}

const inOrder = <T>(map: ReadonlyMap<number, T>): [number, T][] => [...map].toSorted(([a], [b]) => a - b);

/** Seconds that were answered alike share one object: each takes room for all numbers below its keys. */
function sharedStatuses(): (counts: Second['statuses']) => Record<string, number> {
  const known = new Map<string, Record<string, number>>();
  return (counts) => {
    const key = counts.join();
    const statuses = known.get(key) ?? Object.fromEntries(counts);
    known.set(key, statuses);
    return statuses;
  };
}
