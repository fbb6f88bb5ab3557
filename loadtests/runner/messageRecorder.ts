import type { Distribution } from '../../records/distribution.ts';
import type { RunFile } from '../../records/run.ts';
import { gapsIn, idsIn, IdRanges } from '../messages/idRanges.ts';
import { Latencies } from './latencies.ts';
import type { Publication } from './publications.ts';
import type { Share } from './share.ts';
import { isWithin, secondAt, secondsSeen, type Window } from './window.ts';

type Messages = NonNullable<RunFile['systems'][number]['messages']>;

interface Counts {
  intended: number;
  dropped: number;
  acknowledged: number;
  failed: number;
  unresolved: number;
}

const noCounts = (): Counts => ({ intended: 0, dropped: 0, acknowledged: 0, failed: 0, unresolved: 0 });

/** What a run published to one system's topic: second by second, and over the hold. */
export class MessageRecorder {
  readonly #startMs: number;
  readonly #hold: Window;
  readonly #firstId: number;
  readonly #share: Share;
  readonly #seriesSeconds: number;
  /** What the series tells, by the first second of each. */
  readonly #series = new Map<number, Counts>();
  readonly #inHold = { ...noCounts(), latencies: new Latencies('bounded') };
  readonly #acknowledged = new IdRanges();
  /** Those whose end is known. */
  readonly #resolved = new IdRanges();
  #batchSize = 1;
  #lastId = 0;

  /**
   * @param firstId of the run's messages
   * @param seriesSeconds how many seconds each entry of the series tells of together
   * @param share the iterations that this process has of all that publish to the topic
   */
  constructor({
    startMs,
    hold,
    firstId,
    share,
    seriesSeconds = 1,
  }: {
    startMs: number;
    hold: Window;
    seriesSeconds?: number | undefined;
    firstId: number;
    share: Share;
  }) {
    this.#share = share;
    this.#seriesSeconds = seriesSeconds;
    this.#startMs = startMs;
    this.#hold = hold;
    this.#firstId = firstId;
  }

  /**
   * @param batchSize messages that each of the iterations was to publish
   * @param dropped whether no user was free to begin them
   */
  addIterations(intendedMs: number, count: number, batchSize: number, dropped: boolean): void {
    this.#batchSize = batchSize;
    this.#count(intendedMs, 'intended', count * batchSize);
    if (dropped) this.#count(intendedMs, 'dropped', count * batchSize);
  }

  add({ startMs, latencyMs, status, messages }: Publication): void {
    if (status !== 0 && isWithin(this.#hold, startMs)) this.#inHold.latencies.add(latencyMs);
    for (const { id, outcome } of messages) {
      this.#count(startMs, outcome, 1);
      this.#lastId = Math.max(this.#lastId, id);
      if (outcome === 'acknowledged') this.#acknowledged.add(id);
      if (outcome !== 'unresolved') this.#resolved.add(id);
    }
  }

  /** The record of a run that ended at `endMs`; undefined where it sent no messages. */
  finish(endMs: number): Messages | undefined {
    if (this.#series.size === 0) return undefined;
    const { intended, latencies, ...counts } = this.#inHold;
    const seconds = secondsSeen(this.#hold, endMs);
    const perSecond = (count: number): number => (seconds > 0 ? count / seconds : 0);
    return {
      batchSize: this.#batchSize,
      hold: {
        intendedPerSecond: perSecond(intended),
        achievedPerSecond: perSecond(counts.acknowledged),
        ...counts,
        latencyMs: latencies.summary(),
      },
      acknowledgedIds: this.#acknowledged.ranges(),
      unresolvedIds: this.#unresolved(),
      series: [...this.#series]
        .sort(([a], [b]) => a - b)
        .map(([second, { intended: due, ...rest }]) => ({ second, intended: due, ...present(rest) })),
    };
  }

  /** Of the calls in the hold that were answered; null without any. */
  latencies(): Distribution | null {
    return this.#inHold.latencies.distribution();
  }

  /** Ids are given in order: what is missing was under way when k6 gave its iteration up, and left no word. */
  #unresolved(): Messages['unresolvedIds'] {
    const upTo = { first: this.#lastId + 1, last: this.#lastId + 1 };
    if (this.#lastId === 0) return [];
    const gaps = gapsIn(this.#firstId, [...this.#resolved.ranges(), upTo]);
    if (this.#share.isWhole) return gaps;
    // Between its own are those of other instances, which answer for them.
    const own = new IdRanges();
    for (const id of idsIn(gaps)) {
      if (this.#share.has(Math.floor((id - this.#firstId) / this.#batchSize))) own.add(id);
    }
    return own.ranges();
  }

  #count(atMs: number, of: keyof Counts, count: number): void {
    const at = secondAt(this.#startMs, atMs);
    const second = at - (at % this.#seriesSeconds);
    const counts = this.#series.get(second) ?? noCounts();
    this.#series.set(second, counts);
    counts[of] += count;
    if (isWithin(this.#hold, atMs)) this.#inHold[of] += count;
  }
}

/** Most of a second's counts are 0: a long record must fit into one string. */
const present = ({
  dropped,
  acknowledged,
  failed,
  unresolved,
}: Omit<Counts, 'intended'>): Partial<Omit<Counts, 'intended'>> => ({
  ...(dropped > 0 ? { dropped } : {}),
  ...(acknowledged > 0 ? { acknowledged } : {}),
  ...(failed > 0 ? { failed } : {}),
  ...(unresolved > 0 ? { unresolved } : {}),
});
