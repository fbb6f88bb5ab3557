import type { RunFile } from '../../records/run.ts';
import { Histogram } from './histogram.ts';
import { latencySummary } from './latencySummary.ts';
import type { RequestSample } from './requests.ts';
import { addLatency, emptySecond, summaryOf, type Second } from './second.ts';
import type { Window } from './window.ts';

type SystemRun = RunFile['systems'][number];

/**
 * How many seconds wait for their answers before they are summarised: longer than k6's default timeout for a
 * request. An answer that takes longer still is counted; of its second's latencies it can change the maximum only.
 */
const openSeconds = 120;

/** Sums of floating milliseconds miss a boundary by a hair: so many milliseconds are close enough. */
const hairMs = 0.01;

/** What a run did to one system: second by second, and over the hold. */
export class SystemRecorder {
  readonly #startMs: number;
  readonly #hold: Window;
  readonly #seconds = new Map<number, Second>();
  /** The first second whose answers are still to come. */
  #firstOpen = 0;
  readonly #inHold = { intended: 0, requests: 0, failed: 0, dropped: 0, latencies: new Histogram() };

  constructor({ startMs, hold }: { startMs: number; hold: Window }) {
    this.#startMs = startMs;
    this.#hold = hold;
  }

  /** @param dropped whether no user was free to begin them */
  addIterations(intendedMs: number, count: number, dropped: boolean): void {
    const second = this.#secondOf(intendedMs);
    second.intended += count;
    if (dropped) second.dropped += count;
    if (!this.#isInHold(intendedMs)) return;
    this.#inHold.intended += count;
    if (dropped) this.#inHold.dropped += count;
  }

  /** @param failed an answer that was not expected, or a check that does not hold */
  addRequest(sample: RequestSample, failed: boolean): void {
    const second = this.#secondOf(sample.startMs);
    second.statuses.set(sample.status, (second.statuses.get(sample.status) ?? 0) + 1);
    second.failedChecks += sample.failedChecks.length;
    if (failed) second.failed += 1;
    const answered = sample.status !== 0;
    if (answered) addLatency(second, sample.latencyMs);
    if (!this.#isInHold(sample.startMs)) return;
    this.#inHold.requests += 1;
    if (failed) this.#inHold.failed += 1;
    if (answered) this.#inHold.latencies.add(sample.latencyMs);
  }

  /** The record of a run that ended at `endMs`. */
  finish(system: string, endMs: number): SystemRun {
    const { intended, requests, failed, dropped, latencies } = this.#inHold;
    const holdSeconds = Math.max(0, Math.min(this.#hold.endMs, endMs) - this.#hold.startMs) / 1_000;
    const perSecond = (count: number): number => (holdSeconds > 0 ? count / holdSeconds : 0);
    return {
      system,
      hold: {
        intendedPerSecond: perSecond(intended),
        achievedPerSecond: perSecond(requests),
        requests,
        failed,
        droppedIterations: dropped,
        latencyMs: latencySummary(latencies),
      },
      series: this.#seriesUntil(endMs),
    };
  }

  #seriesUntil(endMs: number): SystemRun['series'] {
    const statusesOf = sharedStatuses();
    const length = Math.max(
      0,
      Math.ceil((endMs - this.#startMs) / 1_000),
      ...[...this.#seconds.keys()].map((second) => second + 1),
    );
    return Array.from({ length }, (_, index) => {
      const second = this.#seconds.get(index) ?? emptySecond();
      const { intended, dropped, failedChecks, failed } = second;
      return {
        second: index,
        intended,
        dropped,
        statuses: statusesOf(second.statuses),
        failedChecks,
        // Left out of most seconds: a long record must fit into one string.
        ...(failed > 0 ? { failed } : {}),
        latencyMs: summaryOf(second),
      };
    });
  }

  #isInHold(ms: number): boolean {
    return ms + hairMs >= this.#hold.startMs && ms + hairMs < this.#hold.endMs;
  }

  #secondOf(atMs: number): Second {
    const index = Math.max(0, Math.floor((atMs - this.#startMs + hairMs) / 1_000));
    const known = this.#seconds.get(index);
    if (known) return known;
    const empty = emptySecond();
    this.#seconds.set(index, empty);
    for (; this.#firstOpen < index - openSeconds; this.#firstOpen += 1) {
      const over = this.#seconds.get(this.#firstOpen);
      if (over) over.latencies = summaryOf(over);
    }
    return empty;
  }
}

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
