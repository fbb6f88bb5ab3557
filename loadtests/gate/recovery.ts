import { limits } from '../../monitoring/limits.ts';
import { aboutRun } from '../../records/aboutRun.ts';
import type { RunFile } from '../../records/run.ts';
import { answerOfAll } from './answerOfAll.ts';
import { doubtsOf, type RunDoubts } from './runDoubts.ts';
import { secondsOf, secondsWithin, type Second } from './seconds.ts';
import type { Answers, RecoveryFile, SystemRecovery } from '../../records/recovery.ts';

/** Whether each system answers after a spike as it did before; undefined for a run of another profile. */
export function recoveryOf(run: RunFile): RecoveryFile | undefined {
  const { before, hold, after } = run.windows;
  if (!before || !after) return undefined;
  const systems = systemRecoveries(run, { hold, after });
  return {
    schemaVersion: 2,
    ...aboutRun(run, run.place),
    configurationHash: run.configurationHash,
    answer: answerOfAll<RecoveryFile['answer']>(
      systems.map(({ answer }) => answer),
      { failed: 'notRecovered', unknown: 'inconclusive', good: 'recovered' },
    ),
    systems,
  };
}

function systemRecoveries(
  run: RunFile,
  { hold, after }: Record<'hold' | 'after', RunFile['windows']['run']>,
): SystemRecovery[] {
  const runStartMs = Date.parse(run.windows.run.start);
  const sinceSpike = { startMs: Date.parse(hold.end), endMs: Date.parse(after.end) };
  const doubts = doubtsOf(run);
  return run.systems.map(({ system, ...stretches }) => {
    const answers = {
      before: answersOf(stretches.before),
      during: answersOf(stretches.hold),
      after: answersOf(stretches.after),
    };
    const bound = latencyBound(answers.before);
    const conclusion =
      stretches.before && stretches.after
        ? conclude(doubts, answers, isSpike(answers, run.windows))
        : ({ answer: 'inconclusive', reason: withoutStretches } as const);
    // Of a spike that was not offered as meant nobody knows when anything was back.
    const backAfterSeconds =
      doubts.own === null
        ? firstQuiet(secondsWithin(secondsOf(run, system), runStartMs, sinceSpike), bound)
        : null;
    return { system, ...conclusion, ...answers, backAfterSeconds };
  });
}

/** Whether more was asked in the spike than before it: what no user was free for has asked nothing. */
function isSpike(
  { before, during }: Pick<SystemRecovery, 'before' | 'during'>,
  windows: RunFile['windows'],
): boolean {
  const lasting = (window: RunFile['windows']['run'] | undefined): number =>
    window ? (Date.parse(window.end) - Date.parse(window.start)) / 1_000 : 0;
  return during.requests * lasting(windows.before) > before.requests * lasting(windows.hold);
}

/** Of the percentiles of seconds none of a window can be made. */
const withoutStretches = 'the run file has no latencies before and after: an earlier version wrote it';

type Stretch = NonNullable<RunFile['systems'][number]['before']>;

const answersOf = ({ requests, failed, latencyMs }: Stretch = unknown): Answers => ({
  requests,
  failed,
  latencyP95Ms: latencyMs?.p95 ?? null,
});

const unknown: Stretch = { requests: 0, failed: 0, latencyMs: null };

/** Seconds before the first that begins a quiet stretch. One slow answer later on is no part of the spike. */
function firstQuiet(seconds: readonly Second[], latencyBoundMs: number): number | null {
  const quietSeconds = limits.drill.quietMs / 1_000;
  const isQuiet = ({ failed = 0, dropped, latencyMs }: Second): boolean =>
    failed === 0 && dropped === 0 && (latencyMs === null || latencyMs.p95 <= latencyBoundMs);
  const index = seconds.findIndex((_, from) => {
    const stretch = seconds.slice(from, from + quietSeconds);
    return stretch.length === quietSeconds && stretch.every(isQuiet);
  });
  return index === -1 ? null : index;
}

/** Up to here a latency is as before. */
function latencyBound({ latencyP95Ms }: Answers): number {
  const { latencyFactor, latencySlackMs } = limits.spike;
  const before = latencyP95Ms ?? 0;
  return Math.max(before * latencyFactor, before + latencySlackMs);
}

function conclude(
  { own, incomplete }: RunDoubts,
  { before, after }: Pick<SystemRecovery, 'before' | 'after'>,
  wasOffered: boolean,
): Pick<SystemRecovery, 'answer' | 'reason'> {
  const doubt = own ?? incomplete;
  if (doubt !== null) return { answer: 'inconclusive', reason: doubt };
  if (!wasOffered) {
    return { answer: 'inconclusive', reason: 'the spike sent no more than the load before it' };
  }
  if (before.requests === 0 || after.requests === 0) {
    return { answer: 'inconclusive', reason: 'no request before the spike, or none after it' };
  }
  if (failedPercent(before) >= limits.errorRatePercent) {
    return {
      answer: 'inconclusive',
      reason: 'requests failed before the spike: there is no healthy state to return to',
    };
  }
  if (failedPercent(after) >= limits.errorRatePercent) {
    return { answer: 'notRecovered', reason: 'requests still fail after the spike' };
  }
  const bound = latencyBound(before);
  return after.latencyP95Ms === null || after.latencyP95Ms > bound
    ? { answer: 'notRecovered', reason: `answers are slower than ${Math.round(bound)} ms after the spike` }
    : { answer: 'recovered', reason: 'errors and latency are as before' };
}

const failedPercent = ({ requests, failed }: Answers): number => (failed / requests) * 100;
