import { mean } from '../../core/statistics.ts';
import { limits } from '../../monitoring/limits.ts';
import { aboutRun } from '../../records/aboutRun.ts';
import type { Compared, ComparedHeadroom, ComparisonFile } from '../../records/comparison.ts';
import { countOfSystems } from '../../records/drillScope.ts';
import { placeOfAll } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import type { SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';
import { doubtsOf } from '../gate/runDoubts.ts';
import { differenceOf, type Difference } from './difference.ts';
import { measuresOf, type Measured } from './measures.ts';
import { refuseIncomparable, sharedSystems } from './notComparable.ts';

/** A run, and what the gate said of it; null where it was not judged. */
export interface JudgedRun {
  run: RunFile;
  verdict: VerdictFile | null;
}

/**
 * What a run has to tell of an earlier one: each figure of their holds, what is a difference and what is within the
 * spread of both, and whether anything is worse beyond a bound. It says that the runs differ, not why: two runs of the
 * same release differ too where the machine, the neighbours or the data do.
 *
 * All figures are asked at once, so that a difference is called one by the step-up rule of Benjamini and Hochberg
 * (Journal of the Royal Statistical Society B 57(1), 1995): of two runs that are alike, one comparison in twenty at most
 * calls anything different, however many systems there are.
 * @throws NotComparableError naming what keeps the runs from being compared
 */
export function compareRuns(
  baseline: JudgedRun,
  { run, verdict }: JudgedRun,
  { regressionPercent, comparedAtMs }: { regressionPercent: number; comparedAtMs: number },
): ComparisonFile {
  refuseIncomparable(baseline.run, run);
  const found = differences(measuresOf(baseline.run, baseline.verdict), measuresOf(run, verdict));
  const surely = surelyDifferent(found.map(({ difference }) => difference.chance));
  const compared = found.map((one, index) => comparedOf(one, surely.has(index), regressionPercent));
  const headroom = headroomOf(baseline.verdict, verdict, regressionPercent);
  const doubt = doubtOf(baseline.run, 'the baseline') ?? doubtOf(run, 'the run');
  return {
    schemaVersion: 1,
    ...aboutRun(run, placeOfAll(run.place, verdict?.place ?? run.place)),
    comparedAt: new Date(comparedAtMs).toISOString(),
    baseline: {
      runId: baseline.run.runId,
      stage: baseline.run.stage,
      place: baseline.run.place,
      start: baseline.run.windows.run.start,
      commit: baseline.run.commit,
    },
    regressionPercent,
    ...answerOf(compared, headroom, doubt, regressionPercent),
    notes: notesOf(baseline, { run, verdict }),
    compared,
    headroom,
  };
}

interface Found {
  measured: Measured;
  before: number;
  difference: Difference;
}

/** Of each system, and of all together: their mean, block by block, which also holds what moves them all at once. */
function differences(before: readonly Measured[], after: readonly Measured[]): Found[] {
  const pairs = after.flatMap((second) => {
    const first = before.find(
      ({ system, measure }) => system === second.system && measure === second.measure,
    );
    return first ? [{ first, second }] : [];
  });
  const measures = [...new Set(pairs.map(({ second }) => second.measure))];
  const together = measures.flatMap((measure) => {
    const of = pairs.filter(({ second }) => second.measure === measure);
    const [one] = of;
    if (!one || of.length < 2) return [];
    const all = (which: 'first' | 'second'): Measured => ({
      ...one[which],
      system: allSystems,
      blocks: meanOfSeries(of.map((pair) => pair[which].blocks)),
    });
    return [{ first: all('first'), second: all('second') }];
  });
  return [...together, ...pairs].flatMap(({ first, second }) => {
    const difference = differenceOf(first.blocks, second.blocks);
    return difference === null ? [] : [{ measured: second, before: mean(first.blocks), difference }];
  });
}

/** No system has this name. */
const allSystems = '';

/** As long as the shortest. */
function meanOfSeries(series: readonly (readonly number[])[]): number[] {
  const length = Math.min(...series.map(({ length: blocks }) => blocks));
  return Array.from({ length }, (_, index) => mean(series.map((blocks) => blocks[index] as number)));
}

/** Which of so many comparisons are differences, by how often chance alone makes each. */
function surelyDifferent(chances: readonly number[]): ReadonlySet<number> {
  const ascending = [...chances.keys()].sort((a, b) => chances[a]! - chances[b]!);
  const last = ascending.findLastIndex(
    (index, rank) => chances[index]! <= ((rank + 1) / chances.length) * limits.comparison.chance,
  );
  return new Set(ascending.slice(0, last + 1));
}

function comparedOf({ measured, before, difference }: Found, differs: boolean, bound: number): Compared {
  const { system, measure, unit, logarithmic } = measured;
  const value = logarithmic ? Math.exp : (each: number): number => each;
  const [from, to] = [value(before), value(before + difference.difference)];
  const isBeyond = isBeyondBound(measure, unit, from, to, bound);
  return {
    system: system === allSystems ? null : system,
    measure,
    unit,
    from,
    to,
    low: value(before + difference.low),
    high: value(before + difference.high),
    chance: Math.min(1, Math.max(0, difference.chance)),
    answer: !differs || to === from ? 'same' : to < from ? 'better' : isBeyond ? 'regression' : 'worse',
  };
}

/** Worse by the bound, and by so much that anybody notices. */
function isBeyondBound(
  measure: string,
  unit: Compared['unit'],
  from: number,
  to: number,
  bound: number,
): boolean {
  const { failedPoints, usePoints, latencyMs } = limits.comparison;
  if (measure === 'failedRequests' || measure === 'failedMessages') return to - from >= failedPoints;
  const least = unit === 'milliseconds' ? latencyMs : usePoints;
  return to - from >= least && to >= from * (1 + bound / 100);
}

function headroomOf(
  before: VerdictFile | null,
  after: VerdictFile | null,
  bound: number,
): ComparedHeadroom[] {
  return (after?.headroom ?? []).flatMap((second) => {
    const first = before?.headroom.find(({ system }) => system === second.system);
    if (!first) return [];
    const [from, to] = [likelyOf(first), likelyOf(second)];
    return [
      {
        system: second.system,
        atLeast: { from: first.atLeast, to: second.atLeast },
        likely: from && to ? { from: from.value, to: to.value } : null,
        bindsFirst: { from: first.bindsFirst, to: second.bindsFirst },
        answer: headroomAnswer(from, to, bound),
      },
    ];
  });
}

type Likely = SystemHeadroomRecord['resources'][number]['likely'];

const likelyOf = ({ bindsFirst, resources }: SystemHeadroomRecord): Likely =>
  resources.find(({ signal }) => signal === bindsFirst)?.likely ?? null;

/**
 * Intervals that do not overlap: a rule that errs on the side of *same* (N. Schenker and J. F. Gentleman, The American
 * Statistician 55(3), 2001).
 */
function headroomAnswer(from: Likely, to: Likely, bound: number): ComparedHeadroom['answer'] {
  if (!from || !to) return 'unknown';
  if (to.low > (from.high ?? Number.POSITIVE_INFINITY)) return 'better';
  if ((to.high ?? Number.POSITIVE_INFINITY) >= from.low) return 'same';
  return to.value <= from.value * (1 - bound / 100) ? 'regression' : 'worse';
}

function doubtOf(run: RunFile, which: string): string | null {
  const { own, incomplete, notOffered } = doubtsOf(run);
  const doubt = own ?? incomplete ?? notOffered;
  return doubt === null ? null : `${which}: ${doubt}`;
}

function answerOf(
  compared: readonly Compared[],
  headroom: readonly ComparedHeadroom[],
  doubt: string | null,
  bound: number,
): Pick<ComparisonFile, 'answer' | 'reason'> {
  if (doubt !== null) return { answer: 'inconclusive', reason: `Nothing is concluded: ${doubt}.` };
  if (compared.length === 0) {
    return {
      answer: 'inconclusive',
      reason: 'The holds are too short to show the spread of any figure.',
    };
  }
  const figures = compared.filter(({ answer }) => answer === 'regression').length;
  const systems = headroom.filter(({ answer }) => answer === 'regression').length;
  if (figures + systems === 0) {
    return { answer: 'noRegression', reason: `No figure is reliably worse by ${bound} % or more.` };
  }
  const parts = [
    ...(figures > 0 ? [`${figures} of ${compared.length} figures`] : []),
    ...(systems > 0 ? [`the headroom of ${countOfSystems(systems)}`] : []),
  ];
  return { answer: 'regression', reason: `Worse by ${bound} % or more: ${parts.join(', and ')}.` };
}

function notesOf(baseline: JudgedRun, { run, verdict }: JudgedRun): string[] {
  const before = baseline.run;
  const both = (what: string, from: unknown, to: unknown): string[] =>
    from === to ? [] : [`${what} differs: ${String(from)}, then ${String(to)}.`];
  const shared = new Set(sharedSystems(before, run).map(({ name }) => name));
  const alone = [...before.systems, ...run.systems]
    .map(({ system }) => system)
    .filter((one) => !shared.has(one));
  const unjudged = [...(baseline.verdict ? [] : ['the baseline']), ...(verdict ? [] : ['the run'])];
  const unmeasured = [baseline.verdict, verdict].some((one) => one !== null && one.uses === undefined);
  return [
    ...both('The stage', before.stage, run.stage),
    ...both('The engine', before.engine.name, run.engine.name),
    ...(before.script?.sha256 === run.script?.sha256 ? [] : ['The script differs.']),
    ...(before.configurationHash === run.configurationHash ? [] : ['The configuration differs.']),
    ...(alone.length > 0 ? [`Only one of the runs has ${alone.join(', ')}.`] : []),
    ...(unjudged.length > 0
      ? [
          `There is no verdict on ${unjudged.join(' or on ')}, so resources and headroom are not compared: run "headroom gate" first.`,
        ]
      : []),
    ...(unmeasured
      ? ['One verdict is from before uses were recorded, so resources are not compared: judge its run again.']
      : []),
  ];
}
