import { limits } from '../../monitoring/limits.ts';
import type { RunFile } from '../../records/run.ts';
import { doubtsOf, lateDoubt, saturated, sentenceOf, type RunDoubts, type Share } from './runDoubts.ts';
import type { VerdictRecord } from '../../records/verdict.ts';
import { closedLoopsOf, unknownSchedulesOf } from './closedLoop.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { whyNotHeld } from './peakHeld.ts';
import { requestsIn } from './seconds.ts';

type SystemRun = RunFile['systems'][number];

const percentOf = (part: number, whole: number): number => (part / whole) * 100;

/** A system and the loads that it must carry with its reserve intact. */
export interface ExpectedLoads {
  system: string;
  expectedRequestsPerSecond: number;
  expectedMessagesPerSecond: number;
}

/** Questions that the run file alone answers for one system. */
export function askSystemRun(
  run: RunFile,
  { system, expectedRequestsPerSecond, expectedMessagesPerSecond }: ExpectedLoads,
  periods: HeldPeriods,
): VerdictRecord[] {
  const systemRun = run.systems.find((candidate) => candidate.system === system);
  return [
    askLoad({ system, signal: 'load' }, run, periods, {
      what: 'requests',
      expected: expectedRequestsPerSecond,
      hold: systemRun?.hold,
      atOnce: 1,
    }),
    askFailedRequests(system, systemRun),
    askLatency(system, run, systemRun),
    ...(expectedMessagesPerSecond > 0
      ? [
          askLoad({ system, signal: 'messageLoad' }, run, periods, {
            what: 'messages',
            expected: expectedMessagesPerSecond,
            hold: systemRun?.messages?.hold,
            atOnce: systemRun?.messages?.batchSize ?? 1,
          }),
          askFailedMessages(system, run, systemRun, expectedMessagesPerSecond),
        ]
      : []),
  ];
}

const holdSecondsOf = ({ windows: { hold } }: RunFile): number =>
  (Date.parse(hold.end) - Date.parse(hold.start)) / 1_000;

/** Whether messages are expected in a hold of this length: rare ones may miss it, two are sure to meet it. */
export const mustMeetMessages = (
  run: RunFile,
  { expectedMessagesPerSecond }: Pick<ExpectedLoads, 'expectedMessagesPerSecond'>,
): boolean => expectedMessagesPerSecond * holdSecondsOf(run) >= 2;

interface HeldLoad {
  what: 'requests' | 'messages';
  /** A second. */
  expected: number;
  hold: { intendedPerSecond: number; achievedPerSecond: number } | undefined;
  /** How many of them an iteration sends. */
  atOnce: number;
}

/** A hold below the expected peak proves nothing about the peak. */
function askLoad(
  asked: { system: string; signal: string },
  run: RunFile,
  periods: HeldPeriods,
  { what, expected, hold, atOnce }: HeldLoad,
): VerdictRecord {
  const record = { ...asked, limit: expected, headroom: null, unit: 'perSecond' } as const;
  if (!hold) {
    const why = run.notLoaded?.find(({ system }) => system === asked.system)?.reason;
    const reason =
      what === 'requests'
        ? `The run did not load this system${why === undefined ? '' : `: ${why}`}.`
        : `The run sent no messages, and ${round(expected)} a second are expected: nothing is known about the write path.`;
    return { ...record, verdict: 'inconclusive', worst: null, reason };
  }
  const achieved = hold.achievedPerSecond;
  // What the generator may drop, and the one iteration that falls on either side of the hold's edge.
  const tolerated =
    (expected * limits.generator.droppedPercent) / 100 + atOnce / Math.max(holdSecondsOf(run), 1);
  const isReached = achieved >= expected - tolerated;
  const doubt = isReached
    ? whyNotHeld(run, { system: asked.system, what, perSecond: expected, atOnce }, periods)
    : `The hold ran at ${round(achieved)} ${what} a second${whatOf(run, hold, what)}, ` +
      `below the expected peak of ${round(expected)}: nothing is known about the peak.${hint(run, what)}`;
  if (doubt !== null) return { ...record, verdict: 'inconclusive', worst: achieved, reason: doubt };
  const peak = what === 'requests' ? 'The expected peak' : 'The expected peak of messages';
  return { ...record, verdict: 'pass', worst: achieved, reason: `${peak} was held.` };
}

/** An iteration of a user's script may send any number of requests: what was intended of these nobody knows. */
const whatOf = (run: RunFile, { intendedPerSecond }: { intendedPerSecond: number }, what: string): string =>
  run.script && what === 'requests' ? '' : ` (${round(intendedPerSecond)} intended)`;

/** Why a user's script may have sent less than was expected. */
function hint(run: RunFile, what: HeldLoad['what']): string {
  if (!run.script || what === 'messages') return '';
  const { requests } = run.script.unattributed;
  return [
    ...(closedLoopsOf(run) === null
      ? []
      : ['A closed loop sends more if it has more users or shorter pauses.']),
    ...(requests === 0 ? [] : [`${requests} requests had no tag "system" that names a system under load.`]),
  ]
    .map((sentence) => ` ${sentence}`)
    .join('');
}

/** What SNS has not acknowledged, whoever wrote it must send again, or has lost. */
function askFailedMessages(
  system: string,
  run: RunFile,
  systemRun: SystemRun | undefined,
  expectedMessagesPerSecond: number,
): VerdictRecord {
  const limit = limits.errorRatePercent;
  const record = { system, signal: 'failedMessages', limit, unit: 'percent' } as const;
  const { acknowledged = 0, failed = 0, unresolved = 0 } = systemRun?.messages?.hold ?? {};
  const published = acknowledged + failed + unresolved;
  if (published === 0) {
    return systemRun?.messages && !mustMeetMessages(run, { expectedMessagesPerSecond })
      ? { ...record, verdict: 'pass', worst: 0, headroom: limit, reason: 'None was due during the hold.' }
      : withoutData(record, 'The hold published no message.');
  }
  const worst = percentOf(failed + unresolved, published);
  const reason = `SNS rejected ${failed} of ${published} messages, and did not answer ${unresolved}.`;
  return { ...record, verdict: worst >= limit ? 'fail' : 'pass', worst, headroom: limit - worst, reason };
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

function askLatency(system: string, run: RunFile, systemRun: SystemRun | undefined): VerdictRecord {
  const limit = limits.latencyP99Ms;
  const record = { system, signal: 'latencyP99', limit, unit: 'milliseconds' } as const;
  const worst = systemRun?.hold.latencyMs?.p99;
  if (worst === undefined) return withoutData(record, 'The hold got no answer.');
  const closed = closedLoopsOf(run) === null ? '' : ': a closed loop sends less while answers are slow';
  const reason = `The 99th percentile over the hold, from when each was sent${closed}.`;
  return { ...record, verdict: worst >= limit ? 'fail' : 'pass', worst, headroom: limit - worst, reason };
}

/** Questions about the run as a whole: can it be trusted, and did its own thresholds hold? */
export function askRun(run: RunFile, systems: readonly string[]): VerdictRecord[] {
  const unknown = run.systems.filter(({ system }) => !systems.includes(system));
  const doubts = doubtsOf(run);
  const { cpu, late, intended } = doubts;
  const isAsked = intended > 0 || closedLoopsOf(run)?.isAll !== true;
  return [
    // k6 does not tell everywhere its CPU, nor of its last seconds what began late; what is saturated drops iterations.
    ...(cpu === null ? [] : [askGeneratorCpu(cpu)]),
    // Of what nobody intended at any time, nothing can be dropped or late.
    ...(isAsked ? [askGeneratorSchedule(doubts)] : []),
    ...(late === null || !isAsked ? [] : [askGeneratorLateness(late, intended)]),
    ...run.thresholds.map((threshold) => askThreshold(threshold)),
    ...askExceptions(run),
    ...askUnknownSchedules(run),
    ...unknown.map(({ system }) =>
      aboutRun('inconclusive', `The run loaded ${system}, which is not in this stage's configuration.`),
    ),
    doubts.incomplete === null
      ? aboutRun('pass', 'The record of the run is complete.')
      : aboutRun('inconclusive', sentenceOf(doubts.incomplete)),
  ];
}

/** An iteration that threw left out the checks that were still to come: a wrong answer may be why, and looks right. */
function askExceptions({ script, systems }: RunFile): VerdictRecord[] {
  if (!script) return [];
  const { exceptions } = script;
  if (exceptions === undefined) {
    return [
      aboutRun(
        'inconclusive',
        'How many iterations of the script threw was not recorded: what they would have checked is not known.',
      ),
    ];
  }
  if (exceptions === 0) return [];
  const requests = systems.reduce(
    (all, { series }) => all + series.reduce((sum, second) => sum + requestsIn(second), 0),
    0,
  );
  if (percentOf(exceptions, requests) < limits.errorRatePercent) return [];
  return [
    aboutRun(
      'inconclusive',
      `${exceptions} iterations of the script threw, with ${requests} requests in all: what they would have checked is not known.`,
    ),
  ];
}

/** Of what nobody knows when it was due, nobody knows whether it was. */
function askUnknownSchedules(run: RunFile): VerdictRecord[] {
  const names = unknownSchedulesOf(run);
  if (names.length === 0) return [];
  const reason = `It is not known when iterations of ${names.join(', ')} were due: the executor, or its options, were not understood.`;
  return [aboutRun('inconclusive', reason)];
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
    : { ...record, unit: 'percent', verdict: 'pass', reason: 'The generator had capacity to spare.' };
}

/** What no virtual user was free for was not offered: a system that kept all of them busy may be why. */
const askGeneratorSchedule = ({ dropped, notOffered, intended }: RunDoubts): VerdictRecord =>
  askShare('generatorSchedule', dropped, intended, {
    good: `${dropped.said} were dropped`,
    bad: notOffered,
  });

/** What began late came in bursts that nobody intended: what failed then may be the generator's doing. */
const askGeneratorLateness = (late: Share, intended: number): VerdictRecord =>
  askShare('generatorLateness', late, intended, {
    good: `${late.said} started late`,
    bad: late.tooMuch ? lateDoubt(late) : null,
  });

function askShare(
  signal: string,
  { percent: worst }: Share,
  intended: number,
  { good, bad }: { good: string; bad: string | null },
): VerdictRecord {
  const limit = limits.generator.droppedPercent;
  const record = { system: null, signal, limit, unit: 'percent' } as const;
  if (intended === 0) return withoutData(record, 'The run recorded no intended iterations.');
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
  if (!ok) return { ...record, verdict: 'fail', reason: `The script's threshold ${expression} failed.` };
  return value === null
    ? { ...record, verdict: 'inconclusive', reason: `The threshold ${expression} had no sample.` }
    : { ...record, verdict: 'pass', reason: `The threshold ${expression} held.` };
}

const withoutData = (
  record: Pick<VerdictRecord, 'system' | 'signal' | 'limit' | 'unit'>,
  reason: string,
): VerdictRecord => ({ ...record, verdict: 'inconclusive', worst: null, headroom: null, reason });

const round = (value: number): string => String(Math.round(value * 10) / 10);
