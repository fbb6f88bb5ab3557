import { limits } from '../../monitoring/limits.ts';
import { signalsOf } from '../../monitoring/signals.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import type { BreakpointFile, BreakpointSystem, ClimbPeriod, Crossing } from '../../records/breakpoint.ts';
import { doubtsOf } from './runDoubts.ts';
import { parseMetricName } from '../runner/thresholds.ts';
import { climbPeriods } from './climbPeriods.ts';
import type { JudgedSystem, MetricValues } from './judge.ts';

export interface BreakpointInput {
  run: RunFile;
  /** The systems that the run loaded. */
  systems: readonly JudgedSystem[];
  periodSeconds: number;
  metrics: MetricValues;
  /** Where they were read. */
  place: Place;
  answeredAtMs: number;
}

/** What a signal is held against. */
interface Limit {
  signal: string;
  limit: number;
  unit: Crossing['unit'];
}

/** At which rate the first limit gave way. The same input always gives the same answer. */
export function breakpointOf(input: BreakpointInput): BreakpointFile {
  const { run, periodSeconds, answeredAtMs } = input;
  const doubt = ownDoubtOf(run);
  const place = placeOfAll(run.place, input.place);
  const systems = input.systems.map((system) => systemBreakpoint(input, system, doubt));
  return {
    schemaVersion: 1,
    runId: run.runId,
    stage: run.stage,
    place,
    rehearsal: place === 'local',
    answeredAt: new Date(answeredAtMs).toISOString(),
    configurationHash: run.configurationHash,
    periodSeconds,
    ...overall(systems),
    systems,
  };
}

/** The crossing that came first, over all systems; of several in one period the one farthest over its limit. */
export function firstCrossing(
  systems: readonly BreakpointSystem[],
): { system: string; crossing: Crossing } | undefined {
  return systems
    .flatMap(({ system, crossings }) => crossings.slice(0, 1).map((crossing) => ({ system, crossing })))
    .toSorted((a, b) => earlierThenFarther(a.crossing, b.crossing))[0];
}

function overall(systems: readonly BreakpointSystem[]): Pick<BreakpointFile, 'answer' | 'reason'> {
  const doubtful = systems.find(({ answer }) => answer === 'inconclusive');
  if (doubtful) return { answer: 'inconclusive', reason: `${doubtful.system}: ${doubtful.reason}` };
  if (systems.length === 0) return { answer: 'inconclusive', reason: 'The run loaded no system.' };
  const first = firstCrossing(systems);
  if (!first) return { answer: 'notCrossed', reason: 'No limit was crossed by any system.' };
  return { answer: 'crossed', reason: `${first.system}: ${crossingInWords(first.crossing)}` };
}

function systemBreakpoint(
  input: BreakpointInput,
  system: JudgedSystem,
  doubt: string | null,
): BreakpointSystem {
  const { run, periodSeconds, metrics } = input;
  const periods = climbPeriods(run, system, metrics, periodSeconds);
  const asked = limitsOf(system, periodSeconds);
  const crossings = asked.flatMap((limit) => crossingOf(limit, periods) ?? []).toSorted(earlierThenFarther);
  const [first] = crossings;
  const seenPerSecond = Math.max(0, ...periods.map(({ perSecond }) => perSecond));
  const problem =
    doubt ??
    unknownBefore(asked, periods, first, periodSeconds) ??
    (first ? notOffered(run, system.system, first) : withoutCrossing(run, system.system));
  return {
    system: system.system,
    answer: problem !== null ? 'inconclusive' : first ? 'crossed' : 'notCrossed',
    reason:
      problem ??
      (first
        ? crossingInWords(first)
        : `No limit was crossed up to ${rate(seenPerSecond)} requests a second.`),
    seenPerSecond,
    crossings,
    periods,
  };
}

/** Every signal's limit, and the run's own two. */
const limitsOf = (system: JudgedSystem, periodSeconds: number): Limit[] => [
  ...Object.values(signalsOf(system, periodSeconds)).map(({ id, limit, unit }): Limit => ({
    signal: id,
    limit,
    unit,
  })),
  { signal: 'failedRequests', limit: limits.errorRatePercent, unit: 'percent' },
  { signal: 'latencyP99', limit: limits.latencyP99Ms, unit: 'milliseconds' },
];

/**
 * The first period from which a signal is at or over its limit in as many periods in a row as it takes; of
 * fewer where the climb, or what is known of it, ends over the limit.
 */
function crossingOf({ signal, limit, unit }: Limit, periods: readonly ClimbPeriod[]): Crossing | undefined {
  const known = periods.flatMap((period) => {
    const value = period.values[signal] ?? null;
    return value === null ? [] : [{ period, value }];
  });
  const index = known.findIndex((_, from) =>
    known.slice(from, from + limits.breakpoint.periodsToCross).every(({ value }) => value >= limit),
  );
  const found = known[index];
  if (!found) return undefined;
  const before = known.slice(0, index).findLast(({ value }) => value < limit);
  return {
    signal,
    at: found.period.start,
    perSecond: found.period.perSecond,
    intendedPerSecond: found.period.intendedPerSecond,
    value: found.value,
    limit,
    unit,
    before: before ? { perSecond: before.period.perSecond, value: before.value } : null,
  };
}

const earlierThenFarther = (a: Crossing, b: Crossing): number =>
  Date.parse(a.at) - Date.parse(b.at) || b.value / b.limit - a.value / a.limit;

/**
 * A signal that falls silent before the first crossing may have crossed its limit earlier. A gap before a value
 * below the limit hides nothing: the load only grew.
 */
function unknownBefore(
  asked: readonly Limit[],
  periods: readonly ClimbPeriod[],
  first: Crossing | undefined,
  periodSeconds: number,
): string | null {
  const last = periods.findLast(({ whole }) => whole);
  if (!last) {
    return `The climb has no whole period of ${periodSeconds} s: climb for longer (--ramp).`;
  }
  const needed = first && first.at < last.start ? first.at : last.start;
  const silent = asked.filter(
    ({ signal }) =>
      !periods.some(({ start, values }) => start >= needed && (values[signal] ?? null) !== null),
  );
  if (silent.length === 0) return null;
  const names = silent.map(({ signal }) => signal).join(', ');
  return `There is no data of ${names} ${first ? 'at the first crossing' : 'at the end of the climb'}.`;
}

/** Why the run cannot be trusted, whatever it measured, as a sentence. */
function ownDoubtOf(run: RunFile): string | null {
  const { own } = doubtsOf(run);
  return own === null ? null : `${own.charAt(0).toUpperCase()}${own.slice(1)}.`;
}

/** Iterations that were dropped before the crossing: the load it is said to have crossed at was not offered. */
function notOffered(run: RunFile, system: string, { at }: Crossing): string | null {
  const runStartMs = Date.parse(run.windows.run.start);
  const before = seriesOf(run, system).filter(({ second }) => runStartMs + second * 1_000 < Date.parse(at));
  return droppedIn(before);
}

/** Why it is not known either that nothing was crossed. */
function withoutCrossing(run: RunFile, system: string): string | null {
  if (run.abortedBy) {
    const { metric, expression } = run.abortedBy;
    // Another system's threshold ends the climb of all: this one has crossed nothing so far.
    return parseMetricName(metric).tags['system'] === system
      ? `The threshold ${metric}: ${expression} ended the run, but no period shows a limit crossed.`
      : droppedIn(seriesOf(run, system));
  }
  if (!run.complete) return `The run is not complete: ${run.reason ?? 'no reason was recorded'}.`;
  return droppedIn(seriesOf(run, system));
}

type Series = RunFile['systems'][number]['series'];

const seriesOf = (run: RunFile, system: string): Series =>
  run.systems.find((candidate) => candidate.system === system)?.series ?? [];

const sumOf = (series: Series, of: 'intended' | 'dropped'): number =>
  series.reduce((sum, second) => sum + second[of], 0);

const tooMany = (count: number, of: number): boolean =>
  of > 0 && (count / of) * 100 >= limits.generator.droppedPercent;

function droppedIn(series: Series): string | null {
  const dropped = sumOf(series, 'dropped');
  const intended = sumOf(series, 'intended');
  return tooMany(dropped, intended)
    ? `${dropped} of ${intended} iterations were dropped: the intended load was not offered.`
    : null;
}

/** One sentence: which limit, at which rate, and what was seen before it. */
function crossingInWords({ signal, perSecond, value, limit, unit, before }: Crossing): string {
  const inUnit = (number: number): string =>
    unit === 'percent' ? `${short(number)} %` : `${Math.round(number)} ms`;
  return (
    `${signal} crossed its limit of ${inUnit(limit)} at ${rate(perSecond)} requests a second (${inUnit(value)}); ` +
    (before
      ? `at ${rate(before.perSecond)} it was ${inUnit(before.value)}.`
      : 'it was never below it before.')
  );
}

const short = (value: number): string => String(Math.round(value * 10) / 10);
const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 10 ? 1 : 0);
