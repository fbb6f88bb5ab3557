import { limits } from '../../monitoring/limits.ts';
import { isSignal } from '../../monitoring/signals.ts';
import { aboutRun } from '../../records/aboutRun.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import type { BreakpointFile, BreakpointSystem, ClimbPeriod, Crossing } from '../../records/breakpoint.ts';
import { parseMetricName } from '../runner/thresholds.ts';
import { climbPeriods } from './climbPeriods.ts';
import { firstOver } from './firstOver.ts';
import { rate } from './foretold.ts';
import { questionsOf } from './questions.ts';
import { droppedOf, doubtsOf, sentenceOf } from './runDoubts.ts';
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
  /** Whether nothing was published of it since nothing used it, as far as the run tells. */
  mayBeSilent: boolean;
}

/** At which rate the first limit gave way. The same input always gives the same answer. */
export function breakpointOf(input: BreakpointInput): BreakpointFile {
  const { run, periodSeconds, answeredAtMs } = input;
  const doubt = ownDoubtOf(run);
  const systems = input.systems.map((system) => systemBreakpoint(input, system, doubt));
  return {
    schemaVersion: 1,
    ...aboutRun(run, placeOfAll(run.place, input.place)),
    answeredAt: new Date(answeredAtMs).toISOString(),
    configurationHash: run.configurationHash,
    periodSeconds,
    ...overall(systems, run),
    systems,
  };
}

/** The crossing that came first, over all systems; of several in one period what may be the others' cause. */
export function firstCrossing(
  systems: readonly BreakpointSystem[],
): { system: string; crossing: Crossing } | undefined {
  return systems
    .flatMap(({ system, crossings }) => crossings.slice(0, 1).map((crossing) => ({ system, crossing })))
    .toSorted((a, b) => earlierThenCause(a.crossing, b.crossing))[0];
}

function overall(
  systems: readonly BreakpointSystem[],
  { endedEarly }: RunFile,
): Pick<BreakpointFile, 'answer' | 'reason'> {
  const doubtful = systems.find(({ answer }) => answer === 'inconclusive');
  if (doubtful) return { answer: 'inconclusive', reason: `${doubtful.system}: ${doubtful.reason}` };
  if (systems.length === 0) return { answer: 'inconclusive', reason: 'The run loaded no system.' };
  const first = firstCrossing(systems);
  if (!first && endedEarly !== undefined) {
    return {
      answer: 'inconclusive',
      reason: `${endedEarly}, but no period shows it now that everything is measured.`,
    };
  }
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
  const asked = limitsOf(system, run, periodSeconds);
  const crossings = asked.flatMap((limit) => crossingOf(limit, periods) ?? []).toSorted(earlierThenCause);
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

/** Every signal's limit, and the run's own. */
function limitsOf(system: JudgedSystem, run: RunFile, periodSeconds: number): Limit[] {
  const sent = run.systems.find((candidate) => candidate.system === system.system)?.messages;
  const signals = questionsOf(system, periodSeconds).filter(({ id }) => isSignal(id));
  return [
    ...signals.map(({ id, limit, load }): Limit => ({
      signal: id,
      limit,
      unit: 'percent',
      mayBeSilent: load === 'messages' && (sent?.hold.acknowledged ?? 0) === 0,
    })),
    ...ownLimits,
  ];
}

const ownLimits: readonly Limit[] = [
  { signal: 'apiThrottle', limit: limits.errorRatePercent, unit: 'percent', mayBeSilent: false },
  { signal: 'failedRequests', limit: limits.errorRatePercent, unit: 'percent', mayBeSilent: false },
  { signal: 'latencyP99', limit: limits.latencyP99Ms, unit: 'milliseconds', mayBeSilent: false },
];

/** The first period from which a signal is over its limit for as long as it takes. */
function crossingOf({ signal, limit, unit }: Limit, periods: readonly ClimbPeriod[]): Crossing | undefined {
  const known = periods.flatMap((period) => {
    const value = period.values[signal] ?? null;
    return value === null ? [] : [{ period, value }];
  });
  const index = firstOver(
    known.map(({ value }) => value),
    limit,
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

/** What users feel of a resource that is used up: in the same period, its consequence. */
const symptoms: ReadonlySet<string> = new Set(['errorRate', 'failedRequests', 'latencyP99']);

/** The earlier; of one period a cause before a symptom, and then the farther over its limit. */
const earlierThenCause = (a: Crossing, b: Crossing): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  Number(symptoms.has(a.signal)) - Number(symptoms.has(b.signal)) ||
  b.value / b.limit - a.value / a.limit;

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
    ({ signal, mayBeSilent }) =>
      !mayBeSilent &&
      !periods.some(({ start, values }) => start >= needed && (values[signal] ?? null) !== null),
  );
  if (silent.length === 0) return null;
  const names = silent.map(({ signal }) => signal).join(', ');
  return `There is no data for ${names} ${first ? 'at the first crossing' : 'at the end of the climb'}.`;
}

/** Why the run cannot be trusted, whatever it measured, as a sentence. */
function ownDoubtOf(run: RunFile): string | null {
  const { own } = doubtsOf(run);
  return own === null ? null : sentenceOf(own);
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
  const { incomplete } = doubtsOf(run);
  return incomplete === null ? droppedIn(seriesOf(run, system)) : sentenceOf(incomplete);
}

type Series = RunFile['systems'][number]['series'];

const seriesOf = (run: RunFile, system: string): Series =>
  run.systems.find((candidate) => candidate.system === system)?.series ?? [];

function droppedIn(series: Series): string | null {
  const doubt = droppedOf(series).notOffered;
  return doubt === null ? null : sentenceOf(doubt);
}

/** One sentence: which limit, at which rate, and what was seen before it. */
function crossingInWords({ signal, perSecond, value, limit, unit, before }: Crossing): string {
  const inUnit = (number: number): string =>
    unit === 'percent' ? `${short(number)} %` : `${Math.round(number)} ms`;
  if (signal === 'apiThrottle') {
    return (
      `the API's throttle rejected ${inUnit(value)} of ${rate(perSecond)} requests a second` +
      `${before ? `, at ${rate(before.perSecond)} ${inUnit(before.value)}` : ''}: that is the limit here, and ` +
      'the system itself carries more.'
    );
  }
  return (
    `${signal} crossed its limit of ${inUnit(limit)} at ${rate(perSecond)} requests a second (${inUnit(value)}); ` +
    (before ? `at ${rate(before.perSecond)} it was ${inUnit(before.value)}.` : 'it had never been below it.')
  );
}

const short = (value: number): string => String(Math.round(value * 10) / 10);
