import type { PartFile } from '../../records/part.ts';
import type { RunFile } from '../../records/run.ts';
import { CollectError } from '../errors.ts';
import { filled, parseSegment, parseSequence, segmentText } from '../runner/executionSegment.ts';
import { holds, parseThreshold } from '../runner/thresholds.ts';
import { valueOfAll } from '../runner/sinks.ts';
import { mergeSystem } from './mergeSystem.ts';
import { summaryOf } from './summaryOf.ts';

/** Instances whose clocks tell starts further apart did not run one load; in milliseconds. */
export const mostSkewMs = 1_000;

type Windows = RunFile['windows'];

/**
 * The run that instances made together: counts are exact, percentiles are of all latencies (within 0.1 %), each second is
 * counted from each instance's own start, and thresholds are judged over the whole.
 * @param runId of the whole
 * @throws CollectError for parts that are not of one run, or started more than a second apart
 */
export function mergeParts(runId: string, parts: readonly PartFile[]): RunFile {
  const [first, ...others] = parts;
  if (!first) throw new CollectError('there is no part');
  for (const other of others) refuseOther(first, other);
  const missing = missingSegments(first, parts);
  const skewMs = skewOf(parts);
  const runs = parts.map(({ run }) => run);
  const windows = windowsOf(runs.map((run) => run.windows));
  const elapsedMs = Date.parse(windows.run.end) - Date.parse(windows.run.start);
  const reasons = [
    ...(missing.length === 0
      ? []
      : [`of ${parts.length + missing.length} instances ${missing.join(' and ')} left no part`]),
    ...parts.flatMap(({ segment, run }) =>
      run.complete ? [] : [`instance ${segment}: ${run.reason ?? ''}`],
    ),
  ];
  const { abortedBy } = runs.find((run) => run.abortedBy) ?? {};
  const { endedEarly } = runs.find((run) => run.endedEarly) ?? {};
  return {
    ...first.run,
    runId,
    windows,
    ...scriptOf(first.run, runs),
    systems: first.run.systems.map(({ system }) => mergeSystem(system, parts, first.run.seriesSeconds ?? 1)),
    checks: checksOf(runs),
    thresholds: thresholdsOf(parts, elapsedMs),
    generator: generatorOf(parts),
    complete: reasons.length === 0,
    reason: reasons.length === 0 ? null : reasons.join('; '),
    ...(abortedBy ? { abortedBy } : {}),
    ...(endedEarly === undefined ? {} : { endedEarly }),
    instances: { count: parts.length + missing.length, missing, startSkewMs: skewMs },
  };
}

/** What instances of one run have in common, by the words that tell where they differ. */
function refuseOther(first: PartFile, other: PartFile): void {
  const said = ({ sequence, run, thresholds }: PartFile): Record<string, string | null> => ({
    sequence,
    profile: run.profile,
    script: run.script?.sha256 ?? 'none',
    stage: run.stage,
    place: run.place,
    engine: `${run.engine.name} ${run.engine.version}`,
    configuration: run.configurationHash,
    release: run.release ?? 'none',
    commit: run.commit ?? 'none',
    systems: run.systems.map(({ system }) => system).join(),
    thresholds: thresholds.map(({ metric, expression }) => `${metric}: ${expression}`).join(),
    period: [...new Set(run.systems.map(({ periods }) => periods?.seconds ?? 0))].join(),
    hold: holdOf(run),
    series: `of ${run.seriesSeconds ?? 1} s`,
  });
  const others = said(other);
  for (const [what, value] of Object.entries(said(first))) {
    if (others[what] === value || others[what] === null || value === null) continue;
    throw new CollectError(
      `${first.segment} and ${other.segment} are of different runs: ${what} is ${value}, and ${others[what]}`,
    );
  }
}

/**
 * When the hold begins, in seconds; null where the part ended before its time. It ends with the last answer: one that
 * has less to ask ends earlier.
 */
function holdOf({ windows: { run, hold }, complete, endedEarly, paced }: RunFile): string | null {
  if (!complete || endedEarly !== undefined || !paced) return null;
  return `from ${(Date.parse(hold.start) - Date.parse(run.start)) / 1_000} s`;
}

function missingSegments({ sequence }: PartFile, parts: readonly PartFile[]): string[] {
  const [from] = parseSequence(sequence);
  if (!from) return [];
  const expected = filled(from, parseSequence(sequence)).map(segmentText);
  const given = parts.map(({ segment }) => segmentText(parseSegment(segment)));
  for (const [index, segment] of given.entries()) {
    if (given.indexOf(segment) !== index) throw new CollectError(`${segment} is there twice`);
    if (!expected.includes(segment)) throw new CollectError(`${segment} is no segment of ${sequence}`);
  }
  return expected.filter((segment) => !given.includes(segment));
}

/** How far apart the instances started, each by its own clock. @throws CollectError beyond a second */
function skewOf(parts: readonly PartFile[]): number {
  const starts = parts.map(({ run }) => Date.parse(run.windows.run.start));
  const skewMs = Math.max(...starts) - Math.min(...starts);
  if (skewMs <= mostSkewMs) return skewMs;
  const each = parts.map(({ segment, run }) => `${segment} at ${run.windows.run.start}`).join(', ');
  throw new CollectError(
    `they started ${skewMs} ms apart by their clocks, at most ${mostSkewMs} ms are one load (${each}): ` +
      'set the clocks, and start them at one instant',
  );
}

/** From the first start to the last end; stretches begin when all instances are in them. */
function windowsOf(all: readonly Windows[]): Windows {
  const ofAll = (pick: (windows: Windows) => Windows['run'] | undefined): Windows['run'] | undefined => {
    const windows = all.flatMap((one) => pick(one) ?? []);
    if (windows.length < all.length) return undefined;
    return { start: latest(windows.map(({ start }) => start)), end: latest(windows.map(({ end }) => end)) };
  };
  const [start = ''] = all.map(({ run }) => run.start).sort();
  const run = { start, end: latest(all.map(({ run: { end } }) => end)) };
  const before = ofAll((windows) => windows.before);
  const after = ofAll((windows) => windows.after);
  return {
    run,
    ramp: ofAll(({ ramp }) => ramp) ?? run,
    hold: ofAll(({ hold }) => hold) ?? run,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  };
}

/** Of instants in ISO 8601, at least one. */
const latest = (instants: readonly string[]): string => instants.toSorted().at(-1) ?? '';

function checksOf(runs: readonly RunFile[]): RunFile['checks'] {
  const byName = new Map<string, { passes: number; fails: number }>();
  for (const { name, passes, fails } of runs.flatMap(({ checks }) => checks)) {
    const sum = byName.get(name) ?? { passes: 0, fails: 0 };
    byName.set(name, { passes: sum.passes + passes, fails: sum.fails + fails });
  }
  return [...byName].map(([name, counts]) => ({ name, ...counts }));
}

function thresholdsOf(parts: readonly PartFile[], elapsedMs: number): RunFile['thresholds'] {
  return (parts[0]?.thresholds ?? []).map(({ metric, expression, measured }, index) => {
    const threshold = parseThreshold(metric, measured.type, expression);
    const all = parts.flatMap(({ thresholds }) => thresholds[index]?.measured ?? []);
    const value = valueOfAll(threshold, all, elapsedMs);
    return { metric, expression, ok: holds(threshold, value), value };
  });
}

function scriptOf({ script }: RunFile, runs: readonly RunFile[]): Pick<RunFile, 'script'> {
  if (!script) return {};
  const sum = (what: 'requests' | 'iterations'): number =>
    runs.reduce((all, run) => all + (run.script?.unattributed[what] ?? 0), 0);
  const exceptions = runs.flatMap((run) => run.script?.exceptions ?? []);
  return {
    script: {
      ...script,
      unattributed: { requests: sum('requests'), iterations: sum('iterations') },
      // Of all instances, or not known.
      ...(exceptions.length === runs.length && { exceptions: exceptions.reduce((all, one) => all + one, 0) }),
    },
  };
}

/** Of each instance's own CPU the busiest: one that is saturated makes its latencies worthless. */
function generatorOf(parts: readonly PartFile[]): RunFile['generator'] {
  const generators = parts.map(({ run }) => run.generator);
  const cpus = toldByAll(generators.map(({ cpuPercent }) => cpuPercent));
  const late = toldByAll(generators.map(({ lateIterations }) => lateIterations));
  const tellLateness = generators.every(({ lateMs }) => lateMs !== undefined);
  return {
    cpuPercent: cpus && Math.max(...cpus),
    lateIterations: late && late.reduce((sum, count) => sum + count, 0),
    ...(tellLateness ? { lateMs: summaryOf(parts.map(({ lateness }) => lateness)) } : {}),
    droppedIterations: generators.reduce((sum, { droppedIterations }) => sum + droppedIterations, 0),
  };
}

/** Null where one of them does not tell. */
function toldByAll(values: readonly (number | null)[]): number[] | null {
  const told = values.filter((value) => value !== null);
  return told.length === values.length ? told : null;
}
