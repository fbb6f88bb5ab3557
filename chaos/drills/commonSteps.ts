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
