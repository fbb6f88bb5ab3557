import { limits } from '../../monitoring/limits.ts';
import { throttleStage } from '../faults/throttleStage.ts';
import { outageTimes, settleStep, steadyStep } from './commonSteps.ts';
import type { Drill } from './drill.ts';
import { lastBadAnswer, noAlarmFiring, noWrongBodies } from './expectations.ts';
import {
  connectionsDoNotGrow,
  fastAnswers,
  fastRefusals,
  noServerErrors,
  nothingElse,
  refusedShare,
  servedShare,
  throttleHasEffect,
} from './throttleExpectations.ts';

const { drill } = limits;

/** Lets in less than is asked. */
export const throttleApi: Drill = {
  name: 'throttle-api',
  does: 'throttles the API below the load',
  hypothesis:
    'beyond its throttle the API answers 429 quickly, at no cost to the database; what gets through is right ' +
    'and fast, and nobody is paged, since it is no outage',
  faults: [throttleStage],
  steps: ({ periodSeconds, visibilityTimeoutMs }) => {
    const { periodMs, pageMs } = outageTimes(periodSeconds);
    return {
      steady: steadyStep(periodSeconds, ['alarms', 'queues', 'sessions']),
      observe: {
        // So long that the page would have come, were this an outage. The alarms are the database's too.
        minimumMs: pageMs,
        maximumMs: pageMs + periodMs,
        observe: ['alarms', 'sessions'],
        expectations: [
          throttleHasEffect(drill.throttledWithinMs),
          refusedShare(drill.throttledSharePercent),
          servedShare(drill.throttledSharePercent),
          nothingElse(),
          noServerErrors(),
          noWrongBodies('injectMs'),
          fastRefusals(limits.latencyP99Ms),
          fastAnswers(limits.latencyP99Ms),
          connectionsDoNotGrow(limits.loadMismatch.growthPoints),
          noAlarmFiring(),
        ],
      },
      recover: {
        minimumMs: drill.quietMs,
        maximumMs: drill.throttledWithinMs + drill.quietMs,
        observe: ['alarms', 'sessions'],
        expectations: [
          lastBadAnswer(drill.throttledWithinMs, drill.quietMs),
          noWrongBodies('restoredMs'),
          connectionsDoNotGrow(limits.loadMismatch.growthPoints),
          noAlarmFiring(),
        ],
      },
      settle: settleStep(visibilityTimeoutMs, { aboutMessages: false }),
    };
  },
};
