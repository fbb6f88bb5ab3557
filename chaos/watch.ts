import { lackedFor } from './lacking.ts';
import type { Clock } from '../core/clock.ts';
import type { DrillEvent } from './drill.ts';
import type { DrillLive } from './drillOptions.ts';
import type { DrillStep } from './drills/drill.ts';
import { describeError } from '../core/describeError.ts';
import type { Milestones, Observations } from './observations.ts';
import { conclude, judge, progressOf, type Finding } from './expectation.ts';
import { liveLineOf } from './liveLine.ts';
import type { Observer } from './observers/observer.ts';

export interface WatchOptions {
  step: DrillStep;
  observers: readonly Observer[];
  observations: readonly Observations[];
  milestonesAt: (nowMs: number) => Milestones;
  /** Throws when what the step is about is not so any more: then what was seen at this look proves nothing. */
  assure: (signal: AbortSignal) => Promise<void>;
  clock: Clock;
  pollMs: number;
  live: DrillLive;
  /** The step's name, for whoever looks on. */
  name: string;
  /** Aborted when the drill is interrupted. */
  interruption: AbortSignal;
  /** Aborted, with an error as its reason, when load or publisher are of no more use. */
  trouble: AbortSignal;
}

/** Looks and judges until the step may end; says how it ended, and what was found. */
export async function watch(options: WatchOptions): Promise<{ event: DrillEvent; findings: Finding[] }> {
  const { step, clock, pollMs, interruption, trouble } = options;
  const startMs = clock.now();
  const stop = AbortSignal.any([interruption, trouble]);
  const ended = new AbortController();
  const telling = tellLive(options, startMs, AbortSignal.any([stop, ended.signal]));
  let findings: Finding[] = [];
  let event: DrillEvent | null = null;
  while (event === null) {
    try {
      for (const observe of options.observers) await observe(stop);
      const nowMs = clock.now();
      const judged = judgeAll(options, nowMs, nowMs - startMs);
      // Asked last, so that it holds for all that was judged.
      await options.assure(stop);
      findings = judged;
      const progress = progressOf(findings, nowMs - startMs, step);
      if (progress !== 'waiting') event = { type: progress };
      else if (nowMs - startMs >= step.maximumMs) event = { type: 'tick' };
      else await clock.sleep(Math.min(pollMs, startMs + step.maximumMs - nowMs), stop);
    } catch (error) {
      if (interruption.aborted) event = { type: 'interrupted' };
      else event = { type: 'failed', message: describeError(trouble.aborted ? trouble.reason : error) };
    }
  }
  ended.abort();
  await telling;
  return { event, findings: conclude(findings, clock.now() - startMs, step) };
}

/** By a clock of its own: a look that waits for an answer keeps no line waiting. */
async function tellLive(
  { name, observations, live, clock }: WatchOptions,
  startMs: number,
  stop: AbortSignal,
): Promise<void> {
  const lineAt = liveLineOf(name, observations, startMs);
  try {
    for (;;) {
      await clock.sleep(live.everyMs, stop);
      live.say(lineAt(clock.now()));
    }
  } catch {
    // It is over; and what cannot be shown ends no drill.
  }
}

const judgeAll = (
  { step, observations, milestonesAt }: WatchOptions,
  nowMs: number,
  elapsedMs: number,
): Finding[] =>
  step.expectations.flatMap((expectation) =>
    observations
      .filter(
        (system) =>
          lackedFor(expectation, system.document) === '' &&
          (expectation.applies?.(system, milestonesAt(nowMs)) ?? true),
      )
      .map((system) => judge(expectation, system, milestonesAt(nowMs), elapsedMs)),
  );
