import { K6Lateness } from './k6Lateness.ts';
import type { LatenessSummary } from './lateness.ts';
import type { ScenarioOptions } from './options.ts';
import { iterationIn, type Point } from './points.ts';
import type { Recorder, Totals } from './recorder.ts';
import { firstStartMs, mostUsers } from './schedule.ts';
import type { Share } from './share.ts';

/**
 * How long after the end of the first iteration the run's start is settled, by the points' own clock: longer than the
 * scripts wait for an answer, so that whatever began before that end has told when.
 */
const settleMs = 12_000;

/** By the points' own clock. */
const totalsEveryMs = 5_000;

interface Begun {
  startMs: number;
  recorder: Recorder;
  lateness: K6Lateness;
}

function addTo({ recorder, lateness }: Begun, point: Point): void {
  recorder.add(point);
  lateness.add(point);
}

/**
 * Hands k6's points to the recorder as they come. k6 does not tell when a run started, but the first iteration of each
 * scenario began at a known time after it: what comes before that is known waits here.
 */
export class K6Feed {
  readonly #scenarios: Readonly<Record<string, ScenarioOptions>>;
  readonly #share: Share;
  readonly #recorderFrom: (startMs: number) => Recorder;
  readonly #onTotals: (totals: Readonly<Totals>, elapsedMs: number) => void;
  #nextTotalsMs = 0;
  #waiting: Point[] = [];
  /** When the first iteration of each scenario began. */
  readonly #firstMs = new Map<string, number>();
  #settledMs = Number.POSITIVE_INFINITY;
  #begun: Begun | null = null;

  /** @param onTotals told how far the run has come, every five seconds once its start is known */
  constructor(
    scenarios: Readonly<Record<string, ScenarioOptions>>,
    share: Share,
    recorderFrom: (startMs: number) => Recorder,
    onTotals: (totals: Readonly<Totals>, elapsedMs: number) => void = () => undefined,
  ) {
    this.#scenarios = scenarios;
    this.#share = share;
    this.#recorderFrom = recorderFrom;
    this.#onTotals = onTotals;
  }

  add(point: Point): void {
    if (this.#begun) addTo(this.#begun, point);
    else this.#wait(point);
    if (this.#begun) this.#tellTotals(this.#begun, point.timeMs);
  }

  #wait(point: Point): void {
    this.#waiting.push(point);
    this.#noteIteration(point);
    if (point.timeMs > this.#settledMs) this.#begin(this.#startMs() ?? point.timeMs);
  }

  #tellTotals({ startMs, recorder }: Begun, atMs: number): void {
    if (atMs < this.#nextTotalsMs) return;
    this.#onTotals(recorder.totals, atMs - startMs);
    this.#nextTotalsMs = atMs + totalsEveryMs;
  }

  /**
   * After the last point.
   * @param elseMs the run's start where no iteration tells it
   * @returns whether any iteration ran, too, and how late they began; null where that cannot be told
   */
  finish(elseMs: number): {
    startMs: number;
    recorder: Recorder;
    ran: boolean;
    lateness: LatenessSummary | null;
  } {
    const { startMs, recorder, lateness } = this.#begun ?? this.#begin(this.#startMs() ?? elseMs);
    return { startMs, recorder, ran: this.#firstMs.size > 0, lateness: lateness.summary() };
  }

  #begin(startMs: number): Begun {
    const recorder = this.#recorderFrom(startMs);
    const lateness = new K6Lateness(this.#scenarios, this.#share, { startMs, longestMs: settleMs });
    const begun = { startMs, recorder, lateness };
    for (const point of this.#waiting) addTo(begun, point);
    this.#waiting = [];
    return (this.#begun = begun);
  }

  #noteIteration(point: Point): void {
    const told = iterationIn(point);
    if (!told) return;
    const { scenario, beganMs } = told;
    this.#firstMs.set(scenario, Math.min(beganMs, this.#firstMs.get(scenario) ?? Number.POSITIVE_INFINITY));
    this.#settledMs = Math.min(this.#settledMs, point.timeMs + settleMs);
  }

  /** In whole milliseconds since the epoch; null without any iteration. */
  #startMs(): number | null {
    const starts = [...this.#firstMs].flatMap(([name, startMs]) => {
      const scenario = this.#scenarios[name];
      // Of an executor that is not known: it begins with the run.
      if (!scenario) return [startMs];
      const own = this.#share.byUsers(mostUsers(scenario));
      if (!own) return [];
      return [startMs - scenario.startTime - (firstStartMs(scenario, own) ?? 0)];
    });
    return starts.length === 0 ? null : Math.floor(Math.min(...starts));
  }
}
