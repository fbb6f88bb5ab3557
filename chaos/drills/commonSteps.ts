import { limits } from '../../monitoring/limits.ts';
import type { Observable } from '../observers/observer.ts';
import type { Expectation } from '../expectation.ts';
import type { DrillStep } from './drill.ts';
import {
  beforehand,
  duplicatedMessages,
  goodAnswersBefore,
  lostMessages,
  noAlarmFiring,
  noWrongBodies,
  publishedMessages,
  queueDrained,
} from './expectations.ts';

const { drill } = limits;

/** By when on-call is told of an outage, and by when all is clear after it; in milliseconds. */
export function outageTimes(periodSeconds: number): { periodMs: number; pageMs: number; clearMs: number } {
  const periodMs = periodSeconds * 1_000;
  return {
    periodMs,
    pageMs: limits.pageWithinPeriods * periodMs,
    clearMs: drill.alarmClearPeriods * periodMs,
  };
}

/** What every drill begins from: right answers under load, and nobody called. */
export function steadyStep(periodSeconds: number, observe: readonly Observable[]): DrillStep {
  const periodMs = periodSeconds * 1_000;
  const rampMs = drill.rampSeconds * 1_000;
  const steadyMs = drill.steadyPeriods * periodMs;
  return {
    minimumMs: rampMs + steadyMs,
    maximumMs: drill.loadStartsWithinMs + rampMs + steadyMs + periodMs,
    observe,
    expectations: [goodAnswersBefore(rampMs, steadyMs), noWrongBodies('steadyMs'), noAlarmFiring()].map(
      beforehand,
    ),
  };
}

/** Whether a system is there to store messages: no peak of them is declared of one that is not. */
const expectsMessages: NonNullable<Expectation['essential']> = ({ expectedPeak }) =>
  expectedPeak.messagesPerSecond > 0;

/**
 * What every drill ends with: each message that was published is accounted for. Of a drill that is about messages nothing
 * is shown of a system that expects some, where nobody can tell what became of them.
 */
export function settleStep(
  visibilityTimeoutMs: number,
  {
    aboutMessages,
    observe = [],
    expectations = [],
  }: { aboutMessages: boolean } & Partial<Pick<DrillStep, 'observe' | 'expectations'>>,
): DrillStep {
  const essential = (expectation: Expectation): Expectation =>
    aboutMessages ? { ...expectation, essential: expectsMessages } : expectation;
  return {
    minimumMs: 0,
    maximumMs: 2 * visibilityTimeoutMs + drill.drainExtraMs,
    observe: ['queues', 'messages', ...observe],
    expectations: [
      publishedMessages(),
      queueDrained(),
      essential(lostMessages()),
      essential(duplicatedMessages()),
      ...expectations,
    ],
  };
}
