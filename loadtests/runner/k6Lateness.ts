import { Lateness, type LatenessSummary } from './lateness.ts';
import type { ScenarioOptions } from './options.ts';
import { iterationIn, type Point } from './points.ts';
import { mostUsers, startsOf } from './schedule.ts';
import type { Share } from './share.ts';

/** A scenario whose iterations have times at which they were due. */
interface Paced {
  /** When the next ones were due, in milliseconds since the epoch. */
  due: Iterator<number>;
  startMs: number;
  /** What began, in order: iterations that have ended, and drops. What began before may still come. */
  began: { atMs: number; isDropped: boolean }[];
}

/**
 * How late k6 itself began iterations. It does not say, but each iteration tells when it ended and how long it took, each
 * drop when it was, and both together stand in the order of the schedule, which is known. A k6 that had no room begins
 * what was due in a burst.
 *
 * Asked is what began at least `longestMs` before the newest point: of later ones some may be under way, or have been cut
 * off at the end, and their places in the order are not known. Where an iteration took longer nothing is.
 */
export class K6Lateness {
  readonly #lateness = new Lateness();
  readonly #paced: ReadonlyMap<string, Paced>;
  readonly #longestMs: number;
  #asked = 0;
  #isUnknown = false;

  /**
   * @param startMs of the run, by which the earliest iteration was on time
   * @param longestMs no iteration takes longer
   */
  constructor(
    scenarios: Readonly<Record<string, ScenarioOptions>>,
    share: Share,
    { startMs, longestMs }: { startMs: number; longestMs: number },
  ) {
    this.#longestMs = longestMs;
    this.#paced = new Map(
      Object.entries(scenarios).flatMap(([name, scenario]): [string, Paced][] => {
        const own = share.byUsers(mostUsers(scenario));
        const due = own && startsOf(scenario, own);
        return due ? [[name, { due, startMs: startMs + scenario.startTime, began: [] }]] : [];
      }),
    );
  }

  add(point: Point): void {
    const told = iterationIn(point);
    const paced = told && this.#paced.get(told.scenario);
    if (!paced) return;
    if (told.tookMs > this.#longestMs) this.#isUnknown = true;
    insert(paced.began, { atMs: told.beganMs, isDropped: told.isDropped });
    const knownMs = point.timeMs - this.#longestMs;
    while ((paced.began[0]?.atMs ?? Number.POSITIVE_INFINITY) <= knownMs) this.#ask(paced);
  }

  /** Null where it could not be asked of any. */
  summary(): LatenessSummary | null {
    return this.#isUnknown || this.#asked === 0 ? null : this.#lateness.summary();
  }

  #ask({ due, startMs, began }: Paced): void {
    const first = began.shift();
    const { value, done } = due.next();
    // After the schedule's end k6 counts one more that it drops.
    if (done === true || !first || first.isDropped) return;
    this.#asked += 1;
    this.#lateness.add(first.atMs - startMs - value);
  }
}

/** They come almost in order: what begins first mostly ends first. */
function insert(began: Paced['began'], one: Paced['began'][number]): void {
  let index = began.length;
  while (index > 0 && (began[index - 1]?.atMs ?? 0) > one.atMs) index -= 1;
  began.splice(index, 0, one);
}
