import uPlot from 'uplot';
import type { LineView, SeriesValues } from '../wire.ts';
import { ask } from './feed.ts';

/** The newest periods may still change: they are asked for again. */
const settlingPeriods = 6;

/** A dashboard's series over the range that is shown; what is already here is not asked for twice. */
export class SeriesBuffer {
  readonly #dashboard: string;
  #series: SeriesValues[] = [];
  #coveredFromMs = Infinity;
  #revision = 0;

  /** Another one whenever there is something else to draw. */
  get revision(): number {
    return this.#revision;
  }

  constructor(dashboard: string) {
    this.#dashboard = dashboard;
  }

  /** @throws Error when the stage has no answer. */
  async load(fromMs: number, toMs: number): Promise<void> {
    const settled = this.#settledUntil();
    const continues = this.#coveredFromMs <= fromMs && settled >= fromMs;
    const askFrom = continues ? Math.min(settled, toMs) : fromMs;
    const query = new URLSearchParams({
      dashboard: this.#dashboard,
      from: String(Math.floor(askFrom)),
      to: String(Math.ceil(toMs)),
    });
    const answer = await ask<SeriesValues[]>(`/api/series?${query.toString()}`);
    if (answer === null) throw new Error(`the stage has no dashboard "${this.#dashboard}"`);
    const series = continues
      ? answer.map((newer, index) => joined(this.#series[index], newer, fromMs))
      : answer;
    if (!continues || series.some((one, index) => !isSame(one, this.#series[index]))) this.#revision += 1;
    this.#series = series;
    this.#coveredFromMs = fromMs;
  }

  /** Times in seconds and the values of lines, aligned. */
  data(lines: readonly LineView[]): uPlot.AlignedData {
    const own = lines.map(({ series }) => this.#series[series]);
    const periods = new Set(own.map((one) => `${one?.startMs} ${one?.periodMs}`));
    if (periods.size === 1 && own[0]) {
      return [timesOf(own[0]), ...own.map((one) => one?.values ?? [])];
    }
    return uPlot.join(own.map((one) => (one ? [timesOf(one), one.values] : [[], []])));
  }

  #settledUntil(): number {
    const ends = this.#series.map(
      ({ startMs, periodMs, values }) => startMs + (values.length - settlingPeriods) * periodMs,
    );
    return Math.min(...ends);
  }
}

const timesOf = ({ startMs, periodMs, values }: SeriesValues): number[] =>
  values.map((_, index) => (startMs + index * periodMs) / 1_000);

/** Only the end can have changed. */
function isSame(one: SeriesValues, other: SeriesValues | undefined): boolean {
  if (other?.startMs !== one.startMs || other.values.length !== one.values.length) return false;
  const tail = -2 * settlingPeriods;
  const before = other.values.slice(tail);
  return one.values.slice(tail).every((value, index) => value === before[index]);
}

function joined(older: SeriesValues | undefined, newer: SeriesValues, fromMs: number): SeriesValues {
  if (!older || newer.startMs < older.startMs) return newer;
  const { periodMs } = newer;
  const kept = older.values.slice(0, (newer.startMs - older.startMs) / periodMs);
  const outdated = Math.max(0, Math.floor((fromMs - older.startMs) / periodMs));
  return {
    startMs: older.startMs + outdated * periodMs,
    periodMs,
    values: [...kept, ...newer.values].slice(outdated),
  };
}
