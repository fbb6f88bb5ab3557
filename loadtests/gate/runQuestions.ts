import { limits } from '../../monitoring/limits.ts';
import type { RunFile } from '../../records/run.ts';
import { doubtsOf, lateDoubt, saturated, sentenceOf, type RunDoubts, type Share } from './runDoubts.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

type SystemRun = RunFile['systems'][number];

const percentOf = (part: number, whole: number): number => (part / whole) * 100;

/** Questions that the run file alone answers for one system. */
export function askSystemRun(
  system: string,
  run: RunFile,
  expectedRequestsPerSecond: number,
): VerdictRecord[] {
  const systemRun = run.systems.find((candidate) => candidate.system === system);
  return [
    askLoad(system, run, systemRun, expectedRequestsPerSecond),
    askFailedRequests(system, systemRun),
    askLatency(system, systemRun),
  ];
}

/** A hold below the expected peak proves nothing about the peak. */
function askLoad(
  system: string,
  run: RunFile,
  systemRun: SystemRun | undefined,
  expected: number,
): VerdictRecord {
  const record = { system, signal: 'load', limit: expected, headroom: null, unit: 'perSecond' } as const;
  if (!systemRun) {
    return { ...record, verdict: 'inconclusive', worst: null, reason: 'The run did not load this system.' };
  }
  const achieved = systemRun.hold.achievedPerSecond;
  const holdSeconds = (Date.parse(run.windows.hold.end) - Date.parse(run.windows.hold.start)) / 1_000;
  // What the generator may drop, and the one request that falls on either side of the hold's edge.
  const tolerated = (expected * limits.generator.droppedPercent) / 100 + 1 / Math.max(holdSeconds, 1);
  return achieved >= expected - tolerated
    ? { ...record, verdict: 'pass', worst: achieved, reason: 'The expected peak was held.' }
    : {
        ...record,
        verdict: 'inconclusive',
        worst: achieved,
        reason:
          `The hold ran at ${round(achieved)} requests a second (${round(systemRun.hold.intendedPerSecond)} intended), ` +
          `below the expected peak of ${round(expected)}: nothing is known of the peak.`,
      };
}

function askFailedRequests(system: string, systemRun: SystemRun | undefined): VerdictRecord {
  const limit = limits.errorRatePercent;
  const record = { system, signal: 'failedRequests', limit, unit: 'percent' } as const;
  const { requests = 0, failed = 0 } = systemRun?.hold ?? {};
  if (requests === 0) return withoutData(record, 'The hold made no request.');
  const worst = percentOf(failed, requests);
  const reason = `${failed} of ${requests} requests failed, by status or by body.`;
  return { ...record, verdict: worst >= limit ? 'fail' : 'pass', worst, headroom: limit - worst, reason };
}

function askLatency(system: string, systemRun: SystemRun | undefined): VerdictRecord {
  const limit = limits.latencyP99Ms;
  const record = { system, signal: 'latencyP99', limit, unit: 'milliseconds' } as const;
  const worst = systemRun?.hold.latencyMs?.p99;
  if (worst === undefined) return withoutData(record, 'The hold got no answer.');
  const reason = 'The 99th percentile over the hold, from the intended start.';
  return { ...record, verdict: worst >= limit ? 'fail' : 'pass', worst, headroom: limit - worst, reason };
}

/** Questions about the run as a whole: can it be trusted, and did its own thresholds hold? */
export function askRun(run: RunFile, systems: readonly string[]): VerdictRecord[] {
  const unknown = run.systems.filter(({ system }) => !systems.includes(system));
  const doubts = doubtsOf(run);
  const { cpu, late, intended } = doubts;
  return [
    // k6 does not tell what began late, nor everywhere its CPU; a saturated k6 shows in its dropped iterations.
    ...(cpu === null ? [] : [askGeneratorCpu(cpu)]),
    askGeneratorSchedule(doubts),
    ...(late === null ? [] : [askGeneratorLateness(late, intended)]),
    ...run.thresholds.map((threshold) => askThreshold(threshold)),
    ...unknown.map(({ system }) =>
      aboutRun('inconclusive', `The run loaded ${system}, which is no system of this stage's configuration.`),
    ),
    doubts.incomplete === null
      ? aboutRun('pass', 'The record of the run is complete.')
      : aboutRun('inconclusive', sentenceOf(doubts.incomplete)),
  ];
}

const aboutRun = (verdict: VerdictRecord['verdict'], reason: string): VerdictRecord => ({
  system: null,
  signal: 'run',
  verdict,
  worst: null,
  limit: null,
  headroom: null,
  unit: 'count',
  reason,
});

/** Above the limit the generator measures its own queue: the latencies are not the system's. */
function askGeneratorCpu({ percent: worst, tooMuch }: NonNullable<RunDoubts['cpu']>): VerdictRecord {
  const limit = limits.generator.cpuPercent;
  const record = { system: null, signal: 'generatorCpu', worst, limit, headroom: limit - worst } as const;
  return tooMuch
    ? { ...record, unit: 'percent', verdict: 'inconclusive', reason: sentenceOf(saturated) }
    : { ...record, unit: 'percent', verdict: 'pass', reason: 'The generator had room.' };
}

/** What no virtual user was free for was not offered: a system that kept all of them busy may be why. */
const askGeneratorSchedule = ({ dropped, notOffered, intended }: RunDoubts): VerdictRecord =>
  askShare('generatorSchedule', dropped, intended, {
    good: `${dropped.count} of ${intended} iterations were dropped`,
    bad: notOffered,
  });

/** What began late came in bursts that nobody intended: what failed then may be the generator's doing. */
const askGeneratorLateness = (late: Share, intended: number): VerdictRecord =>
  askShare('generatorLateness', late, intended, {
    good: `${late.count} of ${intended} iterations started late`,
    bad: late.tooMuch ? lateDoubt(late, intended) : null,
  });

function askShare(
  signal: string,
  { percent: worst }: Share,
  intended: number,
  { good, bad }: { good: string; bad: string | null },
): VerdictRecord {
  const limit = limits.generator.droppedPercent;
  const record = { system: null, signal, limit, unit: 'percent' } as const;
  if (intended === 0) return withoutData(record, 'The run records no intended iteration.');
  const headroom = limit - worst;
  return bad === null
    ? { ...record, verdict: 'pass', worst, headroom, reason: sentenceOf(good) }
    : { ...record, verdict: 'inconclusive', worst, headroom, reason: sentenceOf(bad) };
}

const ownSignals: ReadonlySet<string> = new Set(['generatorCpu', 'generatorLateness']);

/** Whether a record says that the generator itself was the fault, so that nothing that it saw proves anything. */
export const isGeneratorsOwn = ({ system, signal, verdict }: VerdictRecord): boolean =>
  system === null && verdict === 'inconclusive' && ownSignals.has(signal);

/** A threshold without samples holds in k6's eyes; here it is no data. */
function askThreshold({ metric, expression, ok, value }: RunFile['thresholds'][number]): VerdictRecord {
  const record = {
    system: null,
    signal: `threshold:${metric}`,
    worst: value,
    limit: null,
    headroom: null,
    unit: 'count',
  } as const;
  if (!ok) return { ...record, verdict: 'fail', reason: `The script's threshold ${expression} was crossed.` };
  return value === null
    ? { ...record, verdict: 'inconclusive', reason: `The threshold ${expression} had no sample.` }
    : { ...record, verdict: 'pass', reason: `The threshold ${expression} held.` };
}

const withoutData = (
  record: Pick<VerdictRecord, 'system' | 'signal' | 'limit' | 'unit'>,
  reason: string,
): VerdictRecord => ({ ...record, verdict: 'inconclusive', worst: null, headroom: null, reason });

const round = (value: number): string => String(Math.round(value * 10) / 10);
