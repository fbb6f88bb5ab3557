import { limits } from '../../monitoring/limits.ts';
import type { Observable } from '../observers/observer.ts';
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

/** What every drill ends with: each message that was published is accounted for. */
export const settleStep = (
  visibilityTimeoutMs: number,
  beside: Partial<Pick<DrillStep, 'observe' | 'expectations'>> = {},
): DrillStep => ({
  minimumMs: 0,
  maximumMs: 2 * visibilityTimeoutMs + drill.drainExtraMs,
  observe: ['queues', 'messages', ...(beside.observe ?? [])],
  expectations: [
    publishedMessages(),
    queueDrained(),
    lostMessages(),
    duplicatedMessages(),
    ...(beside.expectations ?? []),
  ],
});
